"""Texts that editors type, as they are stored."""

import re

from django.core.exceptions import ValidationError

from digests.editing.conflicts import Refused
from papers.form_fields import LINE_END, refuse_control_characters

NOT_STORED = re.compile("[\0\ud800-\udfff]")
"""What no database stores: control character 0, and halves of characters."""


def lines(text: str) -> str:
    return LINE_END.sub("\n", text)


def seen(base: str) -> str:
    """A text that an editor saw, as it was stored."""
    return NOT_STORED.sub("", lines(base))


def clean(text: str, *, longest: int) -> str:
    """With `\\n` at the end of each line. Raises Refused."""
    text = lines(text)
    if len(text) > longest:
        raise Refused(f"This text has {len(text):,} characters, and at most {longest:,} are allowed. Shorten it.")
    try:
        refuse_control_characters(text)
        text.encode()
    except ValidationError as error:
        raise Refused(error.messages[0]) from None
    except UnicodeEncodeError:
        raise Refused("This text contains half a character, which can’t be saved. Delete it and type it again.") from None
    return text
