"""What arXiv's answers say: the query API's Atom, the daily RSS feed, the listing and catch-up pages. Pure: bytes to dataclasses.

Every reader raises Malformed for an answer that is something else, and Transient for one that breaks off.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import lxml.html
from lxml import etree

from papers.sources.http import Answer, Malformed, Transient
from papers.text.identifiers import ARXIV_ID, CATEGORY

ARXIV_ID_ALONE = re.compile(ARXIV_ID)
VERSIONED = re.compile(rf"(?P<id>{ARXIV_ID})(?:v(?P<version>[1-9][0-9]{{0,3}}))?")
ABS_LINK = re.compile(rf"/abs/({ARXIV_ID})(?:v[0-9]+)?(?:[?#]|\Z)")
ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY = r"\w+, *(?P<day>[0-9]{1,2}) (?P<month>[A-Za-z]{3})[a-z]* (?P<year>[0-9]{4})"
HEADING = re.compile(rf"(?:Showing new listings for|Catchup results for .* on) {DAY}")
STATED = re.compile(r"showing (?:first |last )?[0-9]+ of ([0-9]+) entries")
TOTAL = re.compile(r"Total of ([0-9]+) entries")

Section = Literal["new", "cross", "replaced"]
ANNOUNCE_TYPES: dict[str, Section] = {"new": "new", "cross": "cross", "replace": "replaced", "replace-cross": "replaced"}
SECTION_HEADING = re.compile(r"(new|cross|replace)", re.IGNORECASE)
HEADINGS = ("h1", "h2", "h3", "h4")
LONGEST_HEADING = 300
"""Characters of a heading that are read; real ones have at most 80."""


@dataclass(frozen=True)
class PaperRecord:
    """One paper's metadata, as the query API gives it; white space is folded."""

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
    """Of the whole query, not of this page."""
    records: tuple[PaperRecord, ...]


@dataclass(frozen=True)
class ApiError:
    """The query API's own error, an Atom feed of its own kind."""

    text: str


@dataclass
class Sections:
    """Ids by how they were announced, in the order of the answer, relative to the archive or class that was asked for."""

    day: date
    ids: dict[Section, dict[str, None]] = field(default_factory=lambda: {"new": {}, "cross": {}, "replaced": {}})
    stated: dict[Section, int] = field(default_factory=dict)
    """How many entries each section has by its own heading, on all pages together."""
    total: int | None = None
    """How many entries all pages together have, where the page says so."""
    entries: int = 0
    """How many entries were read."""


def read_api(answer: Answer) -> ApiPage | ApiError:
    """An answer of `/api/query`, of status 200 or 400."""
    feed = _xml(answer, f"{ATOM}feed", "an Atom feed")
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        # Not by its title: "Error" may be a paper's.
        if "/api/errors" in _text(entry, f"{ATOM}id"):
            return ApiError(_text(entry, f"{ATOM}summary"))
    total = _text(feed, f"{OPENSEARCH}totalResults")
    if not (total.isascii() and total.isdigit()):
        raise _malformed(answer, "totalResults", total)
    return ApiPage(int(total), tuple(_record(answer, entry) for entry in entries))


def _record(answer: Answer, entry: etree._Element) -> PaperRecord:
    address = _text(entry, f"{ATOM}id")
    named = VERSIONED.fullmatch(address.partition("/abs/")[2])
    title = _text(entry, f"{ATOM}title")
    primary = entry.find(f"{ARXIV}primary_category")
    terms = [primary.get("term", "") if primary is not None else ""]
    terms += [category.get("term", "") for category in entry.findall(f"{ATOM}category")]
    if named is None or not title or not re.fullmatch(CATEGORY, terms[0]):
        raise _malformed(answer, "an id, a title and a primary category", f"{address} {title!r} {terms[0]!r}")
    return PaperRecord(
        arxiv_id=named["id"],
        version=int(named["version"] or 1),
        title=title,
        abstract=_text(entry, f"{ATOM}summary"),
        authors=tuple(name for name in (_text(author, f"{ATOM}name") for author in entry.findall(f"{ATOM}author")) if name),
        # ACM and MSC classes come as categories, too.
        categories=tuple(dict.fromkeys(term for term in terms if re.fullmatch(CATEGORY, term))),
        published=_moment(answer, entry, "published"),
        updated=_moment(answer, entry, "updated"),
        comment=_text(entry, f"{ARXIV}comment"),
    )


def _moment(answer: Answer, entry: etree._Element, name: str) -> datetime:
    value = _text(entry, f"{ATOM}{name}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _malformed(answer, f"a time in {name}", value) from None
    if moment.tzinfo is None:
        raise _malformed(answer, f"a time zone in {name}", value)
    return moment.astimezone(UTC)


def read_feed(answer: Answer) -> Sections:
    """The daily RSS feed, of status 200 or 400. An empty feed has the day on which it was built."""
    channel = _xml(answer, "rss", "an RSS feed").find("channel")
    if channel is None:
        raise _malformed(answer, "an RSS channel", "none")
    if _text(channel, "title").startswith("Feed error") or answer.status != 200:
        raise Malformed(f"arXiv's feed says: {_text(channel, 'description')}", url=answer.url, status=answer.status)
    items = channel.findall("item")
    found = Sections(max((_rss_day(answer, item) for item in items), default=None) or _rss_day(answer, channel))
    for item in items:
        named = VERSIONED.fullmatch(_text(item, "guid").removeprefix("oai:arXiv.org:"))
        section = ANNOUNCE_TYPES.get(_text(item, f"{ARXIV}announce_type"))
        if named is None or section is None:
            raise _malformed(answer, "an arXiv id and an announce type", _text(item, "guid"))
        found.ids[section][named["id"]] = None
        found.entries += 1
    return found


def _rss_day(answer: Answer, element: etree._Element) -> date:
    value = _text(element, "pubDate")
    try:
        return parsedate_to_datetime(value).date()  # Eastern midnight in its own offset
    except ValueError:
        raise _malformed(answer, "a pubDate", value) from None


def read_listing(answer: Answer) -> Sections:
    """One page of `/list/{set}/new` or `/catchup/{set}/{day}`.

    For ids and membership only: its text has TeX accents converted, the query API's has not.
    """
    try:
        page = lxml.html.document_fromstring(answer.body.decode(errors="replace"))
    except (etree.ParserError, ValueError):
        raise _malformed(answer, "a listing page", "an empty one") from None
    heading = next(filter(None, (HEADING.search(_heading(element)) for element in page.iter(*HEADINGS))), None)
    if heading is None or heading["month"].lower() not in MONTHS:
        raise _malformed(answer, "a listing page with its date", _folded(page)[:60])
    try:
        day = date(int(heading["year"]), MONTHS.index(heading["month"].lower()) + 1, int(heading["day"]))
    except ValueError:
        raise _malformed(answer, "a listing date", heading[0]) from None
    total = TOTAL.search(_folded(page))
    found = Sections(day, total=int(total[1]) if total else None)
    section: Section | None = None
    for element in page.iter(*HEADINGS, "dt"):
        if element.tag != "dt":
            text = _heading(element)
            named = SECTION_HEADING.match(text)
            section = ANNOUNCE_TYPES[named[0].lower()] if named else None
            if section and (stated := STATED.search(text)):
                found.stated[section] = int(stated[1])
        elif section:
            named = next(filter(None, (ABS_LINK.search(link.get("href", "")) for link in element.iter("a"))), None)
            if named is None:
                raise _malformed(answer, "an entry with an arXiv id", _folded(element)[:60])
            found.ids[section][named[1]] = None
            found.entries += 1
    if not found.entries and "No updates" in _folded(page):
        found.total = 0
    return found


def _xml(answer: Answer, root: str, expected: str) -> etree._Element:
    start = answer.body[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise _malformed(answer, expected, "an HTML page")
    # No entities, no network, no huge trees: the answer may come from anybody in between.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True)
    try:
        tree = etree.fromstring(answer.body, parser)
    except etree.XMLSyntaxError as error:
        if not start.startswith(b"<"):
            raise _malformed(answer, expected, repr(start[:40].decode(errors="replace"))) from None
        text = f"arXiv's answer breaks off or is garbled: {error.msg}."
        raise Transient(text, url=answer.url, status=answer.status) from None
    if tree.tag != root:
        raise _malformed(answer, expected, f"<{tree.tag}>")
    return tree


def _text(element: etree._Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())


def _folded(element: lxml.html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _heading(element: lxml.html.HtmlElement) -> str:
    return _folded(element)[:LONGEST_HEADING]


def _malformed(answer: Answer, expected: str, came: str) -> Malformed:
    return Malformed(
        f"arXiv answered something unexpected: expected {expected}, got {came}.", url=answer.url, status=answer.status
    )
