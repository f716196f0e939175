"""All programs run, or none."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
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


@pytest.fixture
def asked() -> Iterator[threading.Event]:
    """What asks the supervisor to stop; after a minute it does so by itself."""
    event = threading.Event()
    timer = threading.Timer(60, event.set)
    timer.start()
    yield event
    timer.cancel()


def counting(name: str, folder: Path, then: str) -> Program:
    """A program that notes each of its starts, and does something then."""
    code = f"import os, signal, time; open({str(folder / name)!r}, 'a').write('x'); {then}"
    return Program(name, [sys.executable, "-c", code, str(folder)], again=True)


def starts(name: str, folder: Path) -> int:
    return len((folder / name).read_text()) if (folder / name).exists() else 0


def test_run_starts_a_killed_program_again_with_a_pause_that_grows(
    tmp_path: Path, asked: threading.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.1)

    def ask_after_three_starts() -> None:
        if starts("Killed", tmp_path) >= 3:
            asked.set()

    programs = [sleeper("One", tmp_path), counting("Killed", tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")]
    assert supervisor.run(programs, asked=asked, stop_within_s=10, meanwhile=ask_after_three_starts) == ""
    told = [record.getMessage() for record in caplog.records if record.name == supervisor.__name__]
    assert told[:2] == ["Killed ended (killed by SIGKILL). It is started again in 0 s."] * 2
    assert [record.args[1] for record in caplog.records[:2]] == [0.1, 0.2]  # type: ignore[index]
    assert processes_naming(str(tmp_path)) == []


def test_run_ends_everything_when_a_program_cannot_be_started(tmp_path: Path) -> None:
    """Its exit status says that it found something wrong: it would again."""
    programs = [sleeper("One", tmp_path), counting("Wrong", tmp_path, "raise SystemExit(2)")]
    assert supervisor.run(programs, asked=threading.Event(), stop_within_s=10) == (
        "Wrong ended (exit status 2), so everything was stopped."
    )
    assert starts("Wrong", tmp_path) == 1
    assert processes_naming(str(tmp_path)) == []


def test_run_starts_a_program_again_that_ran_well_and_then_failed(
    tmp_path: Path, asked: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(supervisor, "SETTLED_AFTER_S", 0.0)
    go = tmp_path / "go"

    def look() -> None:
        if starts("Failing", tmp_path) == 1:
            threading.Timer(0.5, go.touch).start()
        elif starts("Failing", tmp_path) >= 3:
            asked.set()

    then = f"\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\nraise SystemExit(3)"
    assert supervisor.run([counting("Failing", tmp_path, then)], asked=asked, stop_within_s=10, meanwhile=look) == ""
    assert processes_naming(str(tmp_path)) == []


def test_run_leaves_no_child_of_the_program_that_it_starts_again(
    tmp_path: Path, asked: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child would hold the port that the program wants."""
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.1)
    seen = list[int]()
    child = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', 'child'])"

    def look() -> None:
        if starts("Parent", tmp_path) >= 2 and (
            left := [one for one in processes_naming(str(tmp_path)) if one.split()[-1] == "child"]
        ):
            seen.append(len(left))
            asked.set()

    then = f"{child}; time.sleep(600 if os.path.getsize({str(tmp_path / 'Parent')!r}) > 1 else 0.5); os.kill(os.getpid(), 9)"
    programs = [Program(**{**vars(counting("Parent", tmp_path, then)), "environment": os.environ | {"OF": str(tmp_path)}})]
    assert supervisor.run(programs, asked=asked, stop_within_s=0.5, meanwhile=look) == ""
    assert seen == [1]


def test_run_starts_again_what_it_only_watches(tmp_path: Path, asked: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.1)
    tries = list[int]()

    def start() -> subprocess.Popen[bytes]:
        tries.append(len(tries))
        if len(tries) == 1:
            raise supervisor.NotStarted("the disk is full")
        asked.set()
        return second

    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command) as first, subprocess.Popen(command) as second:
        first.kill()
        watched = {"The server": supervisor.Watched(first, start)}
        assert supervisor.run([sleeper("One", tmp_path)], asked=asked, stop_within_s=10, watched=watched) == ""
        assert (tries, second.poll()) == ([0, 1], None)  # its stop is somebody else's
        second.kill()
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
