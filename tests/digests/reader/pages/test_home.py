"""Home: the newest days, and the older ones page by page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from digests.page_cache import middleware
from papers.models import Paper, PaperMeasurement, Provenance
from papers.search.index import index_changed
from tests.digests.reader.pages.reading_pages import DAY, listed_days, make_days, text_of
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db


def test_home_lists_ten_days_newest_first(client: Client) -> None:
    days = make_days(12)

    page = text_of(client, "/")

    assert listed_days(page) == days[:10]
    assert f'href="/?before={days[9]}"' in page


def test_home_pages_by_day_both_ways(client: Client) -> None:
    days = make_days(25)

    second = text_of(client, f"/?before={days[9]}")
    third = text_of(client, f"/?before={days[19]}")

    assert listed_days(second) == days[10:20]
    assert listed_days(third) == days[20:]
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', second) == ["/", f"/?before={days[19]}"]
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', third) == [f"/?before={days[9]}"]


def test_home_page_keeps_its_days_when_a_new_digest_comes(client: Client) -> None:
    days = make_days(15)
    address = f"/?before={days[9]}"
    before = listed_days(text_of(client, address))

    make_digest(DAY + timedelta(days=90))

    assert listed_days(text_of(client, address)) == before


def test_home_without_a_digest_says_so(client: Client) -> None:
    assert "Nothing is published yet" in text_of(client, "/")


@pytest.mark.parametrize("before", ["yesterday", "2021-02-30", "10"])
def test_home_before_no_day_is_not_found(client: Client, before: str) -> None:
    assert client.get("/", {"before": before}).status_code == 404


def test_home_lists_all_of_the_newest_day_and_five_of_the_others(client: Client) -> None:
    make_digest(DAY, papers=7)
    make_digest(DAY + timedelta(days=1), papers=7)

    page = text_of(client, "/")

    assert page.count('href="/posts/hot-papers-2021-05-13#paper-') == 7
    assert page.count('href="/posts/hot-papers-2021-05-12#paper-') == 5


def test_home_marks_sample_data(client: Client) -> None:
    make_digest(is_sample=True)

    assert "Sample data." in text_of(client, "/")


NOON = datetime(2021, 5, 13, 12, tzinfo=UTC)


def read(paper: Paper, hours_ago: int, retweets: int) -> None:
    PaperMeasurement.objects.create(
        paper=paper, read_at=NOON - timedelta(hours=hours_ago), provenance=Provenance.NETWORK, retweets=retweets, favorites=0,
        counts={"hackernews": {"points": 2 * retweets}}, extra_points=2 * retweets,
    )  # fmt: skip


def risen(page: str) -> list[str]:
    column = page.partition('<aside class="rising"')[2].partition("</aside>")[0]
    return re.findall(r'href="/papers/([^"]+)"', column)


@pytest.mark.django_db(transaction=True)
def test_home_shows_the_four_that_rise_most(client: Client) -> None:
    digest = make_digest(DAY)
    papers = [make_paper(arxiv_id=f"2105.0000{n}") for n in range(6)]
    for n, paper in enumerate(papers):
        make_entry(digest, paper)
        read(paper, 5, 10)
        read(paper, 1, 10 + n)
    index_changed()
    middleware.cache.clear()

    with time_machine.travel(NOON, tick=False):
        page = text_of(client, "/")
        older = text_of(client, f"/?before={DAY + timedelta(days=1)}")
        read(papers[1], 0, 100)
        held = text_of(client, "/")

    assert risen(page) == ["2105.00005", "2105.00004", "2105.00003", "2105.00002"]
    assert 'as of <time datetime="2021-05-13T11:00:00Z">13 May 2021, 11:00 UTC</time>' in page
    assert '<span class="vh">Hacker News: </span><span><b>+10</b> points</span>' in page
    assert risen(older) == []
    assert risen(held)[0] == "2105.00001"


def test_home_has_no_column_where_nothing_rises(client: Client) -> None:
    make_digest(DAY, papers=2)

    assert "Rising now" not in text_of(client, "/")
