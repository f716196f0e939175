"""What many pages share is made once for all of them, and anew for each request of a reader."""

from collections.abc import Collection, Iterator

import pytest

from digests.reader.made_once import keeping, kept, of_coming

loaded: list[list[str]] = []


def load(arxiv_ids: Collection[str]) -> dict[str, int]:
    loaded.append(list(arxiv_ids))
    return {arxiv_id: int(arxiv_id) for arxiv_id in arxiv_ids if arxiv_id != "9"}


@pytest.fixture(autouse=True)
def _nothing_loaded() -> Iterator[None]:
    loaded.clear()
    yield


def test_papers_of_coming_pages_are_loaded_together_and_only_the_last_are_kept() -> None:
    made: dict[object, object] = {}
    answers = []
    for arxiv_id, coming in [("1", "12"), ("2", "12"), ("3", "39"), ("9", "39"), ("5", ""), ("1", "12")]:
        with keeping(made, coming):
            answers.append(of_coming(load, arxiv_id))
    assert (answers, loaded) == ([1, 2, 3, None, 5, 1], [["1", "2"], ["3", "9"], ["5"], ["1", "2"]])
    assert made[load] == ("12", {"1": 1, "2": 2})


def test_reader_s_request_loads_its_paper_anew() -> None:
    assert [of_coming(load, "1"), of_coming(load, "1")] == [1, 1]
    assert loaded == [["1"], ["1"]]


def test_what_is_kept_stays_from_page_to_page_but_not_for_a_reader_s_request() -> None:
    made: dict[object, object] = {}
    found = []
    for number in (1, 2):
        with keeping(made):
            kept("texts")[number] = number
            found.append(sorted(kept("texts")))
    kept("texts")[3] = 3
    assert (found, kept("texts")) == ([[1], [1, 2]], {})
