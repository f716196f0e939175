"""`manage.py mirror`: what it says, and with which status it ends."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from digests import tasks
from digests.mirror import running
from digests.mirror.disk import locked
from digests.mirror.targets import Target
from digests.mirror.updating import Source
from digests.models import Digest, MirrorHealth
from digests.publishing.status import withdraw
from tests.digests.mirror.mirrored import files
from tests.factories import make_digest
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)


def mirror(*arguments: object) -> str:
    settled()  # a day is looked at once more as long as a change of it may still come
    out = io.StringIO()
    call_command("mirror", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def two(settings: Settings, tmp_path: Path) -> list[Target]:
    make_digest(date(2021, 5, 12), papers=1)
    settings.MIRRORS = [Target("notes", tmp_path / "notes"), Target("blog", tmp_path / "blog", profile="hugo")]
    return list(settings.MIRRORS)


def test_mirror_brings_all_up_to_date_or_those_named(two: list[Target]) -> None:
    assert mirror("blog") == "blog: 1 new, 0 changed, 0 removed, 0 looked at and unchanged\n"
    assert not two[0].folder.exists()
    notes, blog = mirror().splitlines()
    assert notes == "notes: 1 new, 0 changed, 0 removed, 0 looked at and unchanged"
    assert blog.startswith("blog: 0 new, 0 changed, 0 removed, ")  # how many it looks at is shown by test_outside_changes.py
    assert mirror("--rebuild", "notes") == "notes: 0 new, 0 changed, 0 removed, 1 looked at and unchanged\n"
    assert mirror("--check") == "notes: up to date\nblog: up to date\n"


def test_check_tells_what_differs_and_writes_nothing(two: list[Target]) -> None:
    mirror()
    file = two[0].folder / "2021-05-12---Hot-Papers.md"
    file.write_text("Changed.")
    told = "notes: 1 file differs from what readers see; give --rebuild instead of --check to repair it"
    with pytest.raises(CommandError, match=told) as caught:
        mirror("--check", "notes")
    assert caught.value.returncode == 1
    assert file.read_text() == "Changed."


def test_check_while_a_run_writes_says_so(two: list[Target]) -> None:
    mirror()
    with locked(two[0].folder):
        assert mirror("--check", "notes") == "notes: up to date\n"
        (two[0].folder / "2021-05-12---Hot-Papers.md").unlink()  # as a run does between two steps
        with pytest.raises(CommandError, match="notes: a run is writing there, so nothing can be said now; check again when"):
            mirror("--check", "notes")
    with pytest.raises(CommandError, match="notes: 1 file differs"):
        mirror("--check", "notes")


def test_trouble_of_one_does_not_keep_the_others_from_their_files(two: list[Target]) -> None:
    two[0].folder.write_text("a file")
    with pytest.raises(CommandError, match=r"notes: .*a file or a link stands where a folder should be; move it away") as caught:
        mirror()
    assert caught.value.returncode == 1
    assert list(files(two[1].folder)) == ["hot-papers-2021-05-12.html"]
    states = dict(MirrorHealth.objects.values_list("name", "state"))
    assert states == {"notes": "refused", "blog": "ok"}
    two[0].folder.unlink()
    tasks.mirror_all()
    assert set(MirrorHealth.objects.values_list("state", flat=True)) == {"ok"}


@pytest.mark.parametrize(
    ("error", "state", "words", "reached"),
    [
        (KeyError("x"), "waiting", "the run ended in KeyError ('x'); it is tried again, and if that goes on, report", ["blog"]),
        (SoftTimeLimitExceeded(), "refused", "a worker's task may not last so long, so the run was stopped; run `manage.py", []),
    ],
)
def test_run_that_nobody_expects_to_end_is_told(
    two: list[Target], monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, words: str, reached: list[str]
) -> None:
    def source_of(target: Target) -> Source:
        if target is two[0]:
            raise error
        return made(target)

    made = running.source_of
    monkeypatch.setattr(running, "source_of", source_of)
    with pytest.raises(type(error)):
        tasks.mirror_all()
    assert [one.name for one in two if (one.folder / "mirror.json").exists()] == reached
    told = MirrorHealth.objects.get(name="notes")
    assert (told.state, told.good_at, told.message[: len(words)]) == (state, None, words)
    monkeypatch.undo()
    tasks.mirror_all()
    assert set(MirrorHealth.objects.values_list("state", flat=True)) == {"ok"}


def test_edit_of_a_person_is_told_and_ends_with_1(two: list[Target]) -> None:
    mirror()
    (two[0].folder / "2021-05-12---Hot-Papers.md").write_text("Theirs.")
    with pytest.raises(CommandError, match=r"their version is kept as 2021-05-12---Hot-Papers\.md\.theirs") as caught:
        mirror()
    assert caught.value.returncode == 1
    assert MirrorHealth.objects.get(name="notes").state == "refused"
    mirror()
    assert MirrorHealth.objects.get(name="notes").state == "ok"


def test_folder_that_is_not_configured_is_brought_up_to_date_as_well(tmp_path: Path, two: list[Target]) -> None:
    assert mirror("--to", tmp_path / "other", "--profile", "jekyll").endswith(
        "other: 1 new, 0 changed, 0 removed, 0 looked at and unchanged\n"
    )
    assert list(files(tmp_path / "other")) == ["_posts/2021-05-12-hot-papers-2021-05-12.md"]
    assert mirror("--to", tmp_path / "other", "--profile", "jekyll", "--check").endswith("other: up to date\n")
    assert MirrorHealth.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], 'No mirror is called "nobody"; the settings have notes, blog.'),
        (["--profile", "hugo"], "--profile goes with --to DIR"),
        (["notes", "--posts", "embeds"], "--posts goes with --to DIR"),
        (["--withdrawn", "tombstone"], "--withdrawn goes with --to DIR"),
        (["--to", "/tmp/x"], "--to DIR goes with --profile NAME"),
        (["notes", "--to", "/tmp/x", "--profile", "hugo"], "--to DIR goes with --profile NAME"),
        (["--posts", "all"], r"argument --posts: invalid choice: 'all' \(choose from '?markup'?, '?embeds'?\)"),
        (["--to", " ", "--profile", "hugo"], "argument --to: expected a file or a folder"),
        (["--to", "x" * 300, "--profile", "hugo"], "xxx cannot be a folder: File name too long; give another one"),
        (["--to", "/dev/null", "--profile", "hugo"], "/dev/null is a file; give a folder"),
        (["--to", "{notes}/x", "--profile", "hugo"], "belongs to the mirror notes: run `manage.py mirror notes`"),
    ],
)
def test_what_the_command_cannot_do_ends_with_2(two: list[Target], arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        mirror(*(one.format(notes=two[0].folder) for one in arguments))
    assert caught.value.returncode == 2 or words.startswith("argument")  # with the latter, manage.py ends with 2


def test_check_looks_at_every_mirror_and_writes_nothing_anywhere(two: list[Target]) -> None:
    mirror("blog")
    state = two[1].folder / ".mirror/state"
    before = state.read_bytes()
    (two[1].folder / "hot-papers-2021-05-12.html").write_text("Changed.")
    with pytest.raises(CommandError) as caught:
        mirror("--check")
    assert [line.partition(";")[0] for line in str(caught.value).splitlines()] == [
        f"notes: there is no folder {two[0].folder}",
        "blog: 1 file differs from what readers see",
    ]
    with pytest.raises(CommandError, match="2 files differ"):
        call_command("mirror", "--check", "--to", str(two[1].folder.rename(two[1].folder.with_name("x"))), "--profile", "jekyll")
    assert state.with_name("state").parent.parent.exists() is False
    assert (two[1].folder.with_name("x") / ".mirror/state").read_bytes() == before


def test_withdrawal_that_the_queue_swallowed_is_found_by_the_next_tick(two: list[Target]) -> None:
    tasks.mirror_all()
    withdraw(Digest.objects.get(), now=datetime(2021, 5, 14, tzinfo=UTC))
    tasks.mirror_one("notes")
    assert files(two[0].folder) == {}
    tasks.mirror_all()
    assert files(two[1].folder) == {}
