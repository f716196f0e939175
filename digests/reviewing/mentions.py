"""Who is meant by `@name` in a comment."""

import re

from django.contrib.auth.models import User

from digests.notices.recipients import who_may

MENTION = re.compile(r"(?<![\w@.+-])@(\w[\w.+@-]{0,149})")
MOST = 20
"""Names of a comment that are looked up; further ones are words."""


def names_in(text: str) -> list[str]:
    """The names, each once, in lower case, without the full stop of a sentence."""
    found: dict[str, None] = {}
    for match in MENTION.finditer(text):
        if name := match[1].rstrip(".-+@").lower():
            found[name] = None
        if len(found) == MOST:
            break
    return list(found)


def mentioned(text: str) -> list[User]:
    """The editors who are meant; one query, none where nobody is named."""
    names = names_in(text)
    return [editor for editor in who_may() if editor.get_username().lower() in names] if names else []
