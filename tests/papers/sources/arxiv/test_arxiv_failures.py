"""Failures, hostile answers, and the gate."""

import threading
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
import time_machine

from papers.sources import http
from papers.sources.arxiv.client import ArxivClient
from tests.papers.sources.arxiv.reading_arxiv import INTERVAL_S, SETS, reader, truth
from tests.standins.arxiv import ArxivStandin, gaps
from tests.standins.serving import Reply


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        *product(("/api", "/rss", "/list"), ("429", "429 after a stall", "500", "502", "504", "truncated", "reset", "stall")),
        *product(("/api", "/rss"), ("cut", "wrong charset")),
    ],
)
def test_passing_failure_is_got_over(kind: str, place: str, standin: ArxivStandin, tmp_path: Path) -> None:
    standin.fault(place, kind)
    with http.client() as client:
        arxiv = reader(client, standin, tmp_path, deadline_s=3 if kind == "stall" else 60)

        found = arxiv.announced_today(("cs",))
        records = arxiv.metadata(found.new).records

    assert len(records) == len(found.new) == len(truth(standin.world, date(2026, 10, 16), "feed", ("cs",)).new)
    assert len(standin.requests) == 4


@pytest.mark.parametrize(("kind", "asked_s"), [("429 with Retry-After", 2), ("503 with Retry-After", 5)])
def test_retry_after_is_honoured(arxiv: ArxivClient, standin: ArxivStandin, tmp_path: Path, kind: str, asked_s: float) -> None:
    standin.fault("/api", kind)
    with http.client() as client, time_machine.travel(datetime(2026, 10, 16, 12, tzinfo=UTC), tick=False):
        once = reader(client, standin, tmp_path, attempts=1)

        with pytest.raises(http.RateLimited) as first:
            once.metadata(["2610.90001"])
        with pytest.raises(http.RateLimited) as second:
            once.metadata(["2610.90001"])

    assert first.value.wait_s == asked_s
    assert str(first.value) == f"arXiv asked us to wait (status {first.value.status}); retrying in {asked_s} s."
    # Nobody else asks meanwhile.
    assert second.value.wait_s == asked_s
    assert len(standin.requests) == 1


def test_feed_that_is_unavailable_does_not_stop_the_listing_pages(standin: ArxivStandin, tmp_path: Path) -> None:
    standin.fault("/rss", Reply(503))
    with http.client() as client:
        arxiv = reader(client, standin, tmp_path, attempts=2, max_wait_s=0.1)
        with pytest.raises(http.RateLimited):  # the gate holds a while for all
            arxiv.announced_today(SETS)
        patient = reader(client, standin, tmp_path)
        standin.fault("/rss", "404", times=9)

        found = patient.announced_today(SETS)

    assert sorted(found.new) == list(truth(standin.world, date(2026, 10, 16), "feed").new)
    assert found.note == (
        "The feed could not be read (arXiv answered with status 404; expected 200 or 400.) The listing pages were taken instead."
    )


@pytest.mark.parametrize(
    "location", ["data:text/plain,x", "http://xn--/", "http://[", "https://127.0.0.1:1/", "javascript:x", ""]
)
def test_redirect_to_nowhere_is_one_sentence(arxiv: ArxivClient, standin: ArxivStandin, location: str) -> None:
    standin.fault("/", Reply(301, headers={"Location": location}), times=99)

    one_sentence = r"^(arXiv answered with status 301; expected 200 or 400|127\.0\.0\.1 redirects to an invalid address)\.$"
    with pytest.raises(http.Malformed, match=one_sentence):
        arxiv.caught_up(date(2026, 10, 15), SETS)


@pytest.mark.parametrize("value", ["9999999999", "9" * 20, "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_retry_after_is_believed_up_to_an_hour(arxiv: ArxivClient, standin: ArxivStandin, value: str) -> None:
    standin.fault("/api", Reply(429, headers={"Retry-After": value}))

    with pytest.raises(http.RateLimited, match=r"retrying in 3600 s\.$") as caught:
        arxiv.metadata(["2610.90001"])

    assert caught.value.wait_s == 3600


def test_waits_grow_while_arxiv_limits_us_and_end_at_the_bound(standin: ArxivStandin, tmp_path: Path) -> None:
    standin.fault("/api", "429", times=100)
    with http.client() as client:
        arxiv = reader(client, standin, tmp_path, max_wait_s=0.5)

        with pytest.raises(http.RateLimited) as caught:
            arxiv.metadata(["2610.90001"])

    assert caught.value.wait_s == pytest.approx(0.8)
    assert len(standin.requests) == 3


def test_refusal_ends_at_once_and_names_the_setting(arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault("/api", "403", times=100)

    with pytest.raises(http.ServiceRefused, match="CONTACT_EMAIL") as caught:
        arxiv.metadata(["2610.90001"])

    assert (caught.value.setting, caught.value.status, len(standin.requests)) == ("CONTACT_EMAIL", 403, 1)


@pytest.mark.parametrize("place", ["/api", "/rss", "/catchup"])
@pytest.mark.parametrize("kind", ["html", "empty", "{}", "[]"])
def test_answer_of_another_kind_is_malformed(kind: str, place: str, arxiv: ArxivClient, standin: ArxivStandin) -> None:
    standin.fault(place, kind, times=100)
    standin.fault("/list", kind, times=100)  # where it is not, the listing pages are taken instead of the feed

    with pytest.raises(http.Malformed, match=r"^Unexpected answer from arXiv: expected an? .*, got ") as caught:
        if place == "/api":
            arxiv.metadata(["2610.90001"])
        elif place == "/catchup":
            arxiv.caught_up(date(2026, 10, 15), SETS)
        else:
            arxiv.announced_today(SETS)

    assert caught.value.url.startswith(standin.url + place)


def test_entities_of_a_hostile_answer_are_not_resolved(arxiv: ArxivClient, standin: ArxivStandin, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    hostile = f'<!DOCTYPE feed [<!ENTITY x SYSTEM "{secret.as_uri()}">]><feed xmlns="http://www.w3.org/2005/Atom">&x;</feed>'
    standin.fault("/api", Reply(200, hostile.encode()))

    with pytest.raises(http.Malformed) as caught:
        arxiv.metadata(["2610.90001"])

    assert "secret" not in str(caught.value)


def test_all_requests_of_several_clients_keep_the_interval(standin: ArxivStandin, tmp_path: Path) -> None:
    def collect() -> None:
        with http.client() as client:
            arxiv = reader(client, standin, tmp_path)
            arxiv.metadata(arxiv.announced_today(SETS).new)

    standin.listing_page = 20
    standin.fault("/list", "500")
    standin.fault("/api", "reset")
    workers = [threading.Thread(target=collect) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(standin.visits) > 20
    assert min(gaps(standin.visits)) >= INTERVAL_S - 0.002
