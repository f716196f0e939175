"""Days, months and spans of time as people write them: `May 2021`, `12 May 2021`, `2021-05`, `since June 2020`, `2019 to 2021`.
In English, and with the names of months in German and French. Pure.
"""

import re
from calendar import month_name
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from papers.search.days import days_of
from papers.text.identifiers import FIRST_YEAR

ENGLISH = list(filter(None, month_name))
OTHERS = {
    1: "januar jänner janvier",
    2: "februar février fevrier",
    3: "märz maerz",  # "mars" is a planet
    4: "avril",
    5: "mai",
    6: "juni juin",
    7: "juli juillet",
    8: "août aout",
    9: "sept septembre",
    10: "oktober okt octobre",
    11: "novembre",
    12: "dezember dez décembre decembre",
}
MONTHS = {name: number for number, names in OTHERS.items() for name in names.split()}
MONTHS |= {name: number for number, whole in enumerate(ENGLISH, 1) for name in (whole.lower(), whole[:3].lower())}
MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})(?![^\W_])\.?"
YEAR = r"(?:19|20)[0-9]{2}(?![^\W_])"
DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th|\.)?(?![^\W_])"
NUMBER = r"(?:0[1-9]|1[0-2])(?![^\W_])"
OF_YEAR = rf"{MONTH},? (?:of )?{YEAR}"
WHEN = (
    rf"(?:{DAY} (?:of )?{OF_YEAR}|{MONTH} {DAY},? {YEAR}|{OF_YEAR}|{YEAR}[-/]{NUMBER}[-/][0-3][0-9](?![^\W_])|{YEAR}[-/]{NUMBER}"
    rf"|[0-3]?[0-9]\.[01]?[0-9]\.{YEAR}|{NUMBER}/{YEAR}|{YEAR})"
)
TO = r" ?(?:-|–|—|\.{2,3}|…) ?| (?:to|until|till|through|bis) "
WRITTEN = re.compile(
    r"(?<![\w:./-])(?=\w)(?:(?P<how>since|after|from|until|till|before|between|up to) )?"
    rf"(?:(?P<one>{WHEN})(?:(?:{TO}| (?P<and>and) )(?P<other>{WHEN}))?"
    rf"|(?P<month>{MONTH})(?:{TO}| (?P<too>and) )(?P<later>{OF_YEAR}))"
    r"(?![^\W_]|[-/.][0-9])",
    re.IGNORECASE,
)
PIECE = re.compile(r"[^\W_]+")


class Written(NamedTuple):
    """A time in a query; either a month or a day alone, or what begins or ends with a day."""

    place: tuple[int, int]
    typed: str
    alone: str = ""
    """`202105`, `20210512`."""
    since: date | None = None
    until: date | None = None


def written_in(text: str) -> Iterator[Written]:
    """The times in the text, in order; a year by itself is none. Raises nothing."""
    for found in WRITTEN.finditer(text):
        how = (found["how"] or "").lower()
        later = found["other"] or found["later"]
        first = found["one"] or f"{found['month']} {found['later'].split()[-1]}"
        try:
            span = _days(first)
            end = _days(later)[1] if later else span[1]
        except ValueError:  # 31 February
            continue
        typed, place = found[0][len(found["how"] or "") :].strip(), found.span()
        if (found["and"] or found["too"]) and how != "between":
            for name in ("one", "other"):
                if found[name] and (alone := _alone(found[name])):
                    yield Written(found.span(name), found[name], alone)
        elif later:
            if span[0] <= end:
                yield Written(place, typed, since=span[0], until=end)
        elif how in ("since", "after"):
            yield Written(place, typed, since=span[0])
        elif how in ("until", "till", "up to"):
            yield Written(place, typed, until=end)
        elif how == "before":
            yield Written(place, typed, until=max(span[0], date(FIRST_YEAR, 1, 1)) - timedelta(days=1))
        elif alone := _alone(first):
            yield Written(found.span("one"), first, alone)


def _alone(text: str) -> str:
    """The span of a month or of a day; empty for a year."""
    first, last = _days(text)
    if first == last:
        return f"{first:%Y%m%d}"
    return f"{first:%Y%m}" if first.month == last.month else ""


def _days(text: str) -> tuple[date, date]:
    """The first and the last day. Raises ValueError."""
    pieces = [piece.lower() for piece in PIECE.findall(text) if piece.lower() != "of"]
    year = next(piece for piece in pieces if len(piece) == 4 and piece.isdecimal())
    pieces.remove(year)
    if named := next((piece for piece in pieces if piece in MONTHS), ""):
        pieces.remove(named)
        numbers = [str(MONTHS[named]), *(re.sub("[a-z]+", "", piece) for piece in pieces)]
    else:
        numbers = pieces if text.startswith(year) else pieces[::-1]
    return days_of("-".join([year, *numbers]))
