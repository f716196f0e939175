"""Where no network can be reached, every page, the desk and arXiv's collection work, and `status` names the networks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import Settings

from digests.editing import curation
from digests.markdown import samples
from papers import tasks
from papers.access import networks
from papers.collecting.following import follow
from papers.models import Paper
from papers.sources.http import Transient
from tests.digests.reader.reader_pages import addresses
from tests.papers.management.running_commands import run, status
from tests.servers import free_port
from tests.standins.arxiv import ArxivStandin
from tests.standins.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("retried_at_once")]
DAY = date(2026, 11, 20)
NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
NETWORKS = ("bluesky", "hackernews", "huggingface")


@pytest.fixture
def alone(settings: Settings, tmp_path: Path) -> Iterator[None]:
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings.NETWORKS, settings.X_BEARER_TOKEN, settings.ARXIV_REQUEST_INTERVAL = ["x", *NETWORKS], "", 0.0
    for name in ("BLUESKY_API", "HACKERNEWS_API", "HACKERNEWS_ITEM", "HUGGINGFACE_API"):
        setattr(settings, f"{name}_BASE", nowhere)
    settings.BLUESKY_STREAM, settings.VAR_DIR = [nowhere.replace("http", "ws")], tmp_path
    with time_machine.travel(NIGHT, tick=False), ArxivStandin(World(first_day=date(2026, 11, 16), papers_a_day=12)) as arxiv:
        arxiv.world.now = NIGHT
        settings.ARXIV_API_BASE = settings.ARXIV_RSS_BASE = settings.ARXIV_WEB_BASE = arxiv.url
        yield


def ask_the_networks() -> None:
    for name in NETWORKS:
        tasks.collect_network(name)
    with pytest.raises(Transient, match="Bluesky's stream is unavailable"):
        follow("bluesky", networks.stream("bluesky"), until_live=True, give_up_s=0, sleep=lambda s: None)
    with pytest.raises(CommandError):
        run("collect_tweets", "--date", str(DAY), "--network", "hackernews")


@pytest.mark.usefixtures("alone")
def test_papers_are_collected_and_status_names_the_networks() -> None:
    ask_the_networks()
    assert "12 of 12 new papers" in run("collect_papers", "--date", str(DAY))
    assert Paper.objects.filter(listing_date=DAY, is_sample=False).count() == 12

    told, _ = status()
    of_networks = told["networks"]
    assert isinstance(of_networks, dict)
    assert {name: of_networks[name]["state"] for name in NETWORKS} == dict.fromkeys(NETWORKS, "failing")
    assert [name for name in NETWORKS if not of_networks[name]["reason"].startswith(("Bluesky's stream", "127.0.0.1"))] == []
    assert of_networks["x"]["state"] == "off"


@pytest.mark.usefixtures("alone")
def test_every_page_answers(client: Client) -> None:
    ask_the_networks()
    everything = [*addresses(), "/rss.xml", "/feed.atom", "/feed.json", "/papers.json", "/sitemap.xml", "/robots.txt"]
    assert {address: client.get(address).status_code for address in everything} == dict.fromkeys(everything, 200)


@pytest.mark.usefixtures("alone")
def test_the_desk_of_the_sample_day_works(editor: Client) -> None:
    samples.load(NIGHT)
    ask_the_networks()
    desk = editor.get(f"/admin/desk/{DAY}/")
    assert len(desk.context["desk"].candidates) == 6
    assert editor.get(f"/admin/desk/{DAY}/state?seen=0").status_code == 200
    digest = curation.begin(DAY, now=NIGHT)
    body = {"paper": desk.context["desk"].candidates[-1].paper.arxiv_id}
    assert editor.post(f"/admin/desk/{DAY}/add", body, content_type="application/json").status_code == 200
    assert digest.entries.count() == 6
