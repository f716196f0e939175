"""OR, minus and brackets between the parts of a query: what every paper must have, of what one is enough, and what none may have.

OR binds closer than standing side by side, `gan OR vae survey` is `(gan OR vae) survey`. Pure.
"""

from collections.abc import Sequence
from itertools import chain, product
from math import prod
from typing import NamedTuple, TypeVar

from papers.search.parts import AND, CLOSE, NOT, OPEN, OR, Part

MOST_CLAUSES = 64
Item = TypeVar("Item")
Clause = tuple[Part, ...]
"""Alternatives."""


class TooManyGroups(ValueError):
    """Brackets within brackets that stand for more clauses than a search may have."""


class Grouped(NamedTuple):
    clauses: list[Clause]
    """Of each, one part is needed."""
    without: list[Clause]
    """Of none a paper may have all."""


def grouped(tokens: Sequence[Part]) -> Grouped:
    """The parts between operators and brackets; brackets that do not fit each other count for nothing. Raises TooManyGroups."""
    if not _fit(tokens):
        tokens = [token for token in tokens if token.kind not in (OPEN, CLOSE)]
    found, _ = _sequence(tokens, 0)
    return found


def _fit(tokens: Sequence[Part]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token.kind == OPEN) - (token.kind == CLOSE)
        if depth < 0:
            return False
    return depth == 0


def _sequence(tokens: Sequence[Part], at: int) -> tuple[Grouped, int]:
    """What stands side by side from a token on, and the place behind its end."""
    units: list[list[Clause]] = []
    without: list[Clause] = []
    is_either = is_without = False
    while at < len(tokens) and tokens[at].kind != CLOSE:
        token = tokens[at]
        at += 1
        if token.kind in (OR, AND, NOT):
            is_either, is_without = token.kind == OR and bool(units), token.kind == NOT
            continue
        unit: list[Clause] = [(token._replace(kind=token.kind.removeprefix("-")),)]
        is_minus = token.kind.startswith("-")
        if token.kind == OPEN:
            inner, at = _sequence(tokens, at)
            unit, is_minus = inner.clauses, token.typed == "-"
            without += inner.without
            end = tokens[at].place[1]
            at += 1
            if is_minus or is_without:
                whole = (token.place[0], end)
                unit = [tuple(part._replace(place=whole) for part in clause) for clause in unit]
        if not unit:
            continue
        if is_without or is_minus:
            without += _each_with_each(unit)
        elif is_either:
            units.append([(*one, *other) for one, other in _each_with_each([units.pop(), unit])])
        else:
            units.append(unit)
        is_either = is_without = False
    return Grouped(list(chain.from_iterable(units)), without), at


def _each_with_each(rows: Sequence[Sequence[Item]]) -> list[tuple[Item, ...]]:
    if prod(map(len, rows)) > MOST_CLAUSES:
        raise TooManyGroups
    return list(product(*rows))
