"""What follows when files changed: the build, then the webhook, once each; what failed is tried again."""

import hashlib
import hmac
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from digests.mirror import hooks, running
from digests.mirror.hooks import HookError
from digests.mirror.targets import Target
from digests.models import Entry, MirrorHealth
from tests.factories import make_digest

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


class Receiver(ThreadingHTTPServer):
    """Takes webhooks, and keeps them."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers = 200
        self.is_endless = False
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def log_message(self, *_: object) -> None:
        """The tests' output is theirs."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.answers)
        if self.server.is_endless:
            with suppress(OSError):
                while True:
                    self.wfile.write(b"X-More: 1\r\n")
                    self.wfile.flush()
                    time.sleep(0.05)
            return
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def digest() -> None:
    make_digest(date(2021, 5, 12), papers=1)


def test_webhook_is_told_once_and_its_body_is_signed(receiver: Receiver, tmp_path: Path) -> None:
    target = Target("notes", tmp_path / "notes", webhook=receiver.address, webhook_secret="hunter2")
    running.run(target, NOW)
    running.run(target, NOW)
    [(headers, body)] = receiver.got
    assert headers["x-hotpapers-signature-256"] == "sha256=" + hmac.new(b"hunter2", body, hashlib.sha256).hexdigest()
    assert json.loads(body) == {
        "mirror": "notes",
        "profile": "lumen-2020",
        "changed": 1,
        "files": [{"file": "2021-05-12---Hot-Papers.md", "state": "new"}],
    }


def test_webhook_that_fails_is_called_again_by_the_next_run(receiver: Receiver, tmp_path: Path) -> None:
    target = Target("notes", tmp_path / "notes", webhook=receiver.address)
    receiver.answers = 500
    with pytest.raises(HookError, match="the webhook of notes answered 500; check MIRROR_NOTES_WEBHOOK and its secret"):
        running.run(target, NOW)
    row = MirrorHealth.objects.get()
    assert (row.state, row.owes) == ("waiting", True)
    receiver.answers = 204
    running.run(target, NOW)
    running.run(target, NOW)
    row.refresh_from_db()
    assert (row.state, row.owes, len(receiver.got)) == ("ok", False, 2)
    assert "x-hotpapers-signature-256" not in receiver.got[0][0]


def test_build_runs_in_the_folder_without_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alerts = ("EMAIL_URL", "ALERT_WEBHOOKS", "NOTICE_WEBHOOKS", "ALERT_PING_URL", "SENTRY_DSN")
    for name in ("SECRET_KEY", "MIRROR_NOTES_TOKEN", "MOVE_DATABASE_TO", "X_BEARER_TOKEN", *alerts):
        monkeypatch.setenv(name, f"hunter2-{name}")
    target = Target("notes", tmp_path / "notes", build=f"pwd > {tmp_path}/out; env >> {tmp_path}/out")
    running.run(target, NOW)
    said = (tmp_path / "out").read_text()
    assert said.splitlines()[0] == str(tmp_path / "notes")
    assert re.findall("hunter2-.*", said) == []
    assert "PATH=" in said


def test_build_that_fails_or_does_not_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HookError, match=r"the build \(echo no; exit 3\) failed with status 3: no; run it in .* by hand"):
        running.run(Target("notes", tmp_path / "notes", build="echo no; exit 3"), NOW)
    with pytest.raises(HookError, match=r"failed with status 3: no \[31m way; run it in") as caught:
        running.run(Target("codes", tmp_path / "codes", build=r"printf 'no\0\033[31m\nway'; exit 3"), NOW)
    assert MirrorHealth.objects.get(name="codes").message == str(caught.value)
    monkeypatch.setattr(hooks, "BUILD_WITHIN_S", 0.1)
    with pytest.raises(HookError, match=r"the build \(sleep 60\) had not ended after 0\.1 s and was stopped"):
        running.run(Target("other", tmp_path / "other", build="sleep 60"), NOW)


def test_build_that_prints_without_end_or_leaves_a_server_running_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "PRINTED_WITHIN_S", 0.1)
    command = f"sleep 600 & echo $! > {tmp_path}/server; yes 'a very long line' | head -c 30000000; echo; echo last words; exit 3"
    try:
        with pytest.raises(HookError, match=r"failed with status 3: .*a very long line .*last words; run it in"):
            running.run(Target("notes", tmp_path / "notes", build=command), NOW)
    finally:
        os.kill(int((tmp_path / "server").read_text()), signal.SIGKILL)


def test_webhook_that_answers_without_end_is_cut(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "WEBHOOK_WITHIN_S", 0.5)
    receiver.is_endless = True
    with pytest.raises(HookError, match=r"the webhook of notes failed: 127\.0\.0\.1 .*; check MIRROR_NOTES_WEBHOOK"):
        running.run(Target("notes", tmp_path / "notes", webhook=receiver.address), NOW)


def test_what_follows_a_run_that_was_killed_is_done_by_the_next(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target("notes", tmp_path / "notes", webhook=receiver.address)
    running.run(target, NOW)

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    Entry.objects.update(retweets=7)
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(hooks, "follow", killed)
        patched.setattr(running, "_remember", killed)  # killed before it could record what it had changed
        running.run(target, NOW)
    running.run(target, NOW)
    running.run(target, NOW)
    assert [json.loads(body)["changed"] for _, body in receiver.got] == [1, 0]
