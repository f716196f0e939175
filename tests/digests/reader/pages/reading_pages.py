"""What tests of readers' pages share."""

import re
from datetime import date, timedelta

from django.test import Client

from tests.factories import make_digest

DAY = date(2021, 5, 12)

ADDRESS = "/posts/hot-papers-2021-05-12"


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def listed_days(page: str) -> list[str]:
    return re.findall(r'<h2 id="day-([0-9-]+)">', page)


def make_days(count: int) -> list[str]:
    """Published digests on so many days in a row; their days, the newest first."""
    days = [DAY + timedelta(days=n) for n in range(count)]
    for day in days:
        make_digest(day, papers=1)
    return [day.isoformat() for day in reversed(days)]


def paper_addresses(page: str) -> list[str]:
    return re.findall(r'<li data-paper="([^"]+)">', page)
