"""A day that raises an error costs a folder or a repository only itself."""

import subprocess
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from digests.markdown import composing
from digests.mirror import days, running
from digests.mirror.targets import Kind, Target
from digests.models import Digest, Entry, MirrorHealth
from tests.digests.mirror.mirrored import changes, files, is_true, update

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = (
    "The day 2021-05-11 could not be made (ValueError: no such thing), so its file stays as it was. The next run tries again; "
    "if that goes on, report what the log says."
)
FILE = "2021-05-11---Hot-Papers.md"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[date]:
    """Days that raise an error."""
    found = set[date]()

    def raising(rows: list[composing.Row]) -> list[composing.Composed]:
        if any(row.date in found for row in rows):
            raise ValueError("no such thing")
        return composing.compose_rows(rows)

    monkeypatch.setattr(days, "compose_rows", raising)
    return found


def test_day_that_raises_keeps_its_file_and_is_made_by_the_next_run(
    digests: list[Digest], target: Target, broken: set[date], caplog: pytest.LogCaptureFixture
) -> None:
    before = files(target.folder)
    broken.add(digests[1].date)
    Entry.objects.update(retweets=99)

    report = update(target)

    assert (report.unmade, "The day 2021-05-11 could not be made" in caplog.text) == ([SENTENCE], True)
    after = files(target.folder)
    assert [name for name in before if after[name] == before[name]] == [FILE]
    assert (set(after), is_true(target.folder)) == (set(before), True)
    assert (update(target).unmade, update(target, since=digests[2].date).unmade) == ([SENTENCE], [])
    broken.clear()
    assert changes(target) == [("2021-05-11", "changed")]
    assert (changes(target), update(target, rebuild=True).changed) == ([], [])


@pytest.mark.parametrize("processes", [1, 2])
def test_rebuild_keeps_the_file_of_a_day_that_raises_and_removes_that_of_a_withdrawn_day(
    digests: list[Digest], target: Target, broken: set[date], processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "CHUNK", 1)
    broken.add(digests[1].date)
    Digest.objects.filter(pk=digests[0].pk).update(status=Digest.Status.WITHDRAWN)

    report = update(target, rebuild=True, processes=processes)

    assert (report.unmade, [name for name, _ in report.changed]) == ([SENTENCE], ["2021-05-10---Hot-Papers.md"])
    assert sorted(files(target.folder)) == [FILE, "2021-05-12---Hot-Papers.md"]
    Digest.objects.filter(pk=digests[1].pk).update(status=Digest.Status.WITHDRAWN)
    assert (changes(target), update(target).unmade) == ([("2021-05-11", "removed")], [])


def test_command_tells_a_day_that_raises_and_exits_with_1(
    digests: list[Digest], target: Target, broken: set[date], settings: Settings
) -> None:
    settings.MIRRORS = [target]
    broken.add(digests[1].date)
    for option in ("--rebuild", "--check"):
        with pytest.raises(CommandError) as error:
            call_command("mirror", option, verbosity=0)
        assert (str(error.value), error.value.returncode) == (SENTENCE, 1)
    row = MirrorHealth.objects.get()
    assert (row.state, row.message) == ("refused", SENTENCE)


def test_repository_gets_the_other_days_and_tells_a_day_that_raises_once(
    digests: list[Digest], broken: set[date], tmp_path: Path
) -> None:
    remote = tmp_path / "papers.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote)], check=True)
    target = Target("papers", tmp_path / "clone", Kind.GIT, remote=str(remote))
    broken.add(digests[1].date)

    report = running.write(target)

    pushed = subprocess.run(["git", "ls-tree", "--name-only", "main"], cwd=remote, check=True, capture_output=True, text=True)
    assert (report.unmade, FILE in pushed.stdout, len(pushed.stdout.split())) == ([SENTENCE], False, 3)
    broken.clear()
    assert [name for name, _ in running.write(target).changed] == [FILE]
