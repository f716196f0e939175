"""Home: the newest days, and the older ones page by page."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.digests.reader.pages.reading_pages import DAY, listed_days, make_days, text_of
from tests.factories import make_digest

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
