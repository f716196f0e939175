"""The clients as the settings describe them, and the health of the services."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from papers.access import connections
from papers.access.budget import BudgetSpent
from papers.access.connections import Service, note_answer, note_failure
from papers.models import SourceHealth
from papers.sources.http import Malformed, Misconfigured, OutOfCredit, ServiceRefused, SourceError, Transient
from tests.standins.arxiv import ArxivStandin
from tests.standins.world import World

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_sources_ask_the_hosts_of_the_settings(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR, settings.REDIS_URL, settings.ARXIV_REQUEST_INTERVAL = tmp_path, "", 0
    settings.CONTACT_EMAIL = "papers@example.org"
    standin = ArxivStandin(World(papers_a_day=3))
    standin.prefix = "/prefix"
    with standin:
        settings.ARXIV_API_BASE = settings.ARXIV_RSS_BASE = settings.ARXIV_WEB_BASE = standin.url + "/"
        with connections.sources() as opened:
            found = opened.arxiv.announced_today(["cs"])

    assert found.day == standin.world.days[-1]
    assert {request.headers["user-agent"] for request in standin.requests} == {"HotPapers/0.1.0 (+papers@example.org)"}
    assert (tmp_path / "gates" / "arxiv.gate").exists()


@pytest.mark.parametrize("token", ["", "synthetic"])
def test_sources_read_x_only_with_a_key(settings: Settings, token: str) -> None:
    settings.X_BEARER_TOKEN = token

    with connections.sources() as opened:
        assert (opened.paid is not None) == bool(token)


@pytest.mark.parametrize("setting", ["ARXIV_API_BASE", "ARXIV_RSS_BASE", "ARXIV_WEB_BASE", "X_API_BASE", "OEMBED_BASE"])
def test_sources_refuse_plain_http_outside_this_machine(settings: Settings, setting: str) -> None:
    settings.X_BEARER_TOKEN = "synthetic"
    setattr(settings, setting, "http://example.org")

    with pytest.raises(Misconfigured, match=setting), connections.sources():
        pass


def test_sources_take_the_address_of_a_redis_socket(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/redis.sock"
    settings.ARXIV_REQUEST_INTERVAL = 0

    with connections.sources() as opened, pytest.raises(Transient, match=f"{tmp_path}/redis.sock"):
        opened.arxiv.metadata(["2611.90001"])


def test_calendar_knows_the_further_holidays(settings: Settings) -> None:
    settings.ARXIV_HOLIDAYS = ["2027-01-01"]

    assert not connections.calendar().is_listing_day(datetime(2027, 1, 4).date())


def test_calendar_refuses_what_is_no_day(settings: Settings) -> None:
    settings.ARXIV_HOLIDAYS = ["1 January"]

    with pytest.raises(Misconfigured, match="ARXIV_HOLIDAYS must hold days as YYYY-MM-DD"):
        connections.calendar()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "state", "setting"),
    [
        (ServiceRefused("Not this token.", setting="X_BEARER_TOKEN"), "refused", "X_BEARER_TOKEN"),
        (connections.no_key(), "refused", "X_BEARER_TOKEN"),
        (OutOfCredit("No credits."), "refused", "X_BEARER_TOKEN"),
        (BudgetSpent("No more today.", setting="X_DAILY_READS"), "refused", "X_DAILY_READS"),
        (Transient("Not available."), "failing", ""),
        (Malformed("HTML."), "failing", ""),
    ],
)
def test_note_failure_keeps_what_a_person_has_to_do(error: SourceError, state: str, setting: str) -> None:
    note_answer("x", NOW)
    note_failure("x", error, LATER)

    health = SourceHealth.objects.get()
    assert (health.state, health.message, health.setting) == (state, str(error), setting)
    assert (health.since, health.answered_at) == (LATER, NOW)


@pytest.mark.django_db
def test_note_failure_keeps_since_when_it_fails() -> None:
    note_failure("x", Transient("First."), NOW)
    note_failure("x", Transient("Second."), LATER)

    assert SourceHealth.objects.values_list("message", "since").get() == ("Second.", NOW)


@pytest.mark.django_db
def test_note_answer_ends_a_refusal() -> None:
    note_failure(Service.ARXIV, ServiceRefused("Access denied.", setting="CONTACT_EMAIL"), NOW)
    note_answer(Service.ARXIV, LATER)

    health = SourceHealth.objects.get()
    assert (health.state, health.message, health.setting, health.answered_at) == ("ok", "", "", LATER)
