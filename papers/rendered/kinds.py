"""The kinds of text that are rendered, and what they are kept under: all that one who only shows texts needs to know."""

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

VERSION = 2
"""Of the renderer. Raise it with every change of what comes out: then all texts are rendered again."""


class Kind(StrEnum):
    """How a text is written, and so how it is rendered."""

    LINE = "line"
    """TeX on one line, without links of its own, since it is one: a title."""
    COMMENT = "comment"
    """TeX on one line, its addresses as links."""
    ABSTRACT = "abstract"
    """TeX in paragraphs."""
    LEAD = "lead"
    """An abstract, of which one sentence is rendered: the one that tells most (papers/text/lead.py); nothing where none does."""
    NAMES = "names"
    """Authors' names in TeX (`names_source`); rendered as plain text, one name a line."""
    NOTE = "note"
    """An editor's Markdown."""


Text = tuple[Kind, str]
"""A text as it was written; an empty one is nothing to render."""


class Rendered(NamedTuple):
    html: str
    """Safe."""
    text: str
    """Plain."""


def key_of(text: Text) -> str:
    """Under which the text is kept."""
    kind, source = text
    return hashlib.sha256(f"{kind}\0{source}".encode()).hexdigest()


def names_source(authors: Iterable[str]) -> str:
    """A list of names as the source of `Kind.NAMES`."""
    names = list(authors)
    return json.dumps(names, ensure_ascii=False) if names else ""
