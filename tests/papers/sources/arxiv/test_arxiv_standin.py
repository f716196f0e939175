"""The stand-in itself, where the client never asks so."""

from typing import Any

import httpx
import pytest

from tests.standins.arxiv import ArxivStandin


@pytest.mark.parametrize(
    ("parameters", "status", "text"),
    [
        ({"id_list": "abc"}, 400, "incorrect id format for abc"),
        ({"id_list": "cs/0112017", "start": "-1"}, 400, "start must be non-negative"),
        ({"id_list": "cs/0112017", "start": "x"}, 400, "start must be an integer"),
        ({"id_list": "cs/0112017", "max_results": "-1"}, 400, "max_results must be non-negative"),
        ({"id_list": "cs/0112017", "max_results": "1.5"}, 400, "max_results must be an integer"),
        ({"id_list": "cs/0112017", "max_results": "30001"}, 400, "max_results is too large"),
        ({"id_list": "cs/0112017", "sortBy": "size"}, 400, "sortBy must be in: "),
        ({"id_list": "cs/0112017", "sortOrder": "up"}, 400, "sortOrder must be in: "),
        ({"id_list": "0000.0000"}, 200, "<opensearch:totalResults>0<"),
    ],
)
def test_standin_answers_bad_queries_as_arxiv_does(
    standin: ArxivStandin, parameters: dict[str, str], status: int, text: str
) -> None:
    answer = httpx.get(f"{standin.url}/api/query", params=parameters, trust_env=False, verify=False, timeout=60)

    assert (answer.status_code, text in answer.text) == (status, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_standin_gives_ten_entries_where_no_number_is_asked_for(standin: ArxivStandin, method: str) -> None:
    parameters = {"id_list": ",".join(list(standin.world.papers)[:30])}
    how: dict[str, Any] = {"params": parameters} if method == "GET" else {"data": parameters}

    answer = httpx.request(method, f"{standin.url}/api/query", trust_env=False, verify=False, timeout=60, **how)

    assert answer.text.count("<entry>") == 10
    assert "<opensearch:itemsPerPage>10<" in answer.text


def test_standin_matches_secondary_categories_and_the_first_versions_time(standin: ArxivStandin) -> None:
    paper = next(paper for paper in standin.world.papers.values() if paper.categories[0] == "math.OC")
    minute = f"{paper.submitted[0]:%Y%m%d%H%M}"

    answer = httpx.get(
        f"{standin.url}/api/query",
        params={"search_query": f"cat:cs.* AND submittedDate:[{minute} TO {minute}]"},
        trust_env=False,
        verify=False,
        timeout=60,
    )

    assert f"http://arxiv.org/abs/{paper.arxiv_id}v" in answer.text
