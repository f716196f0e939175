"""Every public form of a paper's address maps to one id; everything else to none."""

import pytest

from papers.networks.paper_links import MOST_PAPERS, paper_id, paper_ids_in
from tests.standins.tweets import FORMS, LISTINGS


@pytest.mark.parametrize("form", FORMS)
def test_paper_id_of_every_form(form: str) -> None:
    assert paper_id(form.format(id="2611.90001")) == "2611.90001"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://arxiv.org/abs/cs/0112017v3", "cs/0112017"),
        ("https://arxiv.org/abs/math.GT/0309136", "math/0309136"),
        ("https://arxiv.org/pdf/cond-mat/0112017.pdf", "cond-mat/0112017"),
        ("https://doi.org/10.48550/arXiv.cs/0112017", "cs/0112017"),
        ("https://arxiv.org/abs/0704.0001", "0704.0001"),
        ("HTTPS://ARXIV.ORG/ABS/2611.90001V12/", "2611.90001"),
        ("https://arxiv.org/abs/arXiv:2611.90001", "2611.90001"),
        ("https://arxiv.org/abs/2611%2E90001", "2611.90001"),
        ("https://arxiv.org/abs/2611.90001%29", "2611.90001"),
        ("https://arxiv.org/html/2611.90001v2/x1.png", "2611.90001"),
        ("https://arxiv.org/pdf/2611.90001v2.pdf」。", "2611.90001"),
        ("https://xxx.arxiv.org/format/2611.90001", "2611.90001"),
        ("https://doi.org/10.48550/aRxIv.2611.90001.", "2611.90001"),
        ("https://arxiv.org./abs/2611.90001", "2611.90001"),
        ("https:\\\\arxiv.org\\abs\\2611.90001", "2611.90001"),
        ("https://arxiv.org/ftp/arxiv/papers/0704/0704.0001.pdf", "0704.0001"),
        ("https://arxiv.org/ftp/cond-mat/papers/0309/0309136.pdf", "cond-mat/0309136"),
    ],
)
def test_paper_id_drops_version_and_subject_class(url: str, expected: str) -> None:
    assert paper_id(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        *LISTINGS,
        "https://arxiv.org/",
        "https://arxiv.org/abs/",
        "https://arxiv.org/abs/2613.90001",
        "https://arxiv.org/abs/a-name-that-no-archive-has/0309136",
        f"https://arxiv.org/abs/{'a' * 300}/0309136",
        "https://arxiv.org/abs/2611.900012",
        "https://arxiv.org/abs/2611.90001/listing",
        "https://arxiv.org/abs/2611.90001/abs/2611.90002",
        "https://arxiv.org/list/2611.90001",
        "https://arxiv.org/ftp/arxiv/papers/2611/",
        "https://arxiv.org/abs/https://evil.example/abs/2611.90001",
        "https://notarxiv.org/abs/2611.90001",
        "https://hf.co/2611.90001",
        "https://huggingface.co/papers/month/2026-11",
        "https://arxiv.org/abs/٢٦١١.90001",
        "https://evil.example/abs/2611.90001",
        "https://arxiv.org.evil.example/abs/2611.90001",
        "https://arxiv.org@evil.example/abs/2611.90001",
        "https://huggingface.co/2611.90001",
        "https://doi.org/10.1000/arXiv.2611.90001",
        "ftp://arxiv.org/abs/2611.90001",
        "https://[arxiv.org/abs/2611.90001",
        "https://evil.example\\@arxiv.org/abs/2611.90001",
        "https://evil.example\\.arxiv.org/abs/2611.90001",
        "https://arxiv.org:x/abs/2611.90001",
        "https://arxiv.org:99999/abs/2611.90001",
        "arxiv.org/abs/2611.90001",
        "",
    ],
)
def test_paper_id_of_anything_else_is_none(url: str) -> None:
    assert paper_id(url) is None


def test_paper_ids_in_lists_each_paper_once() -> None:
    urls = ["https://arxiv.org/abs/2611.90002v1", "https://alphaxiv.org/abs/2611.90001", "https://arxiv.org/pdf/2611.90002"]

    assert paper_ids_in(urls, "see arXiv:2611.90003v2 and arXiv: 2611.90001, not 2611.90004") == (
        "2611.90002",
        "2611.90001",
        "2611.90003",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arxiv.org/abs/2611.90001", ("2611.90001",)),
        ("(https://arxiv.org/pdf/2611.90001v3.pdf).", ("2611.90001",)),
        ("論文arxiv.org/abs/2611.90001です", ("2611.90001",)),
        ("hf.co/papers/2611.90001, alphaxiv.org/es/overview/2611.90002", ("2611.90001", "2611.90002")),
        ("doi:10.48550/ARXIV.2611.90001", ("2611.90001",)),
        ("https://doi.org/10.48550/arXiv.2611.90001", ("2611.90001",)),
        ("_https://arxiv.org/abs/2611.90001_", ("2611.90001",)),
        ("1.https://arxiv.org/abs/2611.90001", ("2611.90001",)),
        ("-https://arxiv.org/abs/2611.90001", ("2611.90001",)),
        ("__arxiv.org/abs/2611.90001__", ("2611.90001",)),
        ("_arXiv:2611.90001_", ("2611.90001",)),
        ("arXiv:\u00a02611.90001", ("2611.90001",)),
        ("arXiv：2611.90001", ("2611.90001",)),
        ("evil.example/https://arxiv.org/abs/2611.90001", ()),
        ("xhttps://arxiv.org/abs/2611.90001", ()),
        ("evil.example/arxiv.org/abs/2611.90001", ()),
        ("me@arxiv.org/abs/2611.90001", ()),
        ("notarxiv.org/abs/2611.90001", ()),
        ("10.1000/arXiv.2611.90001", ()),
        ("2611.90001", ()),
    ],
)
def test_paper_ids_in_text_alone(text: str, expected: tuple[str, ...]) -> None:
    assert paper_ids_in([], text) == expected


def test_of_a_post_that_links_thousands_of_papers_the_first_ones_count() -> None:
    urls = [f"https://arxiv.org/abs/2611.{number:05}" for number in range(10_000)]
    assert paper_ids_in(urls, "arXiv:2612.00001") == tuple(f"2611.{number:05}" for number in range(MOST_PAPERS))
