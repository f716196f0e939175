import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from papers.sources.gate import Gate, GateBusy
from papers.sources.http import RateLimited, Transient
from tests.conftest import absent
from tests.standins.arxiv import ArxivStandin, gaps
from tests.standins.serving import Reply
from tests.standins.world import World

INTERVAL_S = 0.2
WORKER = """
import sys
from pathlib import Path
from papers.sources import http
from papers.sources.gate import Gate, GateBusy

url, redis_url, folder, name, times = sys.argv[1:]
gate = Gate(name, 0.2, redis_url=redis_url, folder=Path(folder), longest_s=2)
with http.client() as client:
    for _ in range(int(times)):
        with gate:
            http.fetch(client, "GET", url, max_bytes=10_000_000, deadline_s=60)
"""


@pytest.fixture(params=["folder", "redis"])
def redis_url(request: pytest.FixtureRequest) -> str:
    if request.param == "folder":
        return ""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        absent("no REDIS_URL; run through tests.servers")
    return url


def worker(url: str, redis_url: str, folder: Path, times: int) -> subprocess.Popen[bytes]:
    """A process of its own that asks through the gate of this folder, or of the same name in Redis."""
    return subprocess.Popen([sys.executable, "-c", WORKER, url, redis_url, str(folder), folder.name, str(times)])


def gate(redis_url: str, folder: Path, interval_s: float = INTERVAL_S) -> Gate:
    return Gate(folder.name, interval_s, redis_url=redis_url, folder=folder, longest_s=2)


def test_gate_keeps_four_processes_apart(redis_url: str, tmp_path: Path) -> None:
    with ArxivStandin(World(papers_a_day=3)) as standin:
        workers = [worker(f"{standin.url}/list/cs/new", redis_url, tmp_path, 3) for _ in range(4)]
        codes = [process.wait(60) for process in workers]

    assert (codes, len(standin.visits)) == ([0] * 4, 12)
    assert min(gaps(standin.visits)) >= INTERVAL_S


def test_gate_survives_the_death_of_its_holder(redis_url: str, tmp_path: Path) -> None:
    with ArxivStandin(World(papers_a_day=3)) as standin:
        standin.fault("/list", Reply(200, stall_s=60))
        holder = worker(f"{standin.url}/list/cs/new", redis_url, tmp_path, 1)
        while not standin.requests:  # pytest-timeout is the bound
            assert holder.poll() is None
            time.sleep(0.01)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        killed = time.monotonic()

        with gate(redis_url, tmp_path):  # the folder's lock goes with its process, that in Redis after 2 s
            waited_s = time.monotonic() - killed

    assert waited_s >= INTERVAL_S


def test_gate_lets_nobody_in_while_it_is_held(redis_url: str, tmp_path: Path) -> None:
    began = time.time()
    with gate(redis_url, tmp_path) as first:
        first.hold(30)

    with pytest.raises(RateLimited) as caught, gate(redis_url, tmp_path):
        pass

    wait_s = caught.value.wait_s
    assert wait_s is not None
    assert began + 30 - time.time() <= wait_s <= 30


def test_gate_opens_after_a_hold(redis_url: str, tmp_path: Path) -> None:
    with gate(redis_url, tmp_path, interval_s=0.01) as first:
        first.hold(0.1)
    time.sleep(0.1)

    with gate(redis_url, tmp_path, interval_s=0.01) as second:
        assert second.name == tmp_path.name


def test_gate_opens_after_an_error_inside(redis_url: str, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), gate(redis_url, tmp_path):
        1 / 0  # noqa: B018

    with gate(redis_url, tmp_path) as second:
        assert second.name == tmp_path.name


def test_gate_names_the_setting_where_redis_is_away(tmp_path: Path) -> None:
    with pytest.raises(Transient, match=r"Redis \(REDIS_URL\)"), gate("redis://127.0.0.1:1/0", tmp_path):
        pass


def test_gate_keeps_the_answer_where_redis_goes_away_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = os.environ.get("REDIS_URL", "")
    if not url:
        absent("no REDIS_URL; run through tests.servers")

    def away(*_: object, **__: object) -> None:
        raise redis.ConnectionError("gone")

    entered = gate(url, tmp_path)
    with entered:
        monkeypatch.setattr(redis.Redis, "execute_command", away)
    monkeypatch.undo()

    with gate(url, tmp_path) as second:
        assert second.name == tmp_path.name


def test_who_has_no_patience_leaves_a_busy_gate_and_asks_nothing(redis_url: str, tmp_path: Path) -> None:
    hasty = Gate(tmp_path.name, INTERVAL_S, redis_url=redis_url, folder=tmp_path, longest_s=2, patience_s=0.1)
    with gate(redis_url, tmp_path), pytest.raises(GateBusy), hasty:
        pytest.fail("two are at the gate")
    with hasty:
        pass
    with hasty, pytest.raises(GateBusy):  # so does a second thread of the same process
        hasty.__enter__()
