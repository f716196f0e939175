"""Charts of counts as numbers that a template draws: lines over time, and daily bars beside what was expected or allowed.

Each chart says in a sentence what it shows and carries its numbers as a table, for those who cannot see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from papers.plurals import counted

WIDTH, HEIGHT = 1000, 200
"""The size of the drawing in its own units; it is stretched to the space it gets."""
GAP = 0.25
"""The space between two bars, as a share of a bar's width."""


@dataclass(frozen=True)
class Mark:
    """A point or a bar; `says` is shown on hover."""

    x: float
    y: float
    says: str
    width: float = 0
    height: float = 0


@dataclass(frozen=True)
class Series:
    name: str
    kind: str
    """`line`, `bar`, `frame` (a hollow bar) or `limit` (a line across)."""
    number: int
    """The number of the colour."""
    marks: list[Mark]

    @property
    def path(self) -> str:
        return " ".join(f"{mark.x:g},{mark.y:g}" for mark in self.marks)


@dataclass(frozen=True)
class Chart:
    title: str
    summary: str
    top: int
    """The value at the upper edge."""
    first: str
    last: str
    series: list[Series]
    columns: list[str]
    rows: list[list[str]] = field(repr=False)

    width = WIDTH
    height = HEIGHT


def history(title: str, moments: Sequence[datetime], counts: Mapping[str, Sequence[int]]) -> Chart | None:
    """Each of these counts over time, the oldest reading first; None where there are fewer than two."""
    if len(moments) < 2:
        return None
    moments = [moment.astimezone(UTC) for moment in moments]
    start, span = moments[0], (moments[-1] - moments[0]).total_seconds() or 1
    top = round_up(max(max(numbers) for numbers in counts.values()))
    said = [f"{moment:%Y-%m-%d %H:%M}" for moment in moments]
    series, told = [], []
    for number, (name, numbers) in enumerate(counts.items()):
        marks = [
            Mark(round((moment - start).total_seconds() / span * WIDTH, 1), _y(count, top), f"{when}: {count:,} {name}")
            for moment, count, when in zip(moments, numbers, said, strict=True)
        ]
        series.append(Series(name, "line", number, marks))
        told.append(f"{name} from {numbers[0]:,} to {numbers[-1]:,}")
    summary = f"{counted(len(moments), 'reading')} from {said[0]} to {said[-1]} UTC: {' and '.join(told)}."
    rows = [[when, *(f"{numbers[-place]:,}" for numbers in counts.values())] for place, when in enumerate(reversed(said), 1)]
    columns = ["Read at (UTC)", *(name.capitalize() for name in counts)]
    return Chart(title, summary, top, said[0], said[-1], series, columns, rows)


def found_of_expected(title: str, days: Sequence[tuple[str, int, int | None]]) -> Chart | None:
    """Bars of what was found inside frames of what was expected (None if unknown), oldest day first."""
    if not days:
        return None
    top = round_up(max(max(found, expected or 0) for _, found, expected in days))
    bars, frames = [], []
    for place, (day, found, expected) in enumerate(days):
        says = f"{day}: {found:,} found" + ("" if expected is None else f" of {expected:,}")
        bars.append(_bar(place, len(days), found, top, says))
        if expected is not None:
            frames.append(_bar(place, len(days), expected, top, says))
    short = [day for day, found, expected in days if expected is not None and found < expected]
    lacking = f"fewer than expected on {', '.join(short[-5:])}" if short else "all complete"
    if len(short) > 5:
        lacking = f"fewer than expected on {len(short)} days, most recently on {', '.join(short[-5:])}"
    rows = [[day, f"{found:,}", "not known" if expected is None else f"{expected:,}"] for day, found, expected in reversed(days)]
    return Chart(
        title,
        f"{counted(len(days), 'day')} from {days[0][0]} to {days[-1][0]}: {lacking}.",
        top,
        days[0][0],
        days[-1][0],
        [Series("expected", "frame", 1, frames), Series("found", "bar", 0, bars)],
        ["Day", "Found", "Expected"],
        rows,
    )


def under_limit(title: str, name: str, days: Sequence[tuple[str, int]], limit: int) -> Chart | None:
    """Daily bars under a limit that they may not cross, oldest day first."""
    if not days:
        return None
    most_on, most = max(days, key=lambda day: day[1])
    top = round_up(max(most, limit))
    bars = [_bar(place, len(days), count, top, f"{day}: {count:,} {name}") for place, (day, count) in enumerate(days)]
    line = [Mark(0, _y(limit, top), ""), Mark(WIDTH, _y(limit, top), f"at most {limit:,} a day")]
    summary = f"{days[-1][1]:,} of {limit:,} {name} on {days[-1][0]}; the most since {days[0][0]} were {most:,} on {most_on}."
    rows = [[day, f"{count:,}", f"{limit:,}"] for day, count in reversed(days)]
    series = [Series(name, "bar", 0, bars), Series("limit", "limit", 1, line)]
    return Chart(title, summary, top, days[0][0], days[-1][0], series, ["Day", name.capitalize(), "Current limit"], rows)


def round_up(count: int) -> int:
    """The next number with one significant digit: 1 for 0, 40 for 37, 2,000 for 1,204."""
    step: int = 10 ** (len(str(max(count, 1))) - 1)
    return max(-(-count // step) * step, 1)


def _y(count: int, top: int) -> float:
    return round(HEIGHT - count / top * HEIGHT, 1)


def _bar(place: int, places: int, count: int, top: int, says: str) -> Mark:
    width = WIDTH / places
    y = _y(count, top)
    return Mark(round((place + GAP / 2) * width, 1), y, says, round((1 - GAP) * width, 1), round(HEIGHT - y, 1))
