"""A day with candidates, and editors at its desk."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from digests.models import Digest, Entry
from papers.models import CollectionDay, Paper
from tests.editors import make_client
from tests.factories import make_paper, make_tweet

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 23, tzinfo=UTC)
READ = NOW - timedelta(hours=1)
CURATOR = ["view_digest", "change_digest", "change_savedrules"]


@pytest.fixture(autouse=True)
def tonight() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def make_candidate(*scores: int, **fields: Any) -> Paper:
    """A paper of the day with a tweet for each score."""
    paper = make_paper(**{"listing_date": DAY} | fields)
    for score in scores:
        make_tweet(paper, retweets=0, favorites=score, read_at=READ)
    return paper


@pytest.fixture
def collected(db: None) -> CollectionDay:
    return CollectionDay.objects.create(date=DAY, state="complete", papers_done_at=NOW, tweets_done_at=NOW)


def make_curator(name: str) -> Client:
    # Without a password, which takes half a second to hash.
    user = User.objects.create(username=name, first_name=name.title(), password="!", is_staff=True)
    ContentType.objects.get_for_models(*apps.get_models())  # kept by Django; fetched now, they are in nobody's count of queries
    user.user_permissions.set(Permission.objects.filter(codename__in=CURATOR))
    return make_client(user)


@pytest.fixture
def ann(db: None) -> Client:
    return make_curator("ann")


@pytest.fixture
def bob(db: None) -> Client:
    return make_curator("bob")


@pytest.fixture
def eve(db: None) -> Client:
    """An editor who publishes."""
    client = make_curator("eve")
    User.objects.get(username="eve").user_permissions.add(Permission.objects.get(codename="publish_digest"))
    return client


def send(client: Client, action: str, **body: Any) -> Any:
    return client.post(f"/admin/desk/{DAY}/{action}", json.dumps(body), content_type="application/json")


def done(client: Client, action: str, **body: Any) -> Any:
    """What the desk answers to an action that it takes."""
    response = send(client, action, **body)
    assert response.status_code == 200, response.content.decode()
    return response.json()


def listed() -> list[Paper]:
    """The day's list, in its order."""
    return [entry.paper for entry in Entry.objects.filter(digest__date=DAY).select_related("paper")]


def entry_of(paper: Paper) -> Entry:
    return Entry.objects.get(digest__date=DAY, paper=paper)


def revision() -> int:
    return Digest.objects.get(date=DAY).revision


@pytest.fixture
def papers(ann: Client, collected: CollectionDay) -> list[Paper]:
    """Three papers in a list that Ann began, the hottest first."""
    made = [make_candidate(score) for score in (90, 80, 70)]
    done(ann, "start")
    return made
