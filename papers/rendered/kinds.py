"""The kinds of text that are rendered, and the keys they are kept under: all that code which only shows texts needs."""

import json
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

from papers.text import rendered_keys

VERSION = 6
"""The renderer's version. Raise it with every change to its output; all texts are then rendered again."""


class Kind(StrEnum):
    """How a text is written, and so how it is rendered."""

    LINE = rendered_keys.LINE
    """TeX on one line without links, since the line is a link itself: a title."""
    COMMENT = "comment"
    """TeX on one line with its addresses as links."""
    ABSTRACT = "abstract"
    """TeX in paragraphs."""
    LEAD = "lead"
    """An abstract, of which one sentence is rendered: the one that tells most (papers/text/lead.py); nothing where none does."""
    NAMES = "names"
    """Authors' names in TeX (`names_source`); rendered as plain text, one name a line."""
    NOTE = "note"
    """An editor's Markdown."""
    POST = "post"
    """A post's body with the hosts that it may link to (`post_source`). Kept beside it, so that both go together."""


Text = tuple[Kind, str]
"""A text as it was written; an empty one needs no rendering."""


class Rendered(NamedTuple):
    html: str
    """Safe."""
    text: str
    """Plain."""


def key_of(text: Text) -> str:
    """The key that the text is kept under."""
    return rendered_keys.key_of(*text)


def names_source(authors: Iterable[str]) -> str:
    """A list of names as the source of `Kind.NAMES`."""
    names = list(authors)
    return json.dumps(names, ensure_ascii=False) if names else ""


def post_source(body_html: str, hosts: Collection[str] | None) -> str:
    """A post's body as the source of `Kind.POST`; links may lead to these hosts only, or to any if there are none."""
    return json.dumps([body_html, sorted(hosts) if hosts else None], ensure_ascii=False) if body_html else ""


def body_of(source: str) -> str:
    """The body in the source of `Kind.POST`."""
    return str(json.loads(source)[0])
