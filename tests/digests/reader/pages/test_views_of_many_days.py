"""Archives, the hottest, the day log and what the site says of itself."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from digests.models import Digest, PublicEvent
from papers.models import CollectionDay, NetworkDay, Paper, SavedRules
from tests.digests.reader.pages.reading_pages import paper_addresses
from tests.digests.reader.pages.reading_pages import text_of as page_of
from tests.factories import READ_AT, make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)


def text_of(client: Client, address: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page_of(client, address).split("<main")[1]).split())


# Archive


def test_archive_is_a_calendar_of_the_newest_year(client: Client) -> None:
    make_digest(DAY, papers=2)
    make_digest(date(2020, 11, 2))
    make_digest(date(2021, 5, 13), status=Digest.Status.DRAFT)

    page = page_of(client, "/archive")

    assert re.findall(r'<td><a href="([^"]+)">12<span class="visually-hidden"> May 2021: ([^<]+)<', page) == [
        ("/posts/hot-papers-2021-05-12", "2 papers")
    ]
    assert re.findall(r'href="(/archive/\d+)"', page) == ["/archive/2021", "/archive/2020"]
    assert "hot-papers-2021-05-13" not in page


def test_archive_without_a_day_says_so(client: Client) -> None:
    assert "Nothing is published yet." in page_of(client, "/archive")


def test_month_lists_its_days_and_leads_to_the_nearest_ones_beside_it(client: Client) -> None:
    for day in (date(2020, 11, 2), DAY, date(2021, 5, 3), date(2022, 1, 13)):
        make_digest(day, papers=1)

    page = page_of(client, "/archive/2021/05")

    assert re.findall(r'<h2 id="day-([^"]+)"', page) == ["2021-05-12", "2021-05-03"]
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', page) == ["/archive/2020/11", "/archive/2022/01"]


@pytest.mark.parametrize("address", ["/archive/2019", "/archive/2021/04", "/archive/2021/13", "/archive/0000", "/archive/21"])
def test_archive_of_a_time_without_a_list_is_not_found(client: Client, address: str) -> None:
    make_digest(DAY)

    assert client.get(address).status_code == 404


# The hottest


def test_hottest_leads_with_the_highest_score_of_the_period(client: Client) -> None:
    cool, hot, older = make_paper(), make_paper(), make_paper()
    digest = make_digest(DAY)
    make_entry(digest, cool, retweets=1)
    make_entry(digest, hot, retweets=999)
    make_entry(make_digest(DAY - timedelta(days=20)), older, retweets=5_000)

    assert paper_addresses(page_of(client, "/hottest/week")) == [hot.arxiv_id, cool.arxiv_id]
    assert paper_addresses(page_of(client, "/hottest/ever")) == [older.arxiv_id, hot.arxiv_id, cool.arxiv_id]
    assert paper_addresses(page_of(client, "/hottest/2021-04")) == [older.arxiv_id]
    assert client.get("/hottest").headers["Location"] == "/hottest/week"


def test_the_hottest_and_all_papers_have_titles_of_their_own(client: Client) -> None:
    def titles(address: str) -> list[str]:
        return re.findall("<(?:title|h1)>(.*?)</", page_of(client, address))

    assert titles("/hottest/ever") == ["The hottest papers of all time"] * 2
    assert titles("/hottest/2021-05") == ["The hottest papers of May 2021"] * 2
    assert titles("/papers?order=hottest") == ["Hot papers, hottest first"] * 2


@pytest.mark.parametrize("period", ["fortnight", "2021-13", "2021-02-30"])
def test_hottest_of_no_period_is_not_found(client: Client, period: str) -> None:
    assert client.get(f"/hottest/{period}").status_code == 404


# The day log


def test_day_tells_what_was_collected_without_our_troubles(client: Client) -> None:
    CollectionDay.objects.create(
        date=DAY, state=CollectionDay.State.PARTIAL, listing_source=Paper.ListingSource.FEED, expected_new=512, found_new=510,
        expected_cross=30, found_cross=30, papers_done_at=READ_AT, tweets_found=1_207, reason="X_BEARER_TOKEN is refused",
    )  # fmt: skip
    until = datetime(2021, 5, 12, 18, 30, tzinfo=UTC)
    NetworkDay.objects.create(date=DAY, network="x", found=1_204, collected_until=until)
    gap = [datetime(2021, 5, 12, hour, tzinfo=UTC).isoformat() for hour in (3, 5)]
    NetworkDay.objects.create(date=DAY, network="bluesky", found=3, collected_until=until, missed=[gap])

    page = text_of(client, "/days/2021-05-12")

    assert "Collected in part." in page
    assert "arXiv announced 512 new papers; 510 are here." in page
    assert "arXiv announced 30 cross-listed papers; all are here." in page
    assert "1,204 posts on X up to 18:30 UTC link to a paper." in page
    assert "3 posts on Bluesky up to 18:30 UTC link to a paper." in page
    assert "Bluesky was not heard from 03:00 to 05:00 UTC." in page
    assert "X_BEARER_TOKEN" not in page


def test_days_have_the_collected_and_the_published_ones(client: Client) -> None:
    CollectionDay.objects.create(date=DAY, state=CollectionDay.State.COLLECTING)
    make_digest(DAY, status=Digest.Status.DRAFT)
    make_digest(date(2021, 5, 10))
    withdrawn = make_digest(date(2021, 5, 7), status=Digest.Status.WITHDRAWN)
    PublicEvent.objects.create(digest=withdrawn, kind="withdrawn", at=READ_AT)
    make_digest(date(2021, 5, 6), status=Digest.Status.WITHDRAWN)

    page = page_of(client, "/days")

    assert re.findall(r'<a href="/days/([^"]+)">', page) == ["2021-05-12", "2021-05-10", "2021-05-07"]
    assert re.findall(r'<a href="(/posts/[^"]+)">', page) == ["/posts/hot-papers-2021-05-10"]
    assert "List withdrawn" in page


def test_days_page_by_day(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    days = [DAY - timedelta(days=n) for n in range(70)]
    CollectionDay.objects.bulk_create(CollectionDay(date=day, state=CollectionDay.State.QUIET) for day in days)

    with django_assert_num_queries(3):
        first = page_of(client, "/days")
    second = page_of(client, re.findall(r'rel="next" href="([^"]+)"', first)[0])

    logged = re.findall(r'<a href="/days/([^"]+)">', first + second)
    assert logged == [day.isoformat() for day in days]


def test_day_of_which_nothing_public_is_known_is_not_found(client: Client) -> None:
    make_digest(DAY, status=Digest.Status.DRAFT)

    assert client.get("/days/2021-05-12").status_code == 404


# About


def test_about_tells_the_rules_that_rank(client: Client, settings: Settings) -> None:
    settings.X_MIN_LIKES = 7
    settings.ARXIV_ARCHIVES = ["cs", "math", "stat.ML"]
    SavedRules.objects.create(hot_score=1_234, shown_tweet_score=56, shown_tweets=8, one_tweet_per_author=True)

    page = text_of(client, "/about")

    assert "collects those in cs.*, math.* and stat.ML, leaving out papers that are only cross-listed there" in page
    assert "A paper is hot from a score of 1,234." in page
    assert "Only each author’s best post counts for a paper." in page
    assert "Posts on X with fewer than 7 likes are not collected." in page
    assert "a score of at least 56: up to 8, best first." in page


def test_about_tells_how_networks_are_weighed(client: Client) -> None:
    weights = {"x": {"favorites": 0.5}, "hackernews": {"points": 0}}
    SavedRules.objects.create(hot_score=1, shown_tweet_score=1, shown_tweets=1, weights=weights)

    page = client.get("/about").content.decode().split("How networks are weighed")[1]

    assert re.findall(r"<li><strong>(.*?)</strong>: (.*?)</li>", page.split("</ul>")[0]) == [
        ("X", "reposts × 1, likes × 0.5."),
        ("Bluesky", "likes × 1, reposts × 1, quotes × 1; replies don’t count."),
        ("Hacker News", "nothing counts."),
        ("Hugging Face", "upvotes × 1; comments don’t count."),
    ]


def test_about_says_who_sees_a_list_before_it_appears(client: Client, settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert "Editors check every list before it appears." in text_of(client, "/about")

    settings.AUTO_PUBLISH_AT = time(6, 30)

    page = text_of(client, "/about")
    assert "every list before it appears" not in page
    assert "published or scheduled is published automatically at 06:30 (Europe/Berlin time)" in page


def test_log_tells_days_of_one_kind_together(client: Client) -> None:
    for n in range(4):
        CollectionDay.objects.create(date=DAY - timedelta(days=n), state=CollectionDay.State.QUIET)
    CollectionDay.objects.create(date=DAY - timedelta(days=4), state=CollectionDay.State.FAILED)

    page = page_of(client, "/days")

    assert [re.sub("<[^>]+>", "", one) for one in re.findall("<summary>(.*?)</summary>", page)] == [
        "9 May 2021 to 12 May 2021: 4 days, no announcement (weekend or holiday)"
    ]
    assert len(re.findall(r'<a href="/days/([^"]+)">', page)) == 5


def test_month_shows_the_first_three_of_a_day_and_the_rest_on_demand(client: Client) -> None:
    make_digest(DAY, papers=5)

    page = page_of(client, "/archive/2021/05")

    shown, rest = page.split('<details class="rest">')
    assert (shown.count("<li data-paper"), rest.count("<li data-paper")) == (3, 2)
    assert "2 more papers" in rest
