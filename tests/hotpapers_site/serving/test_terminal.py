"""What the terminal says while the product works: each thing once, and one sentence where nothing can be reached."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from digests.editing import curation
from hotpapers_site.serving.terminal import LOOK_EVERY_S, SETTLED_AFTER_S, Teller
from papers.access.connections import note_answer, note_failure
from papers.collecting import progress
from papers.models import CollectionDay, NetworkDay, StreamPlace
from papers.sources.http import Transient
from tests.factories import make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Terminal:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.at_s = 0.0
        self.teller = Teller(self.said.append, site="http://127.0.0.1:8080", monotonic=lambda: self.at_s)

    def look(self, after_s: float = LOOK_EVERY_S) -> list[str]:
        """What is new."""
        before = len(self.said)
        self.at_s += after_s
        self.teller.look()
        return self.said[before:]


@pytest.fixture
def terminal(settings: Settings) -> Iterator[Terminal]:
    settings.NETWORKS, settings.X_BEARER_TOKEN = ["x", "bluesky", "hackernews"], ""
    with time_machine.travel(NOW, tick=False):
        yield Terminal()


def test_a_day_is_told_from_its_first_paper_to_its_draft(terminal: Terminal) -> None:
    row = CollectionDay.objects.create(date=DAY, state="collecting", reason="Its papers haven't been collected yet.")
    assert terminal.look() == []
    progress.tell(DAY, 412, 640)
    assert terminal.look() == ["Collecting today's papers: 412 of 640."]
    assert terminal.look() == []
    make_tweet(make_paper(listing_date=DAY), retweets=60, favorites=0, read_at=NOW)
    CollectionDay.objects.update(papers_done_at=NOW, found_new=640, reason="The day isn't over; more posts may come.")
    curation.propose(DAY, now=NOW)
    assert terminal.look() == [
        "All 640 papers of Friday, 20 Nov 2026 are here.",
        "A draft of Friday, 20 Nov 2026 is on the desk, with 1 hot paper: http://127.0.0.1:8080/admin/desk/2026-11-20/ "
        "It follows the posts until the day is complete.",
    ]
    assert terminal.look() == []
    row.refresh_from_db()
    assert row.state == "collecting"


def test_another_day_is_named(terminal: Terminal) -> None:
    CollectionDay.objects.create(date=DAY - timedelta(days=1), state="collecting")
    progress.tell(DAY - timedelta(days=1), 1, 1200)
    assert terminal.look() == ["Collecting the papers of 19 Nov 2026: 1 of 1,200."]


def test_networks_are_told_as_they_are_read(terminal: Terminal) -> None:
    cursor = 1_795_132_800_000_000  # 20 Nov 2026, 00:00 UTC
    place = StreamPlace.objects.create(network="bluesky", cursor=cursor, heard_at=NOW)
    NetworkDay.objects.create(date=DAY, network="hackernews", found=12, collected_at=NOW)
    assert terminal.look() == [
        "Hacker News: 12 posts about papers so far.",
        "Reading Bluesky's last 36 hours, at 20 Nov, 00:00 UTC.",
    ]
    assert terminal.look() == []
    place.is_live = True
    place.save()
    assert terminal.look() == ["Bluesky has been read up to now; new posts come as they are made."]
    assert terminal.look(60) == []


def fail(*services: str) -> None:
    for service in services:
        note_failure(service, Transient(f"{service} cannot be reached."), NOW)


def test_one_sentence_says_once_that_nothing_can_be_reached(terminal: Terminal) -> None:
    fail("arxiv", "hackernews")
    assert terminal.look() == []
    fail("bluesky-stream")
    assert terminal.look() == [
        "Nothing can be reached (arXiv, Bluesky, Hacker News), so is this machine online? Hot Papers keeps trying; "
        "what is here already, sample data included, can be used meanwhile."
    ]
    fail("arxiv", "hackernews", "bluesky-stream")
    assert terminal.look(SETTLED_AFTER_S) == []
    note_answer("arxiv", NOW)
    assert terminal.look() == ["arXiv answers again."]


def test_one_service_that_fails_is_told_by_itself(terminal: Terminal) -> None:
    note_answer("arxiv", NOW)
    fail("hackernews")
    assert terminal.look() == []  # Bluesky was not heard from yet
    note_answer("bluesky-stream", NOW)
    assert terminal.look() == ["Hacker News: hackernews cannot be reached."]
    assert terminal.look() == []
    note_answer("hackernews", NOW)
    assert terminal.look() == ["Hacker News answers again."]


def test_what_happened_before_is_not_told(terminal: Terminal) -> None:
    before = NOW - timedelta(days=1)
    CollectionDay.objects.create(date=DAY - timedelta(days=1), state="complete", papers_done_at=before, found_new=5)
    note_failure("hackernews", Transient("It failed then."), before)
    assert terminal.look(SETTLED_AFTER_S) == []
