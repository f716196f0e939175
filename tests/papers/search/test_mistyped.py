"""Ids with a slip, posts' addresses, keys of citations, bars, long forms: what people type who know what they want."""

import pytest

from papers.models import Tweet
from papers.search.addresses import ids_meant, posts_in, words_of_link
from papers.search.finding import search
from papers.search.index import index_changed
from papers.search.parts import QueryError
from papers.search.post_finding import matching_posts
from papers.search.query import parse
from papers.search.suggesting import suggested
from tests.factories import make_paper, make_tweet
from tests.papers.search.searching import make, titles
from tests.papers.search.well_known import make_well_known

MEANT = {
    "2105.1601": "2105.01601",
    "arXiv:2105.1601v2": "2105.01601",
    "https://arxiv.org/abs/2105.1061": "2105.10061",
    "2105.001601": "2105.01601",
    "2105.016001": "2105.01601",
    "21o5.O1601": "2105.01601",
    "1404.05678": "1404.5678",
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_id_that_cannot_be_right_means_another(text: str, meant: str) -> None:
    assert meant in ids_meant(text)


@pytest.mark.parametrize("text", ["2105.01601", "1404.5678", "10.48550/x", "12345.67890", "2105.1", "0.9999"])
def test_id_that_can_be_right_means_no_other(text: str) -> None:
    assert ids_meant(text) == ()


@pytest.mark.django_db
def test_mistyped_id_brings_its_paper_and_says_so() -> None:
    make("A Right One", arxiv_id="2105.01601")
    index_changed()

    results = search("2105.1601")
    assert [hit.paper.arxiv_id for hit in results.hits] == ["2105.01601"]
    assert results.found.instead == "2105.01601"
    assert search("2105.9999").found.unknown_ids == ()
    assert search("2105.99999").found.unknown_ids == ("2105.99999",)


@pytest.mark.parametrize("text", ["2105. 01601", "2105..01601", "2105:01601", "2105/01601", "2105_01601", " 2105 .01601"])
def test_id_with_another_sign_for_its_dot(text: str) -> None:
    assert parse(text).ids == ("2105.01601",)


@pytest.mark.django_db
def test_address_of_a_post_brings_its_paper() -> None:
    paper = make("The Paper of a Post")
    post = make_tweet(paper)
    story = make_tweet(paper, network="hackernews", status_id="27100000")
    gone = make_tweet(paper, state=Tweet.State.DELETED)
    index_changed()

    for address in (
        f"https://x.com/example_lab/status/{post.status_id}",
        f"https://mobile.twitter.com/i/web/status/{post.status_id}?s=20",
        f"look: x.com/a/status/{post.status_id}/photo/1",
        f"https://fxtwitter.com/a/status/{post.status_id}",
        f"https://news.ycombinator.com/item?id={story.status_id}",
    ):
        assert titles(address) == ["The Paper of a Post"], address
    assert matching_posts(parse(f"https://x.com/a/status/{post.status_id}"), 3) == [post.pk]
    for address in (f"https://x.com/a/status/{gone.status_id}", "https://x.com/a/status/1392369999999999999"):
        with pytest.raises(QueryError, match=r"^Hot Papers doesn’t know this post\. Search for the title"):
            search(address)


def test_posts_in_reads_addresses_alone() -> None:
    assert posts_in("1392360000000000001 a/b status/1392360000000000001") == ()
    assert [str(post) for post in posts_in("(https://x.com/a/status/12, x.com/b/status/12)")] == ["x:12"]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://x.com/example_lab", "@example_lab"),
        ("bsky.app/profile/lab.example.org", "@lab.example.org"),
        ("https://lab.github.io/neuralbody/", "neuralbody"),
        ("https://self-distill.github.io", "self distill"),
        ("https://example.org", ""),
    ],
)
def test_words_of_a_link(link: str, words: str) -> None:
    assert words_of_link(link) == words


@pytest.mark.django_db
def test_bars_mean_or_between_words_and_nothing_in_titles() -> None:
    make_well_known()

    assert set(titles("yolox|mixer")) == set(titles("YOLOX OR MIXER")) == set(titles("yolox || mixer"))
    assert len(titles("yolox|mixer")) == 2
    assert titles("MLP-Mixer: An all-MLP Architecture for Vision | arXiv")[0].startswith("MLP-Mixer")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["dosovitskiy2020image", "\\citep{dosovitskiy2020image}", "Dosovitskiy_2020", "dosovitskiy:2020"])
def test_key_of_a_citation_brings_its_paper(key: str) -> None:
    make_well_known()

    assert titles(key)[:1] == ["An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale"]


@pytest.mark.django_db
def test_long_form_finds_what_is_abbreviated() -> None:
    make("LSTMs Compose Bottom-Up", "On LSTMs.")
    make("Mammograms", "By GANs.")
    index_changed()

    assert titles("long short-term memory compose") == ["LSTMs Compose Bottom-Up"]
    assert titles("generative adversarial networks mammogram") == ["Mammograms"]
    assert titles('"long short term memory"') == []


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["tacotron", "tacotrons"])
def test_where_words_are_missing_the_rarest_in_a_title_comes_first(word: str) -> None:
    make("Attention without Tears", "Without attention.", hot=900)
    make("Attention, Again", "Models without attention.", hot=800)
    make("The Tacotron", "It replaces attention.")
    index_changed()

    results = search(f"{word} without attention")
    assert results.found.has_fewer_words
    assert results.hits[0].paper.title == "The Tacotron"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"), [('"slot attention" google', True), ('google "slot attention"', True), ('"slot attention" by a bee', True),
                         ('"slot attention" "at google"', False), ('"attention slot" google', False)]
)  # fmt: skip
def test_a_word_beside_a_phrase_may_be_missing(query: str, found: bool) -> None:
    make("Object-Centric Learning with Slot Attention", "A module.")
    make("Google Maps", "Without attention.")
    index_changed()

    assert titles(query) == ["Object-Centric Learning with Slot Attention"] * found


@pytest.mark.django_db
def test_a_word_that_goes_on_is_no_plural_of_a_name() -> None:
    make_paper(title="Transfer learning")
    make_paper(title="A hotter one", authors=["David Tran"], arxiv_id="2101.00001")
    index_changed()

    assert [paper.title for paper in suggested("trans").papers] == ["Transfer learning"]
    assert next(hit.paper.title for hit in search("tran").hits) == "A hotter one"
