"""All programs, or none."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hotpapers_site.serving import supervisor
from hotpapers_site.serving.supervisor import Program
from tests.processes import processes_naming

PATIENT = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"


def sleeper(name: str, folder: Path) -> Program:
    return Program(name, [sys.executable, "-c", "import time; time.sleep(600)", str(folder)])


def test_run_stops_all_programs_when_asked(tmp_path: Path) -> None:
    asked = threading.Event()
    threading.Timer(0.5, asked.set).start()
    assert supervisor.run([sleeper("One", tmp_path), sleeper("Two", tmp_path)], asked=asked, stop_within_s=10) == ""
    assert processes_naming(str(tmp_path)) == []


def test_run_ends_everything_with_words_when_a_program_ends(tmp_path: Path) -> None:
    programs = [sleeper("One", tmp_path), Program("The other", [sys.executable, "-c", "raise SystemExit(3)"])]
    ended = supervisor.run(programs, asked=threading.Event(), stop_within_s=10)
    assert ended == "The other ended (exit status 3), so everything was stopped."
    assert processes_naming(str(tmp_path)) == []


def test_run_notices_the_end_of_what_it_only_watches(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as watched:
        watched.kill()
        ended = supervisor.run(
            [sleeper("One", tmp_path)], asked=threading.Event(), stop_within_s=10, watched={"The server": watched}
        )
    assert ended == "The server ended (killed by SIGKILL), so everything was stopped."
    assert processes_naming(str(tmp_path)) == []


def test_run_kills_what_does_not_stop_and_its_children(tmp_path: Path) -> None:
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {PATIENT!r}, {str(tmp_path)!r}]); {PATIENT}"
    asked = threading.Event()

    def ask_when_both_run() -> None:
        while len(processes_naming(str(tmp_path))) < 2:
            time.sleep(0.05)
        asked.set()

    threading.Thread(target=ask_when_both_run).start()
    programs = [Program("Stubborn", [sys.executable, "-c", child, str(tmp_path)])]
    assert supervisor.run(programs, asked=asked, stop_within_s=0.3) == ""
    # The grandchild is nobody's child now: the kernel takes a moment to clear it away.
    deadline = time.monotonic() + 10
    while processes_naming(str(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_naming(str(tmp_path)) == []


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_requests_turns_a_signal_into_an_event(kind: signal.Signals) -> None:
    before = signal.getsignal(kind)
    with supervisor.stop_requests() as asked:
        os.kill(os.getpid(), kind)
        assert asked.wait(5)
    assert signal.getsignal(kind) == before
