"""A day's list as readers will see it, in frames of the desk; and quick look's charts."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from digests.mirror.targets import Kind, Target
from digests.models import Digest
from papers.models import Paper, PaperMeasurement
from tests.digests.desk.conftest import DAY, NOW, READ, done
from tests.editors import make_client, make_user

pytestmark = pytest.mark.django_db
DESK = f"/admin/desk/{DAY}/"
FORMS = {
    "page": "text/html; charset=utf-8",
    "feed": "text/html; charset=utf-8",
    "markdown": "text/plain; charset=utf-8",
    "picture": "image/png",
}


@pytest.fixture
def _mirrors(settings: Any, tmp_path: Path) -> None:
    settings.MIRRORS = (
        Target("old", tmp_path / "old"),
        Target("notes", tmp_path / "notes", profile="hugo"),
        Target("site", tmp_path / "site", kind=Kind.HTML),
    )


def sources(response: Any, directive: str) -> str:
    found = re.search(rf"{directive} ([^;]+)", response.headers["Content-Security-Policy"])
    return found[1] if found else ""


@pytest.mark.parametrize("form", FORMS)
def test_previews_are_framed_by_this_site_alone_and_kept_by_nobody(ann: Client, papers: list[Paper], form: str) -> None:
    response = ann.get(f"{DESK}preview/{form}")

    assert (response.status_code, response.headers["Content-Type"]) == (200, FORMS[form])
    assert (response.headers["X-Frame-Options"], sources(response, "frame-ancestors")) == ("SAMEORIGIN", "'self'")
    assert "no-store" in response.headers["Cache-Control"]
    assert Digest.objects.get().status == "draft"


def test_desk_frames_this_site_and_is_framed_by_nobody(ann: Client, papers: list[Paper]) -> None:
    desk, page = ann.get(DESK), ann.get("/about")
    assert "'self'" in sources(desk, "frame-src").split()
    assert (desk.headers["X-Frame-Options"], sources(desk, "frame-ancestors")) == ("DENY", "'none'")
    assert "'self'" not in sources(page, "frame-src").split()


@pytest.mark.usefixtures("_mirrors")
def test_each_mirror_has_its_own_file(ann: Client, papers: list[Paper]) -> None:
    done(ann, "note", paper=papers[0].arxiv_id, text="See <script>", base="")
    desk = ann.get(DESK).content.decode()
    assert re.findall(r'data-preview="preview/file/(\w+)"', desk) == ["old", "notes"]
    assert "notes, for Hugo" in desk
    old, notes = (ann.get(f"{DESK}preview/file/{name}") for name in ("old", "notes"))
    assert old.content == ann.get(f"{DESK}preview/markdown").content
    assert notes.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert notes.content.decode().startswith("---\n")
    assert old.content != notes.content
    for name in ("site", "none", "%3Cb%3E"):
        assert ann.get(f"{DESK}preview/file/{name}").status_code == 404


@pytest.mark.usefixtures("_mirrors")
def test_previews_are_for_those_who_see_the_desk(papers: list[Paper]) -> None:
    nobody = make_client(make_user(rights="papers.view_paper"))
    for below in ("preview/picture", "preview/file/old"):
        assert nobody.get(DESK + below).status_code == 403
        assert Client().get(DESK + below).status_code == 302


def test_quick_look_draws_each_network_that_counted_something(ann: Client, papers: list[Paper]) -> None:
    for n, day in enumerate((NOW.replace(hour=1), READ)):
        counts = {
            "bluesky": {"reposts": n, "likes": 5 + n, "replies": 1},
            "hackernews": {"points": 30 * n, "comments": 2},
            "huggingface": {"upvotes": 0},
        }
        PaperMeasurement.objects.create(
            paper=papers[0], read_at=day, provenance="network", retweets=n, favorites=90 + n, counts=counts
        )
    page = ann.get(f"{DESK}look/{papers[0].arxiv_id}").content.decode()
    drawn = re.findall(r"Counts over time on ([\w ]+):.*?</figure>", page, re.DOTALL)
    assert drawn == ["X", "Bluesky", "Hacker News"]
    assert page.count('<svg class="chart"') == 3
    assert "likes from 5 to 6" in page
    assert "points from 0 to 30" in page
