"""What takes too much time is found, wherever it begins to; what does not, is not. The planted readers use the time that they say."""

import re
import time
from collections.abc import Callable

import pytest

from tests.attacks import measuring
from tests.attacks.measuring import findings
from tests.attacks.patterns import LIMIT
from tests.attacks.reader import Reader

SHARE = 8
"""The bounds are an eighth of the usual ones, so that it costs little to exceed them."""


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MOST_S", measuring.MOST_S / SHARE)
    monkeypatch.setattr(measuring, "FLOOR_S", measuring.FLOOR_S / SHARE)


def using(seconds: Callable[[float], float]) -> Reader:
    """A reader that needs so many seconds of processor time, by the usual bounds, for a text of this part of `LIMIT`."""

    def read(text: str) -> None:
        end = time.thread_time() + seconds(len(text) / LIMIT) * measuring.slowness() / SHARE
        while time.thread_time() < end:
            pass

    return Reader(read, read)


def refused(text: str) -> None:
    raise KeyError(text[0])


@pytest.mark.parametrize("seconds", [lambda _: 0.003, lambda part: 0.2 * part, lambda part: 0.003 + 0.2 * part])
def test_time_that_is_flat_or_linear_is_no_finding(seconds: Callable[[float], float]) -> None:
    assert findings(using(seconds), ["a"]) == []


@pytest.mark.parametrize(
    "seconds", [lambda part: 0.3 * part**2, lambda part: 0.1 * part + 0.5 * part**2, lambda part: 6 * part**3]
)
def test_time_that_grows_with_the_square_or_the_cube_is_found(seconds: Callable[[float], float]) -> None:
    (found,) = findings(using(seconds), ["a"])
    assert re.fullmatch(r"[\d,]+ characters \d+ ms, [\d,]+ \d+ ms", found.what)


def test_more_than_a_second_is_found() -> None:
    (found,) = findings(using(lambda part: 1.2 * part), ["a"])
    assert found.what == "0.15 s for 100,000 characters"


def test_exponential_time_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "KILLED_S", 1)
    reader = Reader(refused, re.compile("(a|aa)+b").match)
    assert [found.what for found in findings(reader, ["a"])] == ["killed after 1 s of processor time"]


def test_pattern_that_looks_from_each_place_to_the_end_is_found() -> None:
    (found,) = findings(Reader(refused, re.compile("[ab]*c").search), ["a", "b a "])
    assert (found.unit, found.shape) == ("a", "hostile")


def test_error_that_is_not_the_readers_own_is_found() -> None:
    assert [found.what for found in findings(Reader(refused, refused), ["a"])] == ["KeyError: 'a'"]
    assert findings(Reader(refused, refused, (KeyError,)), ["a"]) == []
