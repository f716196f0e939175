"""A network that is added from its own package alone, by its line in the registry, is found, counted, ranked and shown."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError
from django.test import Client
from pytest_django import Settings

from digests.editing import curation
from digests.markdown.composing import compose
from digests.markdown.files import read_post
from digests.markdown.format import render
from digests.markdown.importing import Outcome, store
from digests.models import Digest
from digests.publishing.status import publish
from papers.fetching import fetch_tweet, refresh_counts
from papers.models import CollectionDay, PaperMeasurement, Tweet
from papers.networks import registry
from papers.rendered.waiting import render_changed
from tests.factories import make_paper
from tests.papers.management.running_commands import networks_told, said
from tests.papers.networks.toy.client import Toy
from tests.papers.networks.toy.standin import ToyStandin

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
DAY = date(2026, 11, 19)
POSTED = datetime(2026, 11, 19, 9, tzinfo=UTC)
PAPER = "2611.90001"


@pytest.fixture
def toy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ToyStandin]:
    monkeypatch.setitem(registry.KINDS, Toy.name, Toy)
    settings.NETWORKS, settings.X_BEARER_TOKEN = [Toy.name], ""
    with time_machine.travel(NOW, tick=False), ToyStandin() as standin:
        settings.TOY_API_BASE = standin.url
        make_paper(arxiv_id=PAPER, listing_date=DAY)
        CollectionDay.objects.create(date=DAY, state="partial", papers_done_at=NOW)
        standin.notes[7] = {
            **{"id": 7, "at": int(POSTED.timestamp()), "by": "ada", "text": "A <b>fine</b> paper:"},
            **{"url": f"https://arxiv.org/abs/{PAPER}", "stars": 30, "echoes": 4},
        }
        yield standin


def test_it_is_found_counted_and_ranked_with_its_weight(toy: ToyStandin) -> None:
    assert said("collect_tweets", "--date", str(DAY)).strip() == f"Toy Town: 1 post of {DAY}."
    assert CollectionDay.objects.values_list("state", "reason", "tweets_found").get() == ("complete", "", 1)

    toy.notes[7]["stars"] = 31
    said("refresh_engagement", "--all")

    [paper] = json.loads(said("rank_day", str(DAY), "--json"))["papers"]
    assert (paper["score"], paper["counts"]) == (62, {"toy": {"stars": 31, "echoes": 4}})
    assert [(one["network"], one["id"], one["counts"]) for one in paper["tweets"]] == [("toy", "7", {"stars": 31, "echoes": 4})]


def test_it_is_told_by_status_and_stays_failing_until_it_answers(toy: ToyStandin) -> None:
    said("collect_tweets", "--date", str(DAY))
    assert {name: networks_told()["toy"][name] for name in ("on", "state", "reason", "posts")} == {
        **{"on": True, "state": "ok", "reason": "", "posts": 1},
    }
    toy.fault("/notes", "html", times=9)
    with pytest.raises(CommandError):
        said("collect_tweets", "--date", str(DAY))
    assert (networks_told()["toy"]["state"], networks_told()["toy"]["reason"]) == (
        "failing",
        "Toy Town did not answer with JSON.",
    )

    toy.recover()
    said("collect_tweets", "--date", str(DAY))
    assert networks_told()["toy"]["state"] == "ok"


def test_it_is_shown_on_pages_and_on_the_desk_and_kept_in_markdown(
    toy: ToyStandin, client: Client, admin_client: Client, tmp_path: Path
) -> None:
    said("collect_tweets", "--date", str(DAY))
    digest = curation.begin(DAY, now=NOW)
    assert publish(digest, now=NOW, by=None)
    render_changed()

    for address in (digest.get_absolute_url(), f"/papers/{PAPER}"):
        page = client.get(address).content.decode()
        assert "Toy Town" in page
        assert "30 stars" in page
        assert "A &lt;b&gt;fine&lt;/b&gt; paper:" in page
        assert f'href="https://arxiv.org/abs/{PAPER}"' in page
    assert "stars × 2" in client.get("/about").content.decode()

    desk = admin_client.get(f"/admin/desk/{DAY}/").content.decode()
    assert 'data-tweet="toy:7"' in admin_client.get(f"/admin/desk/{DAY}/posts/{PAPER}").content.decode()
    assert re.search(r'data-network="toy" data-count="stars"[^>]* value="2"', desk)
    why = admin_client.get(f"/admin/desk/{DAY}/why/{PAPER}").content.decode()
    assert "60 from Toy Town" in why

    text = render(compose(digest))
    assert "- toy: stars 30, echoes 4 (" in text
    assert '<blockquote class="toy-post" data-id="7" data-handle="ada">' in text
    Digest.objects.all().delete()
    (file := tmp_path / f"{DAY}---Hot-Papers.md").write_text(text)
    assert store(read_post(file)) == Outcome.NEW
    assert render(compose(Digest.objects.get())) == text


def test_its_posts_are_added_by_link_and_read_again(toy: ToyStandin) -> None:
    other = make_paper(listing_date=DAY)

    tweet = fetch_tweet("https://toy.example/notes/7", other, now=NOW)

    assert (tweet.key, tweet.counts, {paper.arxiv_id for paper in tweet.papers.all()}) == (
        ("toy", "7"),
        {"stars": 30, "echoes": 4},
        {PAPER, other.arxiv_id},
    )
    toy.notes[7]["stars"] = 90
    assert refresh_counts([other.pk], now=NOW + timedelta(hours=1)) == (1, ())
    assert Tweet.objects.get().counts == {"stars": 90, "echoes": 4}


def test_its_counts_are_kept_as_history(toy: ToyStandin) -> None:
    said("collect_tweets", "--date", str(DAY))

    assert [reading.counts for reading in PaperMeasurement.objects.all()] == [{"toy": {"stars": 30, "echoes": 4}}]
