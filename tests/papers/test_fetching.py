"""What an editor asks for is fetched from stand-ins over real HTTP; each failure is one sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from papers.fetching import CountsRead, NotFetched, Unknown, arxiv_id_in, fetch_paper, fetch_tweet, refresh_counts
from papers.models import Mention, Paper, PaperMeasurement, SourceHealth, Tweet
from papers.text.identifiers import snowflake_moment
from tests.factories import make_paper, make_tweet
from tests.papers.conftest import FRIDAY, FRIDAY_NIGHT, MONDAY, Week
from tests.standins.oembed import OEmbedStandin, body_html
from tests.standins.tweets import Tweets, WorldTweet

pytestmark = pytest.mark.django_db
NOW = FRIDAY_NIGHT


@pytest.fixture
def oembed(week: Week, world_tweets: Tweets, settings: Settings, tmp_path: Path) -> Iterator[OEmbedStandin]:
    """The settings lead to the week's stand-ins."""
    with OEmbedStandin(world_tweets) as standin:
        settings.ARXIV_API_BASE = settings.ARXIV_RSS_BASE = settings.ARXIV_WEB_BASE = week.arxiv.url
        settings.X_API_BASE, settings.X_BEARER_TOKEN = week.x.url, week.x.bearer_token
        settings.OEMBED_BASE = standin.url
        settings.ARXIV_REQUEST_INTERVAL = settings.OEMBED_REQUEST_INTERVAL = 0
        settings.REDIS_URL, settings.VAR_DIR = "", tmp_path
        yield standin


def worldly(tweets: Tweets, *, gone: str | None = None) -> WorldTweet:
    return next(
        tweet for tweet in tweets.all if tweet.posted_at.date() == MONDAY and tweet.gone == gone and tweet.counts_for_its_papers
    )


def health(service: str) -> str:
    return str(SourceHealth.objects.get(service=service).state)


FORMS = [
    "2010.04296",
    " 2010.04296v3 ",
    "arXiv:2010.04296",
    "arxiv: 2010.04296v1",
    "https://arxiv.org/abs/2010.04296v2",
    "arxiv.org/pdf/2010.04296",
    "http://www.arxiv.org/pdf/2010.04296v1.pdf",
    "https://huggingface.co/papers/2010.04296",
    "https://doi.org/10.48550/arXiv.2010.04296",
    "10.48550/arXiv.2010.04296",
    "doi:10.48550/arXiv.2010.04296",
]


@pytest.mark.parametrize("text", FORMS)
def test_arxiv_id_is_found_in_what_people_write(text: str) -> None:
    assert arxiv_id_in(text) == "2010.04296"


def test_old_arxiv_ids_are_found_as_they_are_kept() -> None:
    make_paper(arxiv_id="math.GT/0309136")
    assert arxiv_id_in("math.GT/0309136") == "math.GT/0309136"
    assert arxiv_id_in("https://arxiv.org/abs/cs.LG/0112017") == "cs/0112017"


@pytest.mark.parametrize(
    "text", ["", "attention", "2010.042961234", "https://evil.example/abs/2010.04296", "20", "\x00", "arXiv:"]
)
def test_what_is_no_paper_is_refused_without_a_request(text: str) -> None:
    with pytest.raises(Unknown, match="isn’t an arXiv id"):
        fetch_paper(text, now=NOW)


def test_known_paper_is_given_without_a_request() -> None:
    paper = make_paper(arxiv_id="2010.04296")

    assert fetch_paper("https://arxiv.org/abs/2010.04296v2", now=NOW) == paper


def test_unknown_paper_comes_from_arxiv_with_a_likely_listing_day(week: Week, oembed: OEmbedStandin) -> None:
    [number, *_] = sorted(number for number in week.new(FRIDAY) if week.world.papers[number].listed_on == FRIDAY)
    tweet = make_tweet()
    tweet.unmatched_mentions.create(arxiv_id=number)

    paper = fetch_paper(number, now=NOW)

    assert (paper.title, paper.listing_source, paper.announced_as) == (week.world.papers[number].title, "window", "new")
    assert paper.abstract
    assert paper.categories.exists()
    assert paper.listing_date == FRIDAY
    assert list(paper.tweets.all()) == [tweet]
    assert health("arxiv") == "ok"


def test_paper_of_another_archive_is_no_candidate_of_its_day(week: Week, oembed: OEmbedStandin, settings: Settings) -> None:
    [number, *_] = sorted(week.new(FRIDAY))
    settings.ARXIV_ARCHIVES = ["econ"]

    assert fetch_paper(number, now=NOW).announced_as == "cross"


def test_paper_that_arxiv_does_not_know_is_said_to_be_unknown(oembed: OEmbedStandin) -> None:
    with pytest.raises(Unknown, match="arXiv has no paper"):
        fetch_paper("2611.99999", now=NOW)


def test_arxiv_that_fails_is_asked_once_and_told_in_one_sentence(week: Week, oembed: OEmbedStandin) -> None:
    week.arxiv.fault("/api/query", "500", times=9)
    asked = len(week.arxiv.requests)

    with pytest.raises(NotFetched, match="arXiv has an internal error"):
        fetch_paper("2611.90001", now=NOW)

    assert len(week.arxiv.requests) - asked == 1
    assert health("arxiv") == "failing"


LINKS = [
    "https://x.com/{handle}/status/{id}",
    "https://twitter.com/{handle}/status/{id}?s=20&t=abc",
    "x.com/i/web/status/{id}",
    "https://mobile.twitter.com/{handle}/statuses/{id}#m",
    "https://x.com/{handle}/status/{id}/photo/1",
]


def test_tweet_comes_by_its_link(oembed: OEmbedStandin, world_tweets: Tweets) -> None:
    one, paper = worldly(world_tweets), make_paper()

    for link in LINKS:
        tweet = fetch_tweet(link.format(handle=one.author.handle, id=one.status_id), paper, now=NOW)

    assert (tweet.author_name, tweet.body_html, tweet.embedded_at) == (one.author.name, body_html(one), NOW)
    assert (tweet.posted_at, tweet.next_read_at) == (snowflake_moment(one.status_id), NOW)
    assert Mention.objects.get().paper == paper
    assert PaperMeasurement.objects.get().paper == paper
    assert oembed.asked[one.status_id] == 1
    assert health("oembed") == "ok"


@pytest.mark.parametrize(
    "link",
    [
        "",
        "1234",
        "https://x.com/lab",
        "https://x.com/lab/status/",
        "https://x.com.evil.example/lab/status/1",
        "https://x.com/a/status/01",
    ],
)
def test_what_is_no_tweet_is_refused_without_a_request(link: str) -> None:
    with pytest.raises(Unknown, match="a link to a post"):
        fetch_tweet(link, make_paper(), now=NOW)


def test_tweet_that_x_does_not_show_is_not_stored(oembed: OEmbedStandin, world_tweets: Tweets) -> None:
    one = worldly(world_tweets, gone="deleted")

    with pytest.raises(Unknown, match="no longer shows this post"):
        fetch_tweet(f"https://x.com/a/status/{one.status_id}", make_paper(), now=NOW)

    assert not Tweet.objects.exists()


@pytest.mark.parametrize(("fields", "said"), [({"state": "deleted"}, "no longer shows"), ({"is_excluded": True}, "excluded")])
def test_tweet_that_is_not_to_be_shown_is_refused_without_a_request(fields: dict[str, object], said: str) -> None:
    tweet = make_tweet(**fields)

    with pytest.raises(Unknown, match=said):
        fetch_tweet(f"https://x.com/a/status/{tweet.status_id}", make_paper(), now=NOW)

    assert not Mention.objects.exists()


def test_oembed_that_fails_is_told_in_one_sentence(oembed: OEmbedStandin, world_tweets: Tweets) -> None:
    one = worldly(world_tweets)
    oembed.fault("/oembed", "500")

    with pytest.raises(NotFetched, match="oEmbed is not available"):
        fetch_tweet(f"https://x.com/a/status/{one.status_id}", make_paper(), now=NOW)

    assert health("oembed") == "failing"


def test_refresh_counts_reads_the_live_tweets_of_the_papers(oembed: OEmbedStandin, world_tweets: Tweets) -> None:
    one, paper = worldly(world_tweets), make_paper()
    tweet = make_tweet(paper, make_paper(), status_id=one.status_id, posted_at=one.posted_at)
    make_tweet(paper, is_excluded=True)
    make_tweet(make_paper())

    assert refresh_counts([paper.pk, Paper.objects.order_by("pk")[1].pk], now=NOW) == CountsRead(1, ())

    tweet.refresh_from_db()
    assert tweet.read_at == NOW


def test_refresh_counts_without_a_key_names_the_setting(oembed: OEmbedStandin, settings: Settings) -> None:
    settings.X_BEARER_TOKEN = ""

    with pytest.raises(NotFetched, match="X_BEARER_TOKEN is not set"):
        refresh_counts([], now=NOW)


def test_refresh_counts_beyond_the_budget_names_the_setting(oembed: OEmbedStandin, settings: Settings) -> None:
    settings.X_DAILY_READS = 0
    paper = make_paper()
    make_tweet(paper)

    with pytest.raises(NotFetched, match="X_DAILY_READS"):
        refresh_counts([paper.pk], now=NOW)
