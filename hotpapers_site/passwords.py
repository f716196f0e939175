"""Refuses passwords that are guessed quickly: common ones, patterns, and those made from the site's or the user's name."""

import re
from math import log10
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

GUESSES = 10
"""The power of ten of guesses that a password has to withstand (https://github.com/dropbox/zxcvbn); at a hundred million a
second, some minutes. No network is asked."""
LOOKED_AT = 72
"""In characters; further ones make no password worse, and checking them takes long."""
SITE_WORDS = ("hot papers", "hotpapers", "hotpaper", "arxiv", "twitter", "digest", "editor", "admin")


class GuessableValidator:
    def validate(self, password: str, user: Any = None) -> None:
        host = re.split(r"[^a-z0-9]+", settings.SITE_URL.partition("://")[2].lower())
        about = [str(getattr(user, name, "") or "") for name in ("username", "first_name", "last_name", "email")]
        known = [word for text in about for word in re.split(r"\W+", text.lower()) if len(word) > 2]
        found = zxcvbn(password[:LOOKED_AT], user_inputs=[*SITE_WORDS, *(word for word in host if len(word) > 2), *known])
        if log10(found["guesses"]) < GUESSES:
            raise ValidationError(
                "This password is too easy to guess. Use three or four words unrelated to each other, to you and to this site.",
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return "Your password can’t be easy to guess, such as common words with numbers or this site’s name."
