"""Finds the rows that the page lacks, and the order of all rows, so that an answer is as long as the change."""

from collections.abc import Collection, Iterable
from hashlib import blake2s
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template

if TYPE_CHECKING:
    from digests.desk.state import Desk

VERSION = 8
"""Letters of a version: 32 bits distinguish the versions of one row."""


def version_of(*shown: Any) -> str:
    """Return a text that stays the same as long as the row shows the same."""
    return blake2s(repr(shown).encode(errors="replace"), digest_size=VERSION // 2).hexdigest()


def changed_rows(desk: "Desk", have: Collection[str]) -> dict[str, Any]:
    """Return for both columns `order`, the papers from top to bottom, and `rows`, the HTML of the rows whose version the page
    lacks.

    `have` holds versions as `<paper>:<version>`; for listed papers, `in-` stands before them.
    """
    return {
        "candidates": _column(desk, desk.candidates, "candidate", "", have),
        "list": _column(desk, desk.rows, "row", "in-", have),
    }


def _column(desk: "Desk", rows: Iterable[Any], template: str, prefix: str, have: Collection[str]) -> dict[str, Any]:
    render = get_template(f"admin/desk/_{template}.html").render
    order = [row.paper.arxiv_id for row in rows]
    lacking = {
        row.paper.arxiv_id: render({"row": row, "desk": desk})
        for row in rows
        if f"{prefix}{row.paper.arxiv_id}:{row.version}" not in have
    }
    return {"order": order, "rows": lacking}
