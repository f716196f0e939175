"""Numbers over time as points of an SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10

Points = Sequence[tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line to draw: `points` as SVG’s polyline takes them, in a box of `width` by `height` units."""

    points: str
    width: int
    height: int

    @property
    def end(self) -> tuple[str, str]:
        x, y = self.points.rsplit(" ", 1)[-1].split(",")
        return x, y

    @property
    def area(self) -> str:
        """The points of the polygon between the line and the bottom of the box."""
        first = self.points.split(",", 1)[0]
        return f"{first},{self.height} {self.points} {self.end[0]},{self.height}"


def line(points: Points, *, width: int, height: int, top: int, inset: int = 0) -> Line:
    """The points, oldest first, from the box's left to its right edge in proportion to time; 0 is its ground, `top` its top."""
    start, end = points[0][0].timestamp(), points[-1][0].timestamp()
    across, up = width - 2 * inset, height - 2 * inset
    return Line(
        " ".join(
            f"{_short(inset + across * ((at.timestamp() - start) / (end - start) if end > start else 1))},"
            f"{_short(inset + up * (1 - value / top))}"
            for at, value in points
        ),
        width,
        height,
    )


def round_top(highest: int) -> int:
    """The smallest of 1, 2, 4, 5, 6, 8 × 10ⁿ that is at least as high. From 2 on, its half is a whole number."""
    size: int = 10 ** floor(log10(max(highest, 1)))
    return next(step * size for step in (1, 2, 4, 5, 6, 8, 10) if step * size >= highest) if highest > 1 else 2


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
