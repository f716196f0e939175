"""Backups that are interrupted, damaged, named oddly, or older than what somebody asked for since."""

import gzip
import io
import os
import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from hotpapers_site.databases import backups, copying
from papers.counts.erased_on_request import erase_author, erase_post
from papers.models import Erasure, Tweet
from tests.factories import make_paper, make_tweet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.usefixtures("tables_by_copy")]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def said(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_only_other_backups_named_by_the_time_are_deleted(tmp_path: Path) -> None:
    """What a person named stays and counts for nothing; one from a clock that was ahead does not cost the one just made."""
    named = ("hotpapers-before-upgrade.tar.gz", "hotpapers-20260101-000000.tar.gz", "hotpapers-20990101-000000.tar.gz")
    for name in named:
        (tmp_path / name).touch()
    made = said("backup", "--keep", "2", str(tmp_path)).partition(":")[0]
    assert {str(path) for path in tmp_path.iterdir()} == {made, str(tmp_path / named[0]), str(tmp_path / named[2])}


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_nothing_stays_of_a_backup_that_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: signal.Signals
) -> None:
    before = signal.getsignal(asked)
    monkeypatch.setattr(copying, "copy", lambda *_: os.kill(os.getpid(), asked))
    with pytest.raises(SystemExit, match=str(128 + asked)):
        backups.make(tmp_path / "one.tar.gz", lambda *_: None)
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(asked) == before


def test_what_a_killed_backup_left_goes_with_the_next_one(tmp_path: Path) -> None:
    for name, hours in ((".backup-left", 13), (".backup-of-another-that-runs", 1)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "database.sqlite3").touch()
        for path in (tmp_path / name / "database.sqlite3", tmp_path / name):
            os.utime(path, (time.time() - 3600 * hours,) * 2)
    backups.make(tmp_path / "one.tar.gz", lambda *_: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".backup-of-another-that-runs", "one.tar.gz"]


def test_damage_is_told_wherever_it_is(tmp_path: Path) -> None:
    make_tweet(make_paper())
    path, other = tmp_path / "one.tar.gz", tmp_path / "other.tar.gz"
    backups.make(path, lambda *_: None)
    whole = path.read_bytes()
    # Behind the head of the file, in which nothing matters; the last place holds the checksum of all of it.
    places = [*random.Random(1).sample(range(200, len(whole) - 16), 20), len(whole) - 16]
    for place in places:
        damaged = bytearray(whole)
        damaged[place : place + 16] = bytes(byte ^ 0xFF for byte in whole[place : place + 16])
        other.write_bytes(damaged)
        with pytest.raises(CommandError, match=r"is not a backup that can be read|is damaged"):
            call_command("restore", str(other), "--check")
    unpacked = gzip.decompress(whole).replace(b"CREATE TABLE", b"CREATE TUBLE")  # packed again, so that no checksum tells it
    other.write_bytes(gzip.compress(unpacked))
    with pytest.raises(CommandError, match=r"is damaged: malformed database schema"):
        call_command("restore", str(other), "--check")


def test_what_was_erased_since_is_erased_again(tmp_path: Path) -> None:
    paper = make_paper()
    kept, post, *_ = (
        make_tweet(paper, author_id=id, author_handle=handle)
        for id, handle in (("1", "ann"), ("2", "bob"), ("3", "carl"), ("3", "carl_before"))
    )
    path = tmp_path / "before.tar.gz"
    backups.make(path, lambda *_: None)
    erase_post(post.network, post.status_id, reason="ticket 1", now=NOW)
    erase_author(post.network, "@Carl", reason="ticket 2", now=NOW)
    requests = sorted(Erasure.objects.values_list("key", "reason", "at"))

    answer = said("restore", str(path), "--replace")

    assert "3 posts were erased again: somebody had asked for it after the backup was made." in answer
    assert set(Tweet.objects.exclude(state=Tweet.State.ERASED)) == {kept}
    assert {(one.body_html, one.author_handle, one.author_id) for one in Tweet.objects.exclude(pk=kept.pk)} == {("", "", "")}
    assert sorted(Erasure.objects.values_list("key", "reason", "at")) == requests


def test_a_database_that_knows_of_no_requests_says_that_they_are_to_be_repeated(tmp_path: Path) -> None:
    backups.make(tmp_path / "one.tar.gz", lambda *_: None)
    assert "Posts erased on request after that moment are back: erase them again" in said("restore", str(tmp_path / "one.tar.gz"))


def test_a_backup_does_not_take_the_place_of_a_newer_version(tmp_path: Path) -> None:
    backups.make(tmp_path / "one.tar.gz", lambda *_: None)
    MigrationRecorder(connection).record_applied("papers", "9999_later")
    try:
        with pytest.raises(CommandError, match=r"newer version of Hot Papers \(papers 9999_later\).* into an empty database"):
            call_command("restore", str(tmp_path / "one.tar.gz"), "--replace")
    finally:
        MigrationRecorder(connection).record_unapplied("papers", "9999_later")
