"""A mirror follows the software, the settings and the clock, also when nothing changed in the database."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from pytest_django.fixtures import Settings

from digests.mirror import days, made_with
from digests.mirror.outside_changes import State
from digests.mirror.profiles import pages
from digests.mirror.running import source_of
from digests.mirror.targets import Kind, Target
from hotpapers_site import settings as told
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.digests.mirror.mirrored import changes, update, wrong
from tests.factories import make_digest
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
OF_NO_PAGE = {"DEBUG", "SANDBOX_CLOCK", "VAR_DIR"}
"""Settings that are read while pages are made: where things are, and whether time runs faster."""


@pytest.fixture
def site(tmp_path: Path) -> Target:
    for day in (date(2021, 5, 11), date(2021, 5, 12)):
        make_digest(day, papers=2)
    index_changed()
    render_changed()
    target = Target("site", tmp_path / "site", Kind.HTML, "html")
    update(target)
    return target


def test_every_setting_that_pages_show_makes_them_anew(site: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    read = set()

    def spy(self: LazySettings, name: str) -> object:
        read.add(name)
        return object.__getattribute__(self, name)

    source = source_of(site)
    with monkeypatch.context() as patched:
        patched.setattr(LazySettings, "__getattribute__", spy, raising=False)
        list(source.files(None))
    assert {"TIME_ZONE", "HOT_SCORE"} <= read
    assert read & set(told.env.names()) - OF_NO_PAGE - set(made_with.SHOWN) == set()
    assert set(made_with.SHOWN) <= set(told.env.names()) - told.SECRET_VARIABLES


def test_changed_setting_reaches_the_page_that_shows_it(site: Target, settings: Settings) -> None:
    settings.AUTO_PUBLISH_AT = datetime(2021, 5, 12, 7, 30, tzinfo=UTC).time()
    changed = {name for name, _ in update(site).changed}
    assert "about/index.html" in changed
    assert "07:30" in (site.folder / "about/index.html").read_text()
    assert wrong(site) == []


def test_front_page_and_weeks_follow_the_clock(site: Target) -> None:
    """The collection stands still, so nothing changes in the database; just then, readers must be told."""
    page = site.folder / "index.html"
    with time_machine.travel(datetime(2021, 5, 14, 12, tzinfo=UTC), tick=False):
        update(site)
        assert wrong(site) == []
        assert "Friday, 14 May 2021" in page.read_text()
    with time_machine.travel(datetime(2021, 5, 18, 12, tzinfo=UTC), tick=False):
        changed = {name for name, _ in update(site).changed}
        assert {"index.html", "weekly.xml"} <= changed
        assert "Tuesday, 18 May 2021" in page.read_text()
        assert wrong(site) == []


def test_pages_of_the_clock_are_made_once_an_hour() -> None:
    at = datetime(2021, 5, 14, 12, 1, tzinfo=UTC)
    state = State("sqlite 1", written_at=int(at.timestamp()) * 10**9)
    minutes = (58, 59, 60, 58 + 24 * 60)
    assert [state.is_of_another_hour(at + timedelta(minutes=one)) for one in minutes] == [False, True, True, True]


def test_files_follow_the_software_that_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (date(2021, 5, 11), date(2021, 5, 12)):
        make_digest(day, papers=1)
    target = Target("notes", tmp_path / "notes", profile="hugo")
    settled()
    update(target)
    monkeypatch.setattr(pages, "write", lambda profile, posts, these: [f"In a newer form: {one.day}\n" for one in these])
    assert changes(target) == []
    monkeypatch.setattr(days, "software", lambda made_with: "newer")
    assert [state for _, state in changes(target)] == ["changed", "changed"]
    assert update(target).theirs == []
