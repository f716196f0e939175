"""One grammar of selections: category × period × threshold × text, in an order.

`/papers?category=cs.LG&period=2021-05&min=100&q=transformers&order=hottest` is the page of a selection; the same words after
`/papers.atom` and `/papers.json` give its feeds, and after `/papers.bib`, `.ris` and `.csl.json` its papers for reference
managers. Every part is optional. digests/reader/lists/listing.py asks for the papers; nothing here queries the database.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from papers.search.parts import QueryError
from papers.search.query import parse
from papers.text.identifiers import CATEGORY
from papers.text.taxonomy import in_arxivs_capitals

ROLLING = {"week": 7, "month": 30, "year": 365}
"""Periods of a number of days that end with the newest published day, whenever that was."""
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


class SelectionError(ValueError):
    """A selection that cannot be understood; the message is one sentence for the reader."""


class Order(StrEnum):
    NEWEST = "newest"
    HOTTEST = "hottest"


@dataclass(frozen=True, slots=True)
class Period:
    """The listing days from `since` to `until`, both included, None for an open end; or the newest `days` days."""

    text: str = "ever"
    """As an address writes it: `2021-05-12`, `2021-W19`, `2021-05`, `2021`, `2021-05-01..2021-05-15`, `week`, `ever`."""
    since: date | None = None
    until: date | None = None
    days: int | None = None
    words: str = ""
    """For people, after the word "papers": `of May 2021`; empty for ever."""

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read a period. Raises SelectionError."""
        if text in ("", "ever"):
            return cls()
        if text in ROLLING:
            return cls(text, days=ROLLING[text], words=f"of the last {ROLLING[text]} days")
        try:
            if re.fullmatch(f"(?:{DAY})?\\.\\.(?:{DAY})?", text) and text != "..":
                return cls._span(text)
            if re.fullmatch(DAY, text):
                day = date.fromisoformat(text)
                return cls(text, day, day, words=f"of {_words(day)}")
            if found := re.fullmatch("([0-9]{4})-W([0-9]{2})", text):
                monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
                return cls(text, monday, monday + timedelta(days=6), words=f"of the week from {_words(monday)}")
            if found := re.fullmatch("([0-9]{4})-([0-9]{2})", text):
                first = date(int(found[1]), int(found[2]), 1)
                last = first.replace(day=monthrange(first.year, first.month)[1])
                return cls(text, first, last, words=f"of {first:%B} {first.year}")
            if re.fullmatch("[0-9]{4}", text):
                return cls(text, date(int(text), 1, 1), date(int(text), 12, 31), words=f"of {int(text)}")
        except (ValueError, OverflowError) as error:
            if isinstance(error, SelectionError):
                raise
            raise SelectionError(f"There is no such date: “{shown(text)}”.") from error
        raise SelectionError(
            f"The period “{shown(text)}” isn’t valid. Write a day as 2021-05-12, a week as 2021-W19, a month as "
            "2021-05, a year as 2021, days in a row as 2021-05-01..2021-05-15, or week, month, year or ever."
        )

    @classmethod
    def _span(cls, text: str) -> "Period":
        since, until = (date.fromisoformat(part) if part else None for part in text.split(".."))
        if since and until and since > until:
            raise SelectionError(f"The period “{text}” ends before it begins. Write the earlier day first.")
        words = " ".join(f"{word} {_words(day)}" for word, day in (("from", since), ("to", until)) if day)
        return cls(text, since, until, words=words)


def _words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def shown(text: str) -> str:
    """Return what a reader wrote, short enough to repeat in an answer."""
    return text if len(text) <= 40 else f"{text[:39]}…"


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page links in its head and may offer in its body."""

    title: str
    href: str
    """Absolute path on this site."""
    type: str
    """Media type."""
    label: str = ""
    """Short, for a link in a row of them: `Atom`."""


FORMS = {
    "atom": ("Atom", "application/atom+xml"),
    "json": ("JSON Feed", "application/feed+json"),
    "bib": ("BibTeX", "application/x-bibtex"),
    "ris": ("RIS", "application/x-research-info-systems"),
    "csl.json": ("CSL-JSON", "application/vnd.citationstyles.csl+json"),
}


TRACKERS = frozenset({"fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "ref", "ref_src", "source", "si", "twclid"})
"""Parameters that other sites add to shared addresses, besides utm_…; they are no filters of ours."""
FEEDS = [(form, FORMS[form]) for form in ("atom", "json")]


@dataclass(frozen=True, slots=True)
class Selection:
    """Papers of published digests. Equal selections have equal addresses.

    The threshold applies to reposts + likes, as the newest day of the period that lists the paper printed them.
    """

    category: str | None = None
    period: Period = field(default_factory=Period)
    at_least: int | None = None
    text: str | None = None
    """In the language of papers/search/query.py."""
    order: Order = Order.NEWEST

    @classmethod
    def of(cls, *, period: str = "ever", order: str = "newest", category: str = "", at_least: str = "", text: str = "") -> Self:
        """Make a selection from the words of an address; empty ones are left out. Raises SelectionError."""
        category = in_arxivs_capitals(category)
        if category and not re.fullmatch(CATEGORY, category):
            raise SelectionError(f"“{shown(category)}” isn’t an arXiv category. Write it as arXiv does, for example cs.LG.")
        if at_least and not re.fullmatch("[1-9][0-9]{0,8}", at_least):
            raise SelectionError(f"The threshold “{shown(at_least)}” isn’t a whole number from 1 to 999999999.")
        if order not in list(Order):
            raise SelectionError(f"The order “{shown(order)}” isn’t valid. Write newest or hottest.")
        text = " ".join(text.replace("\0", " ").split())
        if text:
            try:
                parse(text)
            except QueryError as error:
                raise SelectionError(str(error)) from error
        return cls(category or None, Period.parse(period), int(at_least) if at_least else None, text or None, Order(order))

    @classmethod
    def parse(cls, query: QueryDict) -> Self:
        """Read a selection from the query of an address, except `after`, the place in the list. Raises SelectionError."""
        names = {"category": "category", "period": "period", "min": "at_least", "q": "text", "order": "order"}
        words = {}
        for name, values in query.lists():
            if name == "after" or name in TRACKERS or name.startswith("utm_"):
                continue
            if name not in names:
                raise SelectionError(f"A filter has no “{shown(name)}”. It can have category, period, min, q and order.")
            if len(values) > 1:
                raise SelectionError(f"The filter has “{name}” {len(values)} times. Use it once.")
            if values[0]:
                words[names[name]] = values[0]
        return cls.of(**words)

    @property
    def query(self) -> Mapping[str, str | int]:
        """Return its words, always in the same order."""
        words = {
            "category": self.category,
            "period": None if self.period.text == "ever" else self.period.text,
            "min": self.at_least,
            "q": self.text,
            "order": None if self.order is Order.NEWEST else self.order.value,
        }
        return {name: value for name, value in words.items() if value is not None}

    def address(self, form: str = "", *, after: str = "") -> str:
        """Return the path and query of its page or of one of its FORMS, from a place in the list on."""
        path = reverse("papers-as", args=[form]) if form else reverse("papers")
        query = urlencode({**self.query, **({"after": after} if after else {})})
        return f"{path}?{query}" if query else path

    @property
    def title(self) -> str:
        """Return its title: `Hot papers in cs.LG of May 2021, matching “transformers”`."""
        words = ["Hot papers", f"in {self.category}" if self.category else "", self.period.words]
        title = " ".join(word for word in words if word)
        if self.at_least:
            title += f", {self.at_least:,} reposts and likes or more"
        if self.text:
            title += f", matching “{self.text}”"
        return f"{title}, hottest first" if self.order is Order.HOTTEST else title

    @classmethod
    def feeds_of(cls, **words: str) -> list[FeedLink]:
        """Return the feeds of the selection with these words of an address; none if they are no selection."""
        try:
            return cls.of(**words).feeds
        except SelectionError:
            return []

    @property
    def feeds(self) -> list[FeedLink]:
        """Return the selection as feeds and BibTeX: a page's context `feeds`."""
        return [FeedLink(f"{self.title} ({name})", self.address(form), kind, name) for form, (name, kind) in FORMS.items()]
