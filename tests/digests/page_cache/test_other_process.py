"""A change that this process makes is on the next page of another one, a real web server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from django.conf import settings
from django.db import connection

from digests.models import Digest
from digests.page_cache.cache import SURE_FOR_S
from digests.publishing import status
from papers.counts import gone
from papers.models import Paper, Tweet
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.servers import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADDRESS = "/posts/hot-papers-2021-05-12"


@pytest.fixture
def other() -> Iterator[httpx.Client]:
    """The site served by `manage.py web` from the test database."""
    name = connection.settings_dict["NAME"]
    server_url = settings.DATABASE_URL.rpartition("/")[0] if connection.vendor == "postgresql" else "sqlite:///"
    url = f"{server_url}/{name}"
    port = free_port()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "web", "--port", str(port)]
    server = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})
    try:
        wait = {"request": [lambda _: time.sleep(SURE_FOR_S)]}  # so long it may still answer with what it had
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, event_hooks=wait, timeout=60
        ) as client:
            deadline = time.monotonic() + 60
            while True:
                try:
                    client.get("/")
                    break
                except httpx.TransportError:
                    assert server.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield client
    finally:
        server.terminate()
        server.wait()


def test_next_page_of_another_process_shows_the_change(other: httpx.Client) -> None:
    digest = make_digest(status=Digest.Status.DRAFT)
    paper = make_paper(title="First words")
    tweet = make_tweet(paper, body_html="Personal words")
    make_entry(digest, paper, tweet)
    assert other.get(ADDRESS).status_code == 404

    status.publish(digest, now=NOW)
    home = other.get("/")
    page = other.get(ADDRESS)
    assert "First words" in home.text
    assert "Personal words" in page.text
    assert ADDRESS in other.get(paper.get_absolute_url()).text
    again = other.get(ADDRESS, headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (304, page.headers["ETag"])
    assert other.head(ADDRESS).headers["Content-Length"] == page.headers["Content-Length"]

    Paper.objects.update(title="Corrected words")
    corrected = other.get(ADDRESS, headers={"If-None-Match": page.headers["ETag"]})
    assert (corrected.status_code, "Corrected words" in corrected.text) == (200, True)
    assert "Corrected words" in other.get("/").text

    gone.mark_gone({tweet.pk: Tweet.State.DELETED}, now=NOW)
    for address in (ADDRESS, paper.get_absolute_url()):
        assert "Personal words" not in other.get(address).text

    status.withdraw(digest, now=NOW)
    assert other.get(ADDRESS).status_code == 404
    for address in ("/", paper.get_absolute_url()):
        assert ADDRESS not in other.get(address).text
