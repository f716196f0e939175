"""The filters of the page of papers, as its form shows them: what can be chosen, what is chosen, and what removes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digests.reader.lists.selections import ROLLING, Order, Period, Selection
from papers.text.taxonomy import BY_ARCHIVE, category_name

MINIMA = (50, 100, 500, 1_000, 5_000)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen filter, and the address of the page without it."""

    name: str
    words: str
    without: str


@dataclass(frozen=True, slots=True)
class Filters:
    text: str
    categories: Mapping[str, Sequence[Option]]
    """By the name of their archive."""
    periods: Sequence[Option]
    minima: Sequence[Option]
    orders: Sequence[Option]
    chips: Sequence[Chip]


def filters_of(selection: Selection, years: Sequence[int]) -> Filters:
    """Return the filters; `years` are those that can be chosen."""
    code, period, least = selection.category or "", selection.period, selection.at_least
    named = {name: [Option(one, f"{words} ({one})", one == code) for one, words in of.items()] for name, of in BY_ARCHIVE.items()}
    unnamed = [Option(code, code, True)] if code and not any(one.is_chosen for of in named.values() for one in of) else []
    periods = [
        ("", "Any time"),
        *((one, f"Last {days} days") for one, days in ROLLING.items()),
        *((f"{y:04}", str(y)) for y in years),
    ]
    chosen = "" if period.text == "ever" else period.text
    if chosen not in dict(periods):
        periods.append((chosen, _capital(period.words.removeprefix("of "))))
    minima = sorted({*MINIMA, *([least] if least else [])})
    return Filters(
        text=selection.text or "",
        categories={"": [Option("", "All categories", not code), *unnamed], **named},
        periods=[Option(value, words, value == chosen) for value, words in periods],
        minima=[Option("", "Any", not least), *(Option(str(one), f"{one:,} or more", one == least) for one in minima)],
        orders=[
            Option("", "Newest first", selection.order is Order.NEWEST),
            Option("hottest", "Hottest first", selection.order is Order.HOTTEST),
        ],
        chips=list(_chips(selection)),
    )


def _chips(selection: Selection) -> list[Chip]:
    found = []
    if selection.category:
        found.append(Chip("Category", category_name(selection.category), replace(selection, category=None).address()))
    if selection.text:
        found.append(Chip("Words", selection.text, replace(selection, text=None).address()))
    if selection.period.text != "ever":
        words = selection.period.words.removeprefix("of ")
        found.append(Chip("Period", words, replace(selection, period=Period()).address()))
    if selection.at_least:
        found.append(Chip("At least", f"{selection.at_least:,} reposts and likes", replace(selection, at_least=None).address()))
    return found


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
