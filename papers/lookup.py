"""Finds the rows for what an editor types into a search box: by indexes only, and with a limit."""

import re

from django.db import connection
from django.db.models import Q, QuerySet

from papers.models import Paper, Tweet
from papers.networks.registry import KINDS
from papers.post_keys import PostKey
from papers.search.finding import matching_ids
from papers.search.parts import QueryError
from papers.text.folding import Folded, begins
from papers.text.identifiers import ARXIV_ID

MOST = 300
"""The most rows that a search finds."""
ID_BEGINS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{0,5})?|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{0,7}")
ID_ENDS = re.compile(rf"({ARXIV_ID})(?:v[0-9]+)?(?:\.pdf)?/?$")
"""An id with a version, or one at the end of a link."""
LONGEST_TEXT = 500
"""How many characters a search looks at."""
LONGEST_ID = 60
"""How many characters at the end of the text are searched for an id."""


def papers_found(text: str) -> list[int]:
    """Papers by arXiv id or its beginning, by a link, or by words in title, abstract or authors."""
    if not (text := _short(text)):
        return []
    number = arxiv_id_at_end(text) or text
    found = _first(Paper.objects.filter(_arxiv_id_begins(number)).order_by()) if ID_BEGINS.fullmatch(number) else []
    try:
        found += matching_ids(text, MOST)
    except QueryError:
        pass  # half a query, as long as somebody types
    return list(dict.fromkeys(found))[:MOST]


def arxiv_id_at_end(text: str) -> str:
    """The arXiv id at the end of a link or text; empty if there is none."""
    found = ID_ENDS.search(text[-LONGEST_ID:])
    return found[1] if found else ""


def tweets_found(text: str) -> list[int]:
    """The tweet of an id or of a link to it, and those whose author's handle or name begins with the text."""
    text = _short(text)
    found: list[int] = []
    if not text.strip("@"):
        return found
    told = [PostKey(name, id) for name, kind in KINDS.items() if (id := kind.id_in(text))]
    ids = told or [PostKey(name, text) for name, kind in KINDS.items() if kind.is_id(text)]
    found += _first(Tweet.objects.with_keys(ids).order_by())
    handle = text.removeprefix("@").lower()
    # In the order of their index: PostgreSQL may take so many of a million for so easily found that it reads them all.
    handles = Tweet.objects.alias(handle=Folded("author_handle")).filter(begins("handle", handle))
    found += _first(handles.order_by("handle"))
    if not text.startswith("@"):
        names = Tweet.objects.alias(name=Folded("author_name")).filter(begins("name", text.lower()))
        found += _first(names.order_by("name"))
    return list(dict.fromkeys(found))[:MOST]


def _short(text: str) -> str:
    return text[:LONGEST_TEXT].replace("\0", "").strip()


def _first(rows: "QuerySet[Paper] | QuerySet[Tweet]") -> list[int]:
    return list(rows.values_list("pk", flat=True)[:MOST])


def _arxiv_id_begins(number: str) -> Q:
    # PostgreSQL has an index of its own for LIKE on a unique column, in whatever language its other indexes are sorted.
    return Q(arxiv_id__startswith=number) if connection.vendor == "postgresql" else begins("arxiv_id", number)
