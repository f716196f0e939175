"""The language of searches: words, "phrases" and fields, all of which a paper must have.

    attention "language models" author:"Yann LeCun" cat:cs.LG since:2026-01 until:2026-03-15 2010.04296

Says of a query that it cannot read what was expected. Pure: knows no database.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from papers.search.words import name_words, words
from papers.text.identifiers import ARXIV_ID, CATEGORY, FIRST_YEAR

LONGEST_QUERY = 300
MOST_TERMS = 16
FIELDS = {
    "author": "author",
    "au": "author",
    "title": "title",
    "ti": "title",
    "cat": "cat",
    "category": "cat",
    "since": "since",
    "from": "since",
    "until": "until",
    "to": "until",
    "id": "id",
}
NAMED = "author:, title:, cat:, since:, until: and id:"
ITEM = re.compile(r'(?:(?P<field>[A-Za-z]+):(?=[^\s]))?(?:"(?P<quoted>[^"]*)(?P<closed>"?)|(?P<bare>[^\s"]+))')
LINK = re.compile(rf"(?:https?://)?(?:[a-z]+\.)?arxiv\.org/[a-z]+/(?P<id>{ARXIV_ID})(?:v[0-9]+)?(?:\.pdf)?/?", re.IGNORECASE)
ID = re.compile(rf"(?:arxiv:)?(?P<id>{ARXIV_ID})(?:v[0-9]+)?", re.IGNORECASE)
DAY = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))


class QueryError(ValueError):
    """The query cannot be read; the message tells a reader what to write instead."""


@dataclass(frozen=True, slots=True)
class Query:
    """What all found papers have. Words are folded."""

    phrases: tuple[tuple[str, ...], ...] = ()
    """Words in a row, anywhere; a lone word is a phrase of one."""
    titles: tuple[tuple[str, ...], ...] = ()
    authors: tuple[tuple[str, ...], ...] = ()
    """Each the words of one name, in any order of given and family names."""
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


def parse(text: str) -> Query:
    """The query in what a reader typed. Raises QueryError."""
    text = text.translate(QUOTES).replace("\0", " ")
    if len(text) > LONGEST_QUERY:
        raise QueryError(f"The search is too long. Use at most {LONGEST_QUERY} characters.")
    phrases: list[tuple[str, ...]] = []
    fields: dict[str, list[tuple[str, ...]]] = {"title": [], "author": [], "cat": [], "id": []}
    since = until = None
    for field, value in _items(text):
        if field in ("cat", "id"):
            fields[field].append((_category(value) if field == "cat" else _id(value),))
        elif field == "since":
            since = max(filter(None, [since, _days(field, value)[0]]))
        elif field == "until":
            until = min(filter(None, [until, _days(field, value)[1]]))
        elif known := (name_words if field == "author" else words)(value):
            (fields[field] if field else phrases).append(tuple(known))
        elif field:
            example = "author:LeCun" if field == "author" else f"{field}:learning"
            said = "" if not value.strip() else f" “{value.strip()[:30]}” is too common, or isn’t a word."
            raise QueryError(f"Write a word after {field}:, for example {example}.{said}")
    if since and until and since > until:
        raise QueryError(f"{since} is after {until}. Swap the two dates.")
    query = Query(
        phrases=tuple(dict.fromkeys(phrases)),
        titles=tuple(dict.fromkeys(fields["title"])),
        authors=tuple(dict.fromkeys(fields["author"])),
        categories=tuple(dict.fromkeys(code for (code,) in fields["cat"])),
        ids=tuple(dict.fromkeys(number for (number,) in fields["id"])),
        since=since,
        until=until,
    )
    if sum(map(len, (*query.phrases, *query.titles, *query.authors))) + len(query.categories) + len(query.ids) > MOST_TERMS:
        raise QueryError(f"The search has too many words. Use at most {MOST_TERMS}.")
    if query == Query() and not re.search(r"[^\W_]", text):
        raise QueryError("Nothing to search for. Type a word, a name or an arXiv id.")
    return query


def _items(text: str) -> Iterator[tuple[str, str]]:
    """The parts of the text, each with its field, or an empty one for words and phrases."""
    for found in ITEM.finditer(text):
        field, value = (found["field"] or "").lower(), found["bare"]
        if value is None:
            value = found["quoted"]
            if not found["closed"]:
                raise QueryError(f"The quotation mark before “{value.strip()[:30]}” has no partner. Add one after the phrase.")
        elif number := LINK.fullmatch(found[0]) or ID.fullmatch(found[0]):
            field, value = "id", number["id"]
        if field in ("http", "https"):
            raise QueryError("Only links to arXiv papers can be searched, for example https://arxiv.org/abs/2010.04296.")
        if field and field not in FIELDS:
            raise QueryError(
                f"“{field}:” isn’t a field. The fields are {NAMED}. If the colon is part of a title, add a space after it."
            )
        yield FIELDS.get(field, ""), value


def _category(value: str) -> str:
    if not re.fullmatch(CATEGORY, value, re.IGNORECASE):
        raise QueryError(f"“{value[:30]}” isn’t an arXiv category. Write cat:cs.LG, or cat:cs for a whole archive.")
    return value.lower()


def _id(value: str) -> str:
    if not (found := LINK.fullmatch(value) or ID.fullmatch(value)):
        raise QueryError(f"“{value[:30]}” isn’t an arXiv id. Write id:2010.04296 or id:cs/0112017.")
    return found["id"].lower()


def _days(field: str, value: str) -> tuple[date, date]:
    """The first and the last day of the day, month or year that was written."""
    try:
        if not (found := DAY.fullmatch(value)):
            raise ValueError(value)
        year, month, day = (int(part) if part else None for part in found.groups())
        first = date(year or 0, month or 1, day or 1)
        last = first if day else date(first.year, month or 12, monthrange(first.year, month or 12)[1])
    except ValueError as error:
        raise QueryError(
            f"“{value[:30]}” isn’t a date. Write {field}:2026-01-31, {field}:2026-01 for a month or {field}:2026 for a year."
        ) from error
    return first, last


def spans(since: date | None, until: date | None, newest: date) -> list[str]:
    """The days from `since` to `until` as the years (`2026`), months (`202601`) and days (`20260131`) that make them up."""
    day, last = max(since or date.min, date(FIRST_YEAR, 1, 1)), min(until or date.max, newest)
    found = []
    while day <= last:
        if day.month == day.day == 1 and date(day.year, 12, 31) <= last:
            span, end = f"{day:%Y}", date(day.year, 12, 31)
        elif day.day == 1 and (end := date(day.year, day.month, monthrange(day.year, day.month)[1])) <= last:
            span = f"{day:%Y%m}"
        else:
            span, end = f"{day:%Y%m%d}", day
        found.append(span)
        day = end + timedelta(days=1)
    return found
