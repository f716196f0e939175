"""Files that a person changed are found in a folder of many files as well, and never written over; a run looks at some of them."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from digests.markdown.composing import compose
from digests.markdown.format import render
from digests.mirror import outside_changes, running
from digests.mirror.manifest import ListedFile, Manifest
from digests.mirror.outside_changes import State, look, read_state
from digests.mirror.targets import Target
from digests.models import Digest, Entry
from papers.rendered.waiting import render_changed
from tests.digests.mirror.mirrored import files, update, wrong
from tests.factories import make_digest
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = [date(2021, 5, 1) + timedelta(days=number) for number in range(7)]
NAMES = [f"{day}---Hot-Papers.md" for day in DAYS]
ROUND = 3
"""Runs until each of the files was looked at."""


@pytest.fixture
def digests(monkeypatch: pytest.MonkeyPatch) -> list[Digest]:
    monkeypatch.setattr(outside_changes, "SOME", 3)
    return [make_digest(day, papers=1) for day in DAYS]


@pytest.fixture
def target(digests: list[Digest], tmp_path: Path) -> Target:
    made = Target("notes", tmp_path / "notes")
    run(made)
    return made


def run(target: Target) -> list[str]:
    """What one run says of files that a person changed."""
    settled()
    return [one.split(" was changed")[0].rpartition("/")[2] for one in update(target, looks_at_all=False).theirs]


@pytest.mark.parametrize("name", [NAMES[0], NAMES[3], NAMES[6]])
def test_edit_is_found_within_a_round_whatever_else_changes(digests: list[Digest], target: Target, name: str) -> None:
    (target.folder / name).write_text("A person's words.")
    told = []
    for number in range(ROUND):
        Entry.objects.filter(digest=digests[5]).update(retweets=99 + number)
        told += run(target)
    assert told == [name]
    assert (target.folder / f"{name}.theirs").read_text() == "A person's words."
    assert wrong(target) == []


def test_edit_behind_the_look_is_found_in_the_next_round(digests: list[Digest], target: Target) -> None:
    run(target)  # has looked at the first three
    (target.folder / NAMES[1]).write_text("A person's words.")
    Entry.objects.filter(digest=digests[5]).update(retweets=99)
    assert [run(target), run(target)] == [[], []]
    assert [run(target) for _ in range(ROUND)] == [[NAMES[1]], [], []]


def test_edit_of_a_day_that_changes_is_found_in_that_run(digests: list[Digest], target: Target) -> None:
    (target.folder / NAMES[6]).write_text("A person's words.")
    Entry.objects.filter(digest=digests[6]).update(retweets=99)
    assert run(target) == [NAMES[6]]
    assert files(target.folder)[NAMES[6]] == render(compose(Digest.objects.get(date=DAYS[6]))).encode()


def test_file_that_is_gone_comes_back_at_once(target: Target) -> None:
    (target.folder / NAMES[6]).unlink()
    run(target)
    assert wrong(target) == []


def test_all_are_looked_at_where_that_is_wanted(target: Target) -> None:
    run(target)
    (target.folder / NAMES[1]).write_text("A person's words.")
    assert len(update(target).theirs) == 1


@pytest.mark.parametrize(
    ("options", "looks_at_all"), [({}, False), ({"build": "true"}, True), ({"webhook": "http://x.example"}, True)]
)
def test_what_is_built_or_told_from_a_folder_is_looked_at_before(
    target: Target, options: dict[str, str], looks_at_all: bool
) -> None:
    render_changed()  # as a run does first: it changes all days, and is over before what else is open on the server begins
    settled()
    running.write(target)
    (target.folder / NAMES[6]).write_text("A person's words.")
    assert len(running.write(Target("notes", target.folder, **options)).theirs) == looks_at_all  # type: ignore[arg-type]


def test_state_of_an_older_version_is_taken_over(digests: list[Digest], target: Target) -> None:
    state = target.folder / ".mirror/state"
    state.write_text(state.read_text().partition("\n")[0])
    (target.folder / NAMES[1]).write_text("A person's words.")
    assert run(target) == [NAMES[1]]


def test_a_run_looks_at_a_bounded_number_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: here each of them seems to be changed."""
    manifest = Manifest({"profile": "lumen-2020"})
    for number in range(30):
        manifest.set(f"{number:02}", ListedFile("0" * 64, 1))
    monkeypatch.setattr(outside_changes, "SOME", 4)
    state, seen = State("", 1, 1, "", tmp_path.stat().st_ctime_ns + 1), []
    for _ in range(8):
        found, state = look(tmp_path, manifest, state, at_all=False)
        seen.append(found)
    assert [len(one) for one in seen] == [4, 4, 4, 4, 4, 4, 4, 2]
    assert [name for found in seen for name in found] == list(manifest.names())
    assert (state.after, read_state(tmp_path)) == ("", State())
