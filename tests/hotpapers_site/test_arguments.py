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
