"""Wrong arguments of a command: one sentence that says which, and where to find help."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from hotpapers_site.databases import copying


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--keep", "x"], "argument --keep: invalid int value: 'x'"),
        (["--keeps", "1"], "unrecognized arguments: --keeps"),
        ([""], "argument path: expected a file or a folder (. for this one)"),
    ],
)
def test_a_wrong_argument_is_told_in_one_sentence(arguments: list[str], sentence: str) -> None:
    command = [sys.executable, "manage.py", "backup", *arguments]
    told = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    help_is = "`manage.py backup --help` says what it takes.\n"
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"manage.py backup: {sentence}. {help_is}")


@pytest.mark.parametrize(
    ("keep", "path", "sentence"),
    [
        (0, "backups", "--keep is 0; give the number of backups to keep, 1 or more."),
        (2, "one.tar.gz", "--keep goes with a folder, and one.tar.gz is one file. Give its folder, or leave out --keep."),
    ],
)
def test_backup_says_what_is_wrong_with_keep(keep: int, path: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "snapshot", None)  # nothing is begun
    with pytest.raises(CommandError) as error:
        call_command("backup", path, keep=keep)
    assert str(error.value) == sentence


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["export_posts", "--out", ""], "Error: argument --out: expected a file or a folder (. for this one)"),
        (["import_posts", " "], "Error: argument PATH: expected a file or a folder (. for this one)"),
        (["restore", ""], "Error: argument FILE: expected a file or a folder (. for this one)"),
        (["serve", "--archive="], "Error: argument --archive: expected a file or a folder (. for this one)"),
        (["export_posts", f"--out=/{'x' * 300}"], f"/{'x' * 300}: File name too long; give another folder."),
        (
            ["export_posts", "--out=/nowhere", "--since=2021-05-12", "--until=2021-05-11"],
            "--since 2021-05-12 is after --until 2021-05-11; give the first day, then the last.",
        ),
        (["backfill", "--since=0001-01-01"], "0001-01-01 is before arXiv began; give a day from 1991-08-14 on."),
        (
            ["sandbox", "--papers=99999999999"],
            "--speed must be above 0, --papers from 1 to 100,000, and --tweets from 0 to 100,000.",
        ),
        (
            ["erase_posts", "--post=x:1", "--reason= "],
            "--reason is empty; say who asked, without personal data, for example “ticket 17”.",
        ),
        (
            ["erase_posts", "--post=", "--reason=x"],
            "--post is ''; expected the address of a post on X, Bluesky, Hacker News, Hugging Face, with a handle that is in use, "
            "or NETWORK:ID.",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_is_empty_too_long_or_out_of_range_is_refused_before_anything_is_done(command: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as error:
        call_command(*command)
    assert str(error.value) == sentence
