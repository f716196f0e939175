"""What many pages share is made once for all of them, and anew for each request of a reader."""

from collections.abc import Iterator

import pytest

from digests.reader.once import keeping, of_last

made: list[int] = []


def make(number: int) -> int:
    made.append(number)
    return 10 * number


@pytest.fixture(autouse=True)
def _nothing_made() -> Iterator[None]:
    made.clear()
    yield


def test_only_the_last_is_kept() -> None:
    kept: dict[object, object] = {}
    answers = []
    for number in (1, 1, 2, 2, 1):
        with keeping(kept):
            answers.append(of_last(make, number))
    assert (answers, made, len(kept)) == ([10, 10, 20, 20, 10], [1, 2, 1], 1)


def test_reader_s_request_makes_it_anew() -> None:
    assert [of_last(make, 1), of_last(make, 1)] == [10, 10]
    assert made == [1, 1]
