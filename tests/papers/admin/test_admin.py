from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from papers.models import Mention, Paper, PaperMeasurement, Provenance, RenderedText, Tweet, TweetMeasurement
from papers.search.index import index_changed
from tests.editors import make_client, make_user, values
from tests.factories import READ_AT, make_paper, make_tweet

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return make_client(make_user(group="Editor"))


def page(record: Paper | Tweet) -> str:
    return reverse(f"admin:papers_{record._meta.model_name}_change", args=[record.pk])


def form(record: Paper | Tweet) -> str:
    return f"{record._meta.model_name}_form"


def save(client: Client, record: Paper | Tweet, **changes: str) -> Any:
    return client.post(page(record), values(client, page(record), form(record)) | changes)


def codes(paper: Paper) -> list[tuple[int, str]]:
    return list(paper.categories.values_list("position", "code"))


@pytest.mark.parametrize("papers", [2, 9])
def test_paper_list_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, papers: int) -> None:
    for _ in range(papers):
        make_tweet(make_paper())

    with django_assert_num_queries(13):
        response = editor.get("/admin/papers/paper/")

    assert [paper.tweets_number for paper in response.context["cl"].result_list] == [1] * papers


@pytest.mark.parametrize("tweets", [2, 9])
def test_tweet_list_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, tweets: int) -> None:
    paper = make_paper()
    for _ in range(tweets):
        make_tweet(paper)

    with django_assert_num_queries(8):
        response = editor.get("/admin/papers/tweet/")

    assert [tweet.papers_number for tweet in response.context["cl"].result_list] == [1] * tweets


@pytest.mark.parametrize("measurements", [2, 50])
def test_paper_page_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, measurements: int) -> None:
    paper = make_paper()
    PaperMeasurement.objects.bulk_create(
        PaperMeasurement(paper=paper, read_at=READ_AT + timedelta(n), provenance=Provenance.NETWORK, retweets=n, favorites=n)
        for n in range(measurements)
    )

    with django_assert_num_queries(9):
        response = editor.get(page(paper))

    shown = [row.original.retweets for row in response.context["inline_admin_formsets"][0]]
    assert shown == list(reversed(range(measurements)))[:20]


@pytest.mark.parametrize("rows", [2, 50])
def test_tweet_page_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, rows: int) -> None:
    tweet = make_tweet(*(make_paper() for _ in range(rows)))
    TweetMeasurement.objects.bulk_create(
        TweetMeasurement(tweet=tweet, read_at=READ_AT + timedelta(n), provenance=Provenance.POST, retweets=n, favorites=n)
        for n in range(rows)
    )

    with django_assert_num_queries(11):
        response = editor.get(page(tweet))

    assert response.status_code == 200


@pytest.mark.parametrize(("provenance", "title"), [("network", "As read from X"), ("post", "As the old site showed them")])
def test_counts_over_time_are_told_in_words_and_as_a_table(editor: Client, provenance: str, title: str) -> None:
    paper, tweet = make_paper(), make_tweet()
    for model, key in ((PaperMeasurement, {"paper": paper}), (TweetMeasurement, {"tweet": tweet})):
        for n in range(3):
            read_at = READ_AT + timedelta(hours=n)
            model._default_manager.create(**key, read_at=read_at, provenance=provenance, retweets=n, favorites=10 * n)

    for record in (paper, tweet):
        document: Any = html.document_fromstring(editor.get(page(record)).content.decode())
        (figure,) = document.find_class("chart")
        (drawing,) = figure.iter("svg")
        assert figure.find("figcaption").text.startswith(title)
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label") == (
            "3 readings from 2021-05-13 09:14 to 2021-05-13 11:14 UTC: reposts from 0 to 2 and likes from 0 to 20."
        )
        assert [[cell.text for cell in row] for row in figure.iter("tr")][1] == ["2021-05-13 11:14", "2", "20"]


@pytest.mark.parametrize("query", ["2105.55555", "Which *BERT"])
def test_paper_is_found_by_id_and_title(editor: Client, query: str) -> None:
    paper = make_paper(arxiv_id="2105.55555", title="Which *BERT?")
    make_paper()
    index_changed()

    assert list(editor.get("/admin/papers/paper/", {"q": query}).context["cl"].result_list) == [paper]


def test_papers_are_filtered_by_category_and_day(editor: Client) -> None:
    paper = make_paper(categories=("cs.CV", "cs.LG"))
    make_paper(categories=("cs.CV",), listing_date=date(2020, 1, 1))
    make_paper(categories=("stat.ML",))

    asked = {"category": "cs.CV", "listing_date__year": "2021"}
    changes = editor.get("/admin/papers/paper/", asked).context["cl"]

    assert list(changes.result_list) == [paper]
    assert changes.filter_specs[0].lookup_choices == [("cs.CV", "cs.CV"), ("cs.LG", "cs.LG"), ("stat.ML", "stat.ML")]


@pytest.mark.parametrize("query", ["karpathy", "Naomi", "1392360000000099999"])
def test_tweet_is_found_by_handle_name_and_status_id(editor: Client, query: str) -> None:
    tweet = make_tweet(author_handle="karpathy", author_name="Naomi's", status_id="1392360000000099999")
    make_tweet()

    assert list(editor.get("/admin/papers/tweet/", {"q": query}).context["cl"].result_list) == [tweet]


def test_tweets_of_a_paper_are_one_link_away(editor: Client) -> None:
    paper = make_paper()
    tweet = make_tweet(paper)
    make_tweet()
    address = f"/admin/papers/tweet/?papers__id__exact={paper.pk}"

    assert address in editor.get(page(paper)).content.decode()
    assert list(editor.get(address).context["cl"].result_list) == [tweet]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": " Stop  wasting\n time ", "abstract": "  One.   Two  ", "authors": ["A  B", "C, Jr."]},
        {"abstract": "", "authors": []},
    ],
)
def test_untouched_paper_stays_exactly_as_it_is(editor: Client, fields: dict[str, Any]) -> None:
    paper = make_paper(**fields)
    before = Paper.objects.values().get(), codes(paper)

    response = save(editor, paper)

    assert response.status_code == 302
    assert (Paper.objects.values().get(), codes(paper)) == before


def test_paper_is_corrected(editor: Client) -> None:
    paper = make_paper()

    response = save(
        editor,
        paper,
        title="Stop  wasting\r\ntime",
        authors="Ada Example\r\n\r\n  Bob Sämple \r\nC. Sample, Jr.",
        category_codes=" stat.ML   cs.LG cond-mat.mtrl-sci",
        listing_date="2021-05-13",
    )

    assert response.status_code == 302
    paper.refresh_from_db()
    assert paper.title == "Stop  wasting time"
    assert paper.authors == ["Ada Example", "Bob Sämple", "C. Sample, Jr."]
    assert codes(paper) == [(0, "stat.ML"), (1, "cs.LG"), (2, "cond-mat.mtrl-sci")]
    assert (paper.listing_date, paper.listing_source) == (date(2021, 5, 13), "editor")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": "  "}, {"title": ["This field is required."]}),
        ({"title": "a\x07b"}, {"title": ["Remove the control character U+0007 after “a”."]}),
        ({"authors": "a\x07b"}, {"authors": ["Remove the control character U+0007 after “a”."]}),
        ({"category_codes": ""}, {"category_codes": ["This field is required."]}),
        ({"category_codes": "cs.LG cs.LG"}, {"category_codes": ["List each category only once."]}),
        (
            {"category_codes": "cs.LG, stat.ML"},
            {"category_codes": ["“cs.LG,” isn’t an arXiv category. Write codes like cs.LG or quant-ph, separated by spaces."]},
        ),
        ({"arxiv_id": "2105.00001v2"}, {"arxiv_id": ["Enter a valid value."]}),
    ],
)
def test_paper_that_does_not_fit_is_refused_in_words(
    editor: Client, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    paper = make_paper()
    before = Paper.objects.values().get()

    response = save(editor, paper, **changes)

    assert response.context["adminform"].form.errors == errors
    assert Paper.objects.values().get() == before


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"author_name": " Lab ", "body_html": ' Look:  <a href="https://t.co/x">x</a><br><br>&amp; so ', "language": "zh-Hant"},
        {"author_name": "", "author_handle": "", "body_html": ""},
    ],
)
def test_untouched_tweet_stays_exactly_as_it_is(editor: Client, fields: dict[str, Any]) -> None:
    tweet = make_tweet(make_paper(), **fields)
    before = Tweet.objects.values().get(), list(Mention.objects.values())

    response = save(editor, tweet)

    assert response.status_code == 302
    assert (Tweet.objects.values().get(), list(Mention.objects.values())) == before


def test_posting_time_of_a_tweet_follows_its_status_id(editor: Client) -> None:
    tweet = make_tweet()

    save(editor, tweet, status_id="1392370000000000000")

    tweet.refresh_from_db()
    assert tweet.posted_at == datetime(2021, 5, 12, 6, 44, 11, 640000, tzinfo=UTC)


BODY_ERROR = (
    "Only text, <br> and links to t.co, twitter.com or x.com are allowed here. Write & as &amp;, < as &lt; and > as &gt;."
)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"body_html": "<script>alert(1)</script>"}, {"body_html": [BODY_ERROR]}),
        ({"body_html": '<a href="https://t.co/x" onclick="x()">x</a>'}, {"body_html": [BODY_ERROR]}),
        ({"body_html": '<a href="https://example.org/">x</a>'}, {"body_html": [BODY_ERROR]}),
        ({"body_html": "you & me"}, {"body_html": [BODY_ERROR]}),
        ({"author_handle": "@lab"}, {"author_handle": ["A handle has only letters, digits and _. Leave out the @."]}),
        ({"language": "english!"}, {"language": ["Expected a language tag like en, zh-Hant or pt-BR; und = not known."]}),
        ({"status_id": "https://x.com/1"}, {"status_id": ["This isn't the id of a post on X."]}),
    ],
)
def test_tweet_that_does_not_fit_is_refused_in_words(
    editor: Client, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    tweet = make_tweet()
    before = Tweet.objects.values().get()

    response = save(editor, tweet, **changes)

    assert response.context["adminform"].form.errors == errors
    assert Tweet.objects.values().get() == before


def test_texts_over_the_bound_are_listed_with_where_they_stand(editor: Client) -> None:
    paper = make_paper()
    RenderedText.objects.create(
        key="a", kind="abstract", html="", text="Odd <b>", version=1, trouble="time", table="papers_paper", row_id=paper.pk
    )
    RenderedText.objects.create(key="b", kind="line", html="Fine", text="Fine", version=1, table="papers_paper", row_id=paper.pk)

    page = editor.get("/admin/papers/renderedtext/").content.decode()

    assert "took longer than 1 s" in page and "Odd &lt;b&gt;" in page and "Fine" not in page
    assert f'<a href="/admin/papers/paper/{paper.pk}/change/">paper {paper.pk}</a>' in page
