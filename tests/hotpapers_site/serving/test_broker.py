"""The embedded Redis-protocol server, the real one."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from django.conf import settings as configured
from pytest_django.fixtures import Settings

from hotpapers_site.serving import broker
from tests.processes import processes_naming

RACER = """
import sys, django
django.setup()
from hotpapers_site.serving import broker
with broker.embedded() as started:
    print("started" if started else "reused", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def var_dir(tmp_path: Path, settings: Settings) -> Path:
    """VAR_DIR in a folder of its own; it is short enough for a socket."""
    settings.VAR_DIR, settings.REDIS_SOCKET = tmp_path, tmp_path / "redis.sock"
    return tmp_path


def racer(folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"VAR_DIR": str(folder), "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", RACER],
        env=environment,
        cwd=configured.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)


def test_embedded_serves_on_a_private_socket_and_leaves_nothing(var_dir: Path) -> None:
    with broker.embedded() as server:
        assert server is not None
        assert (var_dir / "redis.sock").stat().st_mode & 0o777 == 0o700
        with redis.Redis(unix_socket_path=str(var_dir / "redis.sock")) as client:
            assert client.ping() is True
            assert client.config_get("port") == {"port": "0"} or client.config_get("port") == {b"port": b"0"}
    assert server.poll() is not None
    assert not (var_dir / "redis.sock").exists()


def test_embedded_keeps_messages_after_a_kill(var_dir: Path) -> None:
    with broker.embedded() as server, redis.Redis(unix_socket_path=str(var_dir / "redis.sock")) as client:
        assert server is not None
        client.config_set("appendfsync", "always")
        for number in range(100):
            client.rpush("queue", number)
        server.send_signal(signal.SIGKILL)
        server.wait()
    with broker.embedded(), redis.Redis(unix_socket_path=str(var_dir / "redis.sock")) as client:
        assert client.llen("queue") == 100


@pytest.mark.slow
def test_embedded_is_started_by_one_of_many_and_stopped_by_the_last(tmp_path: Path) -> None:
    racers = [racer(tmp_path) for _ in range(4)]
    try:
        states = {process: said(process) for process in racers}
        assert sorted(states.values()) == ["reused", "reused", "reused", "started"]
        # The one that started it leaves first; the others still have it.
        first = next(process for process, state in states.items() if state == "started")
        leave(first)
        with redis.Redis(unix_socket_path=str(tmp_path / "redis.sock")) as client:
            assert client.ping() is True
        for process in racers:
            if process is not first:
                leave(process)
        assert not (tmp_path / "redis.sock").exists()
        assert processes_naming(str(tmp_path)) == []
    finally:
        for process in racers:
            process.kill()
            process.communicate()


def test_embedded_says_that_the_path_is_too_long(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR, settings.REDIS_SOCKET = tmp_path, tmp_path / ("long" * 30)
    with pytest.raises(broker.BrokerError, match="too long for a Unix socket: set VAR_DIR to a shorter one"), broker.embedded():
        pass


def test_embedded_says_why_the_server_did_not_start(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "server_program", lambda: "/bin/false")
    with pytest.raises(broker.BrokerError, match=r"/bin/false did not start .*it said nothing"), broker.embedded():
        pass
    assert not (var_dir / "redis.sock").exists()


def test_server_program_prefers_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "redis-server" else None)
    assert broker.server_program() == "/usr/bin/redis-server"
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert Path(broker.server_program()).name.endswith("-server")


def test_another_programs_socket_is_left_alone(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "ANSWER_WITHIN_S", 0.5)
    settings.VAR_DIR, settings.REDIS_SOCKET = tmp_path, tmp_path / "redis.sock"
    with socket.socket(socket.AF_UNIX) as theirs:
        theirs.bind(str(settings.REDIS_SOCKET))
        theirs.listen()
        with pytest.raises(broker.BrokerError, match="Another program listens at"), broker.embedded():
            pytest.fail("it started")
    assert settings.REDIS_SOCKET.exists()
    with broker.embedded() as server:  # the one that nobody listens at any more is removed
        assert server is not None
    assert not settings.REDIS_SOCKET.exists()
    settings.REDIS_SOCKET.write_text("notes")
    with pytest.raises(broker.BrokerError, match="is another file"), broker.embedded():
        pytest.fail("it started")
    assert settings.REDIS_SOCKET.read_text() == "notes"
