"""Readers for arXiv's answers: the query API's Atom, the daily RSS feed, the listing and catch-up pages. Pure: bytes to
dataclasses.

Every reader raises Malformed for an answer of another kind, and Transient for one that is cut off. A single record that cannot
be read costs only itself and is named in `left_out`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import lxml.html
from lxml import etree

from papers.sources.arxiv.categories import is_category
from papers.sources.arxiv.xml import NOT_UTF8, malformed, read_xml, repaired
from papers.sources.http import Answer, Malformed
from papers.sources.left_out import LeftOut
from papers.text.identifiers import ARXIV_ID
from papers.text.visible import is_visible

OWN_ID = rf"(?![a-z-]{{9}}){ARXIV_ID}"
"""No archive has a longer name than eight letters, and our database takes no id that has."""
ARXIV_ID_ALONE = re.compile(OWN_ID)
VERSIONED = re.compile(rf"(?P<id>{OWN_ID})(?:v(?P<version>[1-9][0-9]{{0,3}}))?")
ABS_LINK = re.compile(rf"/abs/({OWN_ID})(?:v[0-9]+)?(?:[?#]|\Z)")
ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY = r"\w+, *(?P<day>[0-9]{1,2}) (?P<month>[A-Za-z]{3})[a-z]* (?P<year>[0-9]{4})"
HEADING = re.compile(rf"(?:Showing new listings for|Catchup results for .* on) {DAY}")
STATED = re.compile(r"showing (?:first |last )?[0-9]{1,9} of ([0-9]{1,9}) entries")
TOTAL = re.compile(r"Total of ([0-9]{1,9}) entries")
EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""arXiv has no earlier paper, and we need no later one."""

Section = Literal["new", "cross", "replaced"]
ANNOUNCE_TYPES: dict[str, Section] = {"new": "new", "cross": "cross", "replace": "replaced", "replace-cross": "replaced"}
SECTION_HEADING = re.compile(r"(new|cross|replace)", re.IGNORECASE)
HEADINGS = ("h1", "h2", "h3", "h4")
LONGEST_HEADING = 300
"""How many characters of a heading are read; real ones have at most 80."""


@dataclass(frozen=True)
class PaperRecord:
    """One paper's metadata from the query API; white space is folded."""

    arxiv_id: str
    """Without its version."""
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    """The primary one first."""
    published: datetime
    """When version 1 was submitted, UTC."""
    updated: datetime
    """When this version was submitted, UTC."""
    comment: str


@dataclass(frozen=True)
class ApiPage:
    total: int
    """The total of the whole query, not of this page."""
    records: tuple[PaperRecord, ...]
    left_out: tuple[LeftOut, ...] = ()
    """Entries that cannot be read, and entries among the records that lack something."""

    @property
    def ids(self) -> set[str]:
        """The ids of all entries whose id could be read."""
        return {record.arxiv_id for record in self.records} | {one.name for one in self.left_out if one.name}


@dataclass(frozen=True)
class ApiError:
    """The query API's own error, a special kind of Atom feed."""

    text: str


@dataclass
class Sections:
    """Ids by section, in the answer's order, relative to the archive or class that was asked for."""

    day: date | None
    """None on a further page that doesn't state it."""
    ids: dict[Section, dict[str, None]] = field(default_factory=lambda: {"new": {}, "cross": {}, "replaced": {}})
    stated: dict[Section, int] = field(default_factory=dict)
    """How many entries each section has by its own heading, over all pages."""
    total: int | None = None
    """How many entries all pages together have, if the page says so."""
    entries: int = 0
    """How many entries were read."""
    titles: dict[str, str] = field(default_factory=dict)
    """For papers whose API metadata have no title; these titles have their TeX accents converted."""
    left_out: list[LeftOut] = field(default_factory=list)
    """Entries that cannot be read."""


def read_api(answer: Answer, titles: Mapping[str, str] | None = None) -> ApiPage | ApiError:
    """Read an answer of `/api/query` with status 200 or 400; `titles` are for papers that have none there."""
    feed = read_xml(answer, f"{ATOM}feed", "an Atom feed")
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        # Not by its title: "Error" may be a paper's.
        if "/api/errors" in _text(entry, f"{ATOM}id"):
            return ApiError(_text(entry, f"{ATOM}summary"))
    total = _text(feed, f"{OPENSEARCH}totalResults")
    if not re.fullmatch(r"[0-9]{1,9}", total, re.ASCII):
        raise malformed(answer, "totalResults", total)
    records: dict[str, PaperRecord] = {}
    left_out: dict[str | int, LeftOut] = {}
    for place, entry in enumerate(entries):
        record, lacks = _record(entry, titles or {})
        if record:
            records[record.arxiv_id] = record
        if lacks:
            left_out[lacks.name or place] = lacks
    return ApiPage(int(total), tuple(records.values()), tuple(left_out.values()))


def _record(entry: etree._Element, titles: Mapping[str, str]) -> tuple[PaperRecord | None, LeftOut | None]:
    """The paper, as far as it can be read, and what it lacks."""
    named = VERSIONED.fullmatch(_text(entry, f"{ATOM}id").partition("/abs/")[2])
    if named is None:
        return None, LeftOut("", "an arXiv id")
    number = named["id"]
    primary = entry.find(f"{ARXIV}primary_category")
    terms = [primary.get("term", "") if primary is not None else ""]
    terms += [category.get("term", "") for category in entry.findall(f"{ATOM}category")]
    title = _text(entry, f"{ATOM}title") or titles.get(number, "")
    published = _moment(entry, "published")
    abstract = _text(entry, f"{ATOM}summary")
    if not title:
        return None, LeftOut(number, "a title")
    if not published:
        return None, LeftOut(number, "the time of its submission (published)")
    if not is_category(terms[0]):
        return None, LeftOut(number, "a primary category of arXiv's")
    names = tuple(name for name in (_text(author, f"{ATOM}name") for author in entry.findall(f"{ATOM}author")) if name)
    if not names:
        return None, LeftOut(number, "authors")
    comment = _text(entry, f"{ARXIV}comment")
    if any(NOT_UTF8 in text for text in (title, abstract, comment, *names)):
        return None, LeftOut(number, "a text in UTF-8")
    record = PaperRecord(
        arxiv_id=number,
        version=int(named["version"] or 1),
        title=title,
        abstract=abstract,
        authors=names,
        # ACM and MSC classes come as categories, too.
        categories=tuple(dict.fromkeys(filter(is_category, terms))),
        published=published,
        updated=_moment(entry, "updated") or published,
        comment=comment,
    )
    return record, None if abstract else LeftOut(number, "an abstract")


def _moment(entry: etree._Element, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(entry, f"{ATOM}{name}"))
        return moment if moment.tzinfo and EARLIEST <= (moment := moment.astimezone(UTC)) < LATEST else None
    except (ValueError, OverflowError):
        return None


def read_feed(answer: Answer) -> Sections:
    """Read the daily RSS feed (status 200 or 400). An empty feed has the day on which it was built."""
    channel = read_xml(answer, "rss", "an RSS feed").find("channel")
    if channel is None:
        raise malformed(answer, "an RSS channel", "none")
    if _text(channel, "title").startswith("Feed error") or answer.status != 200:
        raise Malformed(f"arXiv's feed says: {_text(channel, 'description')[:200]}", url=answer.url, status=answer.status)
    found = Sections(None)
    days: Counter[date] = Counter()
    for item in channel.findall("item"):
        named = VERSIONED.fullmatch(_text(item, "guid").removeprefix("oai:arXiv.org:"))
        section = ANNOUNCE_TYPES.get(_text(item, f"{ARXIV}announce_type"))
        day = _rss_day(item)
        number = named["id"] if named else ""
        if not (number and section and day):
            lacks = "an arXiv id" if not number else "a known announce type" if not section else "a pubDate"
            found.left_out.append(LeftOut(number, lacks))
            continue
        days[day] += 1
        found.ids[section][number] = None
        found.titles[number] = _text(item, "title")
        found.entries += 1
    found.day = days.most_common(1)[0][0] if days else _rss_day(channel)
    if found.day is None:
        raise malformed(answer, "a pubDate", _text(channel, "pubDate"))
    return found


def _rss_day(element: etree._Element) -> date | None:
    try:
        return parsedate_to_datetime(_text(element, "pubDate")[:100]).date()  # Eastern midnight in its own offset
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def read_listing(answer: Answer) -> Sections:
    """Read one page of `/list/{set}/new` or `/catchup/{set}/{day}`. Further pages may lack the day if they state the total.

    Used for ids and sections only: its text has TeX accents converted, the query API's has not.
    """
    try:
        page = lxml.html.document_fromstring(repaired(answer.body).replace(NOT_UTF8, ""))
    except (etree.ParserError, ValueError):
        raise malformed(answer, "a listing page", "an empty one") from None
    whole = _folded(page)
    total = TOTAL.search(whole)
    day = _listing_day(answer, page)
    if day is None and total is None:
        raise malformed(answer, "a listing page with its date", whole[:60])
    found = Sections(day, total=int(total[1]) if total else None)
    section: Section | None = None
    number = ""
    for element in page.iter(*HEADINGS, "dt", "dd"):
        if element.tag == "dd":
            if number and (title := _listing_title(element)):
                found.titles[number] = title
        elif element.tag != "dt":
            text = _heading(element)
            named = SECTION_HEADING.match(text)
            section = ANNOUNCE_TYPES[named[0].lower()] if named else None
            if section and (stated := STATED.search(text)):
                found.stated[section] = int(stated[1])
        elif section:
            links = (ABS_LINK.search(link.get("href", "")) for link in element.iter("a"))
            linked = next(filter(None, links), None)
            number = linked[1] if linked else ""
            found.entries += 1
            if linked:
                found.ids[section][number] = None
            else:
                found.left_out.append(LeftOut("", "an arXiv id"))
    if not found.entries and "No updates" in whole:
        found.total = 0
    return found


def _listing_day(answer: Answer, page: lxml.html.HtmlElement) -> date | None:
    heading = next(filter(None, (HEADING.search(_heading(element)) for element in page.iter(*HEADINGS))), None)
    if heading is None or heading["month"].lower() not in MONTHS:
        return None
    try:
        return date(int(heading["year"]), MONTHS.index(heading["month"].lower()) + 1, int(heading["day"]))
    except ValueError:
        raise malformed(answer, "a listing date", heading[0]) from None


def _listing_title(entry: lxml.html.HtmlElement) -> str:
    element = next((part for part in entry.iter("div") if "list-title" in part.get("class", "").split()), None)
    return _folded(element).removeprefix("Title:").strip() if element is not None else ""


def _text(element: etree._Element, name: str) -> str:
    found = element.find(name)
    text = "" if found is None else " ".join("".join(map(str, found.itertext())).split())
    return text if is_visible(text) else ""


def _folded(element: lxml.html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _heading(element: lxml.html.HtmlElement) -> str:
    return _folded(element)[:LONGEST_HEADING]
