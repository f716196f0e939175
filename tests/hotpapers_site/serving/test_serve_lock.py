"""One `serve` a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from hotpapers_site.serving.serve_lock import NotAlone, alone

HOLD = """
import sys, time
from pathlib import Path
from hotpapers_site.serving.serve_lock import alone
with alone(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(600)
"""


def test_the_second_one_is_told_who_is_there_until_that_one_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        assert first.stdout.readline() == "in\n"
        with pytest.raises(NotAlone) as told, alone(tmp_path):
            pass
        assert told.value.number == first.pid
        first.kill()
    with alone(tmp_path):
        assert (tmp_path / "serve.lock").read_text().isdigit()


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with alone(tmp_path), alone(tmp_path / "other"), pytest.raises(NotAlone), alone(tmp_path):
        pass
