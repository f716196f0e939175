"""What feeds of days and weeks carry, read by feedparser, and when they say that they changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest, PublicEvent
from papers.models import Tweet
from papers.rendered.waiting import render_changed
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
FORMS = ("/rss.xml", "/feed.atom", "/weekly.xml", "/weekly.atom")


def parsed(client: Client, address: str) -> Any:
    feed = feedparser.parse(client.get(address).content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def make_full_day() -> Digest:
    digest = make_digest(date(2021, 5, 12), intro="On **rates** $x^2$ and $5.")
    top = make_paper(title="Rates of $O(n^{-1})$", abstract="We prove a rate of $n^{-1}$ for all of them. It is tight.")
    posts = [
        make_tweet(top, author_handle="ada", status_id="1392361237063311361", body_html="secret words"),
        make_tweet(top, author_handle="gone", status_id="1392361237063311362", state=Tweet.State.DELETED),
    ]
    counts = {"bluesky": {"reposts": 7, "likes": 9, "replies": 1, "quotes": 0}}
    make_entry(digest, top, *posts, note="Read *it* for $\\alpha$, as [here](/about).", counts=counts)
    make_entry(digest, make_paper(title="Another"), retweets=3)
    render_changed()
    return digest


@pytest.mark.parametrize("address", FORMS)
def test_item_carries_what_a_reader_wants(client: Client, address: str) -> None:
    make_full_day()

    [item] = parsed(client, address).entries

    html = item.summary
    name = "Hot papers of the week from 10 May 2021" if "weekly" in address else "Hot Papers 2021-05-12"
    assert item.title == f"{name}: Rates of O(n⁻¹), and 1 more"
    assert ("<strong>rates</strong> x² and $5." in html) == ("weekly" not in address)
    for part in (
        "<strong>Rates of O(n⁻¹)</strong>",
        "X 12 reposts, 80 likes; Bluesky 9 likes, 7 reposts, 0 quotes, 1 reply",
        "<p>We prove a rate of n⁻¹ for all of them.</p>",
        "Read <em>it</em> for α, as",
        '<a href="http://127.0.0.1:8000/about" rel="nofollow noopener">here</a>',
        'href="https://twitter.com/ada/status/1392361237063311361"',
        "@ada on X",
    ):
        assert part in html, part
    for other in ("<math", "<svg", "secret words", "gone"):
        assert other not in html, other


def test_feeds_have_an_icon(client: Client) -> None:
    make_full_day()

    assert parsed(client, "/feed.atom").feed.icon == "http://127.0.0.1:8000/static/icon-96.png"
    assert parsed(client, "/rss.xml").feed.image.href == "http://127.0.0.1:8000/static/icon-96.png"
    feed = client.get("/feed.json").json()
    assert (feed["icon"], feed["favicon"]) == tuple(f"http://127.0.0.1:8000/static/icon-{size}.png" for size in (512, 96))


def test_home_advertises_the_feeds_of_papers_and_of_weeks(client: Client) -> None:
    page = client.get("/").content.decode()

    for title, href in (("paper by paper (Atom)", "/papers.atom"), ("week by week (JSON Feed)", "/weekly.json")):
        assert page.count(f'title="Hot Papers, {title}" href="{href}"') == 1


def test_week_has_its_hottest_papers_once_and_only_when_it_is_over(client: Client) -> None:
    twice = make_paper(title="Twice")
    for day, others in ((date(2021, 5, 10), 3), (date(2021, 5, 16), 1), (date(2021, 5, 17), 1)):
        digest = make_digest(day)
        make_entry(digest, twice, retweets=500 + day.day)
        for n in range(others):
            make_entry(digest, make_paper(title=f"{day} {n}"), retweets=100 + n)

    with time_machine.travel(datetime(2021, 5, 23, 23, 59, tzinfo=UTC), tick=False):
        [week] = client.get("/weekly.json").json()["items"]
        page = client.get("/hottest/2021-W19").content.decode()
    with time_machine.travel(datetime(2021, 5, 24, tzinfo=UTC), tick=False):
        both = [item["_hot_papers"]["week"] for item in client.get("/weekly.json").json()["items"]]

    assert week["title"] == "Hot papers of the week from 10 May 2021: Twice, and 4 more"
    assert week["url"] == "http://127.0.0.1:8000/papers?period=2021-W19&order=hottest"
    assert week["date_published"] == "2021-05-17T00:00:00Z"
    papers = week["_hot_papers"]["papers"]
    assert papers == sorted(papers, key=lambda one: page.index(f"/papers/{one}"))
    assert len(papers) == 5
    assert both == ["2021-W20", "2021-W19"]


@pytest.mark.parametrize(("address", "queries"), [("/feed.atom", 5), ("/weekly.atom", 7)])
def test_costs_the_same_whatever_it_holds(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str, queries: int
) -> None:
    for n in range(3):
        make_digest(date(2021, 5, 3) + timedelta(weeks=n), papers=2)

    with django_assert_num_queries(queries):
        client.get(address)
    make_digest(date(2021, 5, 31), papers=5)
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.django_db(transaction=True)  # the page cache answers, which keeps away from open transactions
def test_last_modified_is_that_of_the_content(client: Client) -> None:
    with time_machine.travel(datetime(2021, 6, 1, tzinfo=UTC), tick=False):
        older, digest = make_digest(date(2021, 5, 11), papers=1), make_digest(date(2021, 5, 12), papers=1)
        first = client.get("/feed.atom")["Last-Modified"]
        same = client.get("/feed.atom", headers={"If-Modified-Since": first})
        PublicEvent.objects.create(digest=older, kind=PublicEvent.Kind.CORRECTED, at=READ_AT)
        second = client.get("/feed.atom", headers={"If-Modified-Since": first})
        Digest.objects.filter(pk=older.pk).update(status=Digest.Status.WITHDRAWN)
        third = client.get("/feed.atom", headers={"If-Modified-Since": second["Last-Modified"]})
        tweet = digest.entries.get().shown_tweets.get().tweet
        tweet.state, tweet.state_since = Tweet.State.DELETED, datetime(2021, 5, 20, tzinfo=UTC)
        tweet.save()
        fourth = client.get("/feed.atom", headers={"If-Modified-Since": third["Last-Modified"]})

    assert (first, same.status_code) == ("Wed, 12 May 2021 20:00:00 GMT", 304)
    assert (second.status_code, second["Last-Modified"]) == (200, "Thu, 13 May 2021 09:14:27 GMT")
    assert (third.status_code, third["Last-Modified"]) == (200, first)
    assert (fourth.status_code, fourth["Last-Modified"]) == (200, "Thu, 20 May 2021 00:00:00 GMT")
