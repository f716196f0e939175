"""The file `.env`: each line sets a variable, or somebody is told that it does not."""

import os
from pathlib import Path

import pytest

from hotpapers_site.environment import read_file


@pytest.mark.parametrize(
    ("written", "problems"),
    [
        ("\ufeffHOT_SCORE=60\r\n# a comment\r\n\r\nexport SHOWN_TWEETS='7'\r\n", []),
        ("HOT_SCORE=60\nSHOWN_TWEETS = 7\n", [2]),
        ("HOT_SCORE=60\nSHOWN_TWEETS: 7\nX_BEARER_TOKEN a-secret\n", [2, 3]),
        ("set SHOWN_TWEETS=7\nHOT_SCORE=60", [1]),
        ("HOT_SCORE=60\nSHOWN_TWEETS=7\0\n#\0", [2]),
    ],
)
def test_line_of_the_file_that_sets_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, problems: list[int]
) -> None:
    for name in ("HOT_SCORE", "SHOWN_TWEETS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)  # what the file sets goes again, too
    file = tmp_path / ".env"
    file.write_bytes(written.encode())
    assert read_file(file) == [
        f"Line {number} of {file} is no setting; expected NAME=value without spaces around =, for example HOT_SCORE=50"
        for number in problems
    ]
    assert (os.environ["HOT_SCORE"], os.environ.get("SHOWN_TWEETS")) == ("60", None if problems else "7")


def test_file_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text").write_bytes("HOT_SCORE=60".encode("utf-16"))
    for name, reason in (("text", "it is not UTF-8"), (".", "Is a directory")):
        with pytest.raises(SystemExit, match="2"):
            read_file(tmp_path / name)
        assert f"{tmp_path / name} cannot be read ({reason}); expected lines such as" in capsys.readouterr().err
