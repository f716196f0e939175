"""The desk's page and its poll."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from digests.desk.state import Desk
from digests.editing.curation import propose
from digests.models import Digest, Dismissal
from papers.models import CollectionDay, Mention, Paper, PaperMeasurement, Tweet
from tests.digests.desk.conftest import DAY, NOW, READ, done, make_candidate
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
MOST_QUERIES = 36


def desk(client: Client, query: str = "") -> Desk:
    response = client.get(f"/admin/desk/{DAY}/{query}")
    assert response.status_code == 200
    shown: Desk = response.context["desk"]
    return shown


def test_page_takes_a_constant_number_of_queries(ann: Client, collected: CollectionDay) -> None:
    counts = []
    for size in (10, 1000):
        add_candidates(size)
        with CaptureQueriesContext(connection) as queries:
            assert ann.get(f"/admin/desk/{DAY}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


def add_candidates(size: int) -> None:
    """A list of ten with tweets of every kind, and so many candidates."""
    Digest.objects.all().delete()
    Mention.objects.all().delete()
    Paper.objects.all().delete()
    papers = [make_candidate(60 + n) for n in range(10)]
    Paper.objects.bulk_create(
        Paper(arxiv_id=f"2611.{n:05}", title=f"Paper {n}", authors=["A"], listing_date=DAY) for n in range(size)
    )
    PaperMeasurement.objects.bulk_create(
        PaperMeasurement(paper=paper, read_at=READ, provenance="network", retweets=1, favorites=2) for paper in papers
    )
    digest = make_digest(DAY, status=Digest.Status.DRAFT, published_at=None)
    other = make_paper()
    for paper in [*papers[:9], other]:
        make_entry(digest, paper, make_tweet(paper))
    Dismissal.objects.create(day=DAY, paper=papers[9], at=NOW)


def test_flags_say_what_an_editor_should_know(ann: Client, collected: CollectionDay, settings: Any) -> None:
    settings.INCLUDE_CROSS_LISTS = True
    paper = make_candidate(60, abstract="", newer={"version": 3, "title": "T"}, announced_as=Paper.AnnouncedAs.CROSS)
    make_tweet(paper, state="deleted", state_since=NOW)
    make_entry(make_digest(DAY - timedelta(days=3)), paper)
    make_entry(make_digest(DAY - timedelta(days=9)), paper)
    make_entry(make_digest(DAY - timedelta(days=1), status="draft", published_at=None), paper)

    [row] = desk(ann).candidates

    assert [one.said for one in row.covered] == ["listed on 17 Nov 2026", "listed on 11 Nov 2026"]
    assert row.flags == ["version 3 available", "no abstract", "cross-listed", "post gone"]


def test_row_tells_age_and_the_last_days(ann: Client, collected: CollectionDay) -> None:
    paper = make_candidate(60, submitted_at=NOW - timedelta(hours=30))
    for days, hour, score in [(9, 0, 1), (2, 1, 10), (2, 5, 15), (1, 3, 40), (0, 0, 60)]:
        PaperMeasurement.objects.create(
            paper=paper,
            read_at=NOW - timedelta(days=days, hours=12 - hour),
            provenance="network",
            retweets=0,
            favorites=score,
        )

    [row] = desk(ann).candidates

    assert (row.age_hours, row.spark, row.read_at) == (30, [15, 40, 60], READ)


FILTERED = [
    ("", [0, 1, 2]),
    ("?category=cs.CV", [1]),
    ("?category=stat", [0, 2]),
    ("?threshold=70", [0, 1]),
    ("?threshold=many", [0, 1, 2]),
    ("?text=hidden%20MARKOV", [2]),
    ("?text=2611.00002", [1]),
    ("?category=cs.CV&threshold=90", []),
]


def test_filters_narrow_the_candidates_down(ann: Client, collected: CollectionDay) -> None:
    papers = [
        make_candidate(90),
        make_candidate(70, categories=("cs.CV",), arxiv_id="2611.00002"),
        make_candidate(20, title="Hidden things", authors=["A. Markov"]),
    ]
    for query, shown in FILTERED:
        found = desk(ann, query)
        assert [row.paper for row in found.candidates] == [papers[place] for place in shown]


def test_page_holds_the_best_candidates_and_says_how_many_more(ann: Client, collected: CollectionDay) -> None:
    Paper.objects.bulk_create(Paper(arxiv_id=f"2611.{n:05}", title=f"Paper {n}", listing_date=DAY) for n in range(203))

    assert (len(desk(ann).candidates), desk(ann).more_candidates) == (200, 3)
    assert (len(desk(ann, "?all=1").candidates), desk(ann, "?all=1").more_candidates) == (203, 0)


def test_strip_shows_five_weeks_with_states(ann: Client, collected: CollectionDay) -> None:
    make_digest(DAY - timedelta(days=1))

    strip = desk(ann).strip

    assert (len(strip), strip[0].day, strip[-1].day) == (33, date(2026, 10, 19), DAY)
    assert [(day.state, day.status, day.is_current) for day in strip[-2:]] == [
        ("", "published", False),
        ("complete", "", True),
    ]
    assert strip[-1].url == f"/admin/desk/{DAY}/"


def test_strip_of_an_old_day_is_around_it(ann: Client) -> None:
    old = date(2021, 5, 12)
    strip = ann.get(f"/admin/desk/{old}/").context["desk"].strip

    assert [day.day for day in strip if day.is_current] == [old]
    assert (strip[0].day, strip[-1].day) == (date(2021, 4, 26), date(2021, 5, 26))


def test_rows_offer_the_tweets_that_might_be_shown(ann: Client, papers: list[Paper]) -> None:
    paper = papers[0]
    weak, strong = (
        make_tweet(paper, retweets=1, favorites=1, read_at=READ),
        make_tweet(paper, retweets=5, favorites=5, read_at=READ),
    )
    make_tweet(paper, state="deleted")
    make_tweet(paper, is_excluded=True)

    row = desk(ann).rows[0]
    assert (row.shown_posts, row.posts) == (1, 3)
    found = ann.get(f"/admin/desk/{DAY}/posts/{paper.arxiv_id}").context["tweets"]

    assert [(tweet.shown, sum(tweet.counts.values())) for tweet in found] == [(True, 90), (False, 10), (False, 2)]
    assert [tweet.key for tweet in found[1:]] == [strong.key, weak.key]


def test_filter_of_a_network_shows_papers_with_a_post_there_that_counts(ann: Client, collected: CollectionDay) -> None:
    both, _ = make_candidate(90), make_candidate(70)
    make_tweet(both, network="hackernews", status_id="90000001", counts={"points": 30}, posted_at=READ, read_at=READ)

    assert [row.paper for row in desk(ann, "?network=hackernews").candidates] == [both]
    assert desk(ann, "?network=bluesky").candidates == []
    assert len(desk(ann, "?network=x").candidates) == 2


def test_why_tells_the_share_of_each_network(ann: Client, papers: list[Paper]) -> None:
    counts = {"points": 30, "comments": 4}
    make_tweet(papers[0], network="hackernews", status_id="90000001", counts=counts, posted_at=READ, read_at=READ)

    page = ann.get(f"/admin/desk/{DAY}/why/{papers[0].arxiv_id}").content.decode()

    assert re.findall(r"(\d+) from ([A-Za-z ]+) \(", page) == [("90", "X"), ("30", "Hacker News")]
    assert re.findall(r"<td>(Hacker News) .*?</td>\s*<td>(.*?)</td>\s*<td>(\d+)</td>", page, re.DOTALL) == [
        ("Hacker News", "30 points, 4 comments", "30")
    ]


def test_why_tells_the_ledger(ann: Client, papers: list[Paper], settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    Paper.objects.update(submitted_at=datetime(2026, 11, 19, 17, 30, tzinfo=UTC))
    response = ann.get(f"/admin/desk/{DAY}/why/{papers[0].arxiv_id}")

    [(line, tweet)] = response.context["lines"]
    assert (line.gave, tweet) == (90, papers[0].tweets.get())
    assert re.findall("Submitted [^.<]*", response.content.decode()) == ["Submitted 19 Nov 2026, 17:30 UTC"]
    assert ann.get(f"/admin/desk/{DAY}/why/9999.99999").status_code == 404


def test_poll_sends_parts_only_when_something_changed(ann: Client, bob: Client, papers: list[Paper]) -> None:
    def poll(seen: int, pulse: str = "") -> dict[str, Any]:
        query = f"?seen={seen}" + (f"&pulse={pulse}" if pulse else "")
        return dict(ann.get(f"/admin/desk/{DAY}/state{query}").json())

    first = poll(0)
    assert (first["revision"], first["status"], first["changed"]) == (0, "draft", False)
    assert first["pulse"] == desk(ann).pulse
    assert not poll(0, first["pulse"])["changed"]
    assert ann.get(f"/admin/desk/{DAY}/state?seen=0&pulse={first['pulse']}&here=").status_code == 204

    done(bob, "dismiss", paper=make_candidate(10).arxiv_id)
    second = poll(0, first["pulse"])
    assert second["changed"]

    Tweet.objects.update(read_at=NOW)
    third = poll(0, second["pulse"])
    assert third["changed"]
    assert third["pulse"] == desk(ann).pulse

    done(bob, "save_rules", hot_score=75, shown_tweet_score=25, shown_tweets=10, one_tweet_per_author=False)
    assert poll(0, third["pulse"])["pulse"] == desk(ann).pulse != third["pulse"]

    done(bob, "intro", text="Hello", base="")
    fourth = poll(0)
    assert (fourth["revision"], fourth["changed"]) == (1, True)
    assert not poll(1, fourth["pulse"])["changed"]


def test_a_draft_of_a_day_that_is_not_complete_says_so_and_the_poll_tells_how_far_the_day_is(ann: Client) -> None:
    CollectionDay.objects.create(date=DAY, state="collecting", found_new=1, reason="Collecting today's papers: 412 of 640.")
    make_candidate(60)
    head = ann.get(f"/admin/desk/{DAY}/")
    assert "incomplete" not in head.content.decode()
    assert "Collecting today&#x27;s papers: 412 of 640." in head.content.decode()
    beat = head.context["desk"].pulse

    propose(DAY, now=NOW)
    CollectionDay.objects.update(reason="The day isn't over; more posts may come.")
    told = ann.get(f"/admin/desk/{DAY}/state?seen=0&pulse={beat}").json()

    assert told["changed"] is True
    read = ann.post(f"/admin/desk/{DAY}/read", "{}", content_type="application/json").json()
    assert "This draft is incomplete. The day isn&#x27;t over; more posts may come." in read["html"]["head"]
    CollectionDay.objects.update(state="complete", papers_done_at=NOW, reason="")
    assert "incomplete" not in ann.get(f"/admin/desk/{DAY}/").content.decode()


def test_poll_takes_few_queries(ann: Client, papers: list[Paper]) -> None:
    with CaptureQueriesContext(connection) as queries:
        ann.get(f"/admin/desk/{DAY}/state?seen=0")
    assert len(queries) <= 10


def test_admin_opens_on_the_newest_day(ann: Client, papers: list[Paper]) -> None:
    CollectionDay.objects.create(date=DAY + timedelta(days=1), state="quiet")

    response = ann.get("/admin/", follow=True)

    assert [address for address, _ in response.redirect_chain] == ["/admin/desk/", f"/admin/desk/{DAY}/"]
    assert ann.get("/admin/all/").status_code == 200


def test_admin_opens_on_today_where_nothing_is_here(ann: Client) -> None:
    assert ann.get("/admin/desk/").headers["Location"] == f"/admin/desk/{DAY}/"


def test_admin_index_stays_for_those_who_may_not_see_the_desk() -> None:
    client = make_client(make_user(rights="papers.view_paper"))

    assert client.get("/admin/").status_code == 200
    assert client.get(f"/admin/desk/{DAY}/").status_code == 403
    assert client.get(f"/admin/desk/{DAY}/state").status_code == 403


@pytest.mark.django_db
def test_anonymous_is_led_to_the_login(client: Client) -> None:
    for address in ("/admin/", "/admin/desk/", f"/admin/desk/{DAY}/"):
        response = client.get(address)
        assert (response.status_code, response.headers["Location"]) == (302, f"/admin/login/?next={address}")


def test_day_that_no_calendar_has_is_not_found(ann: Client) -> None:
    assert ann.get("/admin/desk/2026-02-30/").status_code == 404


def test_withdrawn_day_that_is_scheduled_says_so(ann: Client, papers: list[Paper]) -> None:
    later = NOW + timedelta(days=1)
    Digest.objects.update(status="withdrawn", published_at=NOW, publish_at=later, publish_zone="UTC")

    assert ann.get(f"/admin/desk/{DAY}/").context["desk"].next_step.state == "3 papers scheduled."


def test_role_is_told_why_it_cannot_change_a_list(papers: list[Paper]) -> None:
    viewer = make_client(make_user(username="vic", group="Viewer"))

    desk = viewer.get(f"/admin/desk/{DAY}/").context["desk"]
    assert desk.why_not == "You can read this list, but not change it. Ask an administrator for the role Curator or Editor."
    Digest.objects.update(status="published", published_at=NOW)
    desk = viewer.get(f"/admin/desk/{DAY}/").context["desk"]
    assert desk.why_not == "This day is published. To change it, somebody who may publish has to start a correction."
    assert "You can read this day, but not change it." in done(viewer, "check")["html"]["checks"]
