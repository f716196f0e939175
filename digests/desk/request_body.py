"""Reads the JSON object that the desk's page sends, strictly. Every function raises Refused."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from digests.editing.cleaning import NOT_STORED
from digests.editing.conflicts import Refused
from papers.post_keys import LONGEST_KEY
from papers.text.identifiers import ARXIV_ID

Body = Mapping[str, Any]
Kind = TypeVar("Kind")
MOST_PAPERS = 5000
"""The most papers in one change; arXiv announces fewer in a day, cross-lists included."""


def read_body(request: HttpRequest) -> Body:
    try:
        body = json.loads(request.body or b"{}")
    except RequestDataTooBig:
        raise Refused("This is too much for one request. Shorten the text.") from None
    except (ValueError, RecursionError):  # RecursionError: lists in lists in lists
        body = None
    if not isinstance(body, dict):
        raise Refused("We couldn’t read this request. Reload the page.")
    return body


def text(body: Body, name: str) -> str:
    return _typed(body, name, str)


def short_text(body: Body, name: str, longest: int) -> str:
    """Return a text that can be stored; empty if the request has none."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Refused(f"“{name}” must be a text of at most {longest} characters.")
    if NOT_STORED.search(value):
        raise Refused(f"“{name}” contains a character that can’t be saved. Delete it and type it again.")
    return value


def flag(body: Body, name: str) -> bool:
    return _typed(body, name, bool)


def whole(body: Body, name: str) -> int:
    number = _typed(body, name, int)
    if isinstance(number, bool) or not 0 <= number < 2**31:
        raise Refused(f"“{name}” must be a whole number, 0 or more.")
    return number


def revision(body: Body, name: str = "revision") -> int:
    """Return the revision that the editor saw."""
    if name not in body:
        raise Refused("The request doesn’t say which version you saw. Reload the page.")
    return whole(body, name)


def post_keys(body: Body, name: str) -> list[str]:
    """Return keys of posts. Bare ids, as older pages wrote them, are accepted too."""
    keys = _typed(body, name, list)
    if not all(isinstance(one, str) and re.fullmatch(rf"[!-~]{{1,{LONGEST_KEY}}}", one) for one in keys):
        raise Refused(f"“{name}” has to be a list of ids of posts.")
    return list(keys)


def versions(body: Body) -> frozenset[str]:
    """Return the versions of the rows that the page has, separated by spaces; empty if the request has none."""
    have = body.get("have", "")
    return frozenset(have.split(" ")) if isinstance(have, str) else frozenset()


def papers(body: Body, name: str = "papers") -> list[str]:
    """Return ids of papers in their order, without duplicates."""
    ids = _typed(body, name, list)
    if not ids or len(ids) > MOST_PAPERS or not all(isinstance(one, str) and re.fullmatch(ARXIV_ID, one) for one in ids):
        raise Refused(f"“{name}” has to be a list of 1 to {MOST_PAPERS} papers. Reload the page.")
    return list(dict.fromkeys(ids))


def _typed(body: Body, name: str, kind: type[Kind]) -> Kind:
    value = body.get(name)
    if not isinstance(value, kind):
        raise Refused(f"The request has no “{name}”. Reload the page.")
    return value
