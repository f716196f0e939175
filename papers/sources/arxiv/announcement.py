"""What arXiv announced on a day, combined from its several answers, and the papers' metadata."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from papers.sources.arxiv.pages import PaperRecord, Section, Sections
from papers.sources.left_out import LeftOut


@dataclass(frozen=True)
class Counts:
    new: int
    cross: int
    replaced: int


@dataclass(frozen=True)
class Announcement:
    """What arXiv announced on one listing day, relative to the archives asked for; each paper is in one section only."""

    day: date
    how: Literal["feed", "catchup", "window"]
    """`window` is approximate: it goes by submission time and lacks papers that moderators held back."""
    new: tuple[str, ...]
    """First announced this day, with a primary category in the archives."""
    cross: tuple[str, ...]
    """Newly listed in the archives, with a primary category outside."""
    replaced: tuple[str, ...]
    expected: Counts | None
    """The number on arXiv's own listing pages, or None if no page could tell. More than the ids if a page listed fewer than it
    states."""
    note: str = ""
    """A sentence or two if feed and listing page disagreed, or one of them could not be read."""
    records: tuple[PaperRecord, ...] = ()
    """Metadata of new and cross-listed papers that came along; only from the window."""
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Titles from arXiv's pages, for papers whose metadata have none."""
    left_out: tuple[LeftOut, ...] = ()
    """Papers of the window whose metadata cannot be read."""


@dataclass(frozen=True)
class Metadata:
    records: tuple[PaperRecord, ...]
    missing: tuple[str, ...]
    """Ids for which arXiv gave nothing: it does not know them (yet), or they are not arXiv ids."""
    left_out: tuple[LeftOut, ...] = ()
    """Papers whose metadata cannot be read, or are among the records without something."""


def is_within(category: str, archives: Collection[str]) -> bool:
    """Whether the category is one of these archives or classes, or a class of one of the archives."""
    return category in archives or category.partition(".")[0] in archives


def by_section(listings: Iterable[Sections]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """New, cross-listed and replaced papers over several listings: what is new in one of them counts as new."""
    ids: dict[Section, dict[str, None]] = {"new": {}, "cross": {}, "replaced": {}}
    for listing in listings:
        for section, found in listing.ids.items():
            ids[section] |= found
    cross = [number for number in ids["cross"] if number not in ids["new"]]
    replaced = [number for number in ids["replaced"] if number not in ids["new"] and number not in ids["cross"]]
    return tuple(ids["new"]), tuple(cross), tuple(replaced)


def united(day: date, pages: Sequence[Sections], how: Literal["feed", "catchup"]) -> Announcement:
    """The listings of several archives and classes, merged into one."""
    sections: tuple[Section, ...] = ("new", "cross", "replaced")
    found = by_section(pages)
    # A paper may be on several pages, so that only what a page lacks by its own heading can be added up.
    lacking = [sum(max(0, page.stated.get(section, 0) - len(page.ids[section])) for page in pages) for section in sections]
    expected = Counts(*(len(ids) + short for ids, short in zip(found, lacking, strict=True)))
    titles = {number: title for page in pages for number, title in page.titles.items()}
    return Announcement(day, how, *found, expected=expected, titles=titles)
