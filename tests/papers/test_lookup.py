"""What a search in the admin finds."""

import pytest

from papers import lookup
from papers.lookup import papers_found, tweets_found
from papers.search.index import index_changed
from tests.factories import make_paper, make_tweet

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    [
        "2105.55555", " 2105.55555 ", "2105.55555v3", "2105.5555", "https://arxiv.org/abs/2105.55555v2",
        "https://arxiv.org/pdf/2105.55555.pdf", "Which BERT",
    ],
)  # fmt: skip
def test_paper_is_found_by_id_beginning_link_and_words(text: str) -> None:
    paper = make_paper(arxiv_id="2105.55555", title="Which BERT is it?")
    make_paper(arxiv_id="2105.00001", title="Another")
    index_changed()

    assert papers_found(text) == [paper.pk]


@pytest.mark.parametrize("text", ["cs/0112017", "cs/0112", "http://arxiv.org/abs/cs/0112017"])
def test_paper_with_an_id_of_the_old_style_is_found(text: str) -> None:
    paper = make_paper(arxiv_id="cs/0112017")
    make_paper()

    assert papers_found(text) == [paper.pk]


@pytest.mark.parametrize("text", ["", "  ", "nothing like it", "2105.99999", '"half a phrase', "since:x", "%", "_", "@", "\0"])
def test_what_is_not_there_is_not_found(text: str) -> None:
    make_paper(arxiv_id="2105.00001", title="A title")
    make_tweet(author_name="Lab")
    index_changed()

    assert (papers_found(text), tweets_found(text)) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "1392360000000099999", "https://x.com/karpathy/status/1392360000000099999?s=20", "@karpathy", "KARP", "Naomi", "naomi s",
    ],
)  # fmt: skip
def test_tweet_is_found_by_id_link_handle_and_name(text: str) -> None:
    tweet = make_tweet(author_handle="Karpathy", author_name="Naomi Saphra", status_id="1392360000000099999")
    make_tweet(author_handle="example_lab", author_name="Example Lab")

    assert tweets_found(text) == [tweet.pk]


def test_a_handle_with_its_sign_is_no_name() -> None:
    make_tweet(author_handle="someone", author_name="lab")

    assert tweets_found("@lab") == []


def test_a_search_ends_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "MOST", 3)
    for _ in range(5):
        make_tweet(author_handle="lab")
        make_paper()

    assert (len(tweets_found("lab")), len(papers_found("2105."))) == (3, 3)
