"""What is done after a mirror's files changed: a build command, and a webhook with a signed body."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import threading
from contextlib import nullcontext
from pathlib import Path

from django.conf import settings

from digests.mirror.targets import Target
from digests.mirror.writing import Report
from papers.sources.http import SourceError, client, fetch
from papers.text.visible import without_controls

BUILD_WITHIN_S = 600
WEBHOOK_WITHIN_S = 10.0
SIGNATURE = "X-Hotpapers-Signature-256"
LAST_LINES = 300
"""Characters of a build's output that are reported."""
PRINTED_WITHIN_S = 5.0
"""How long the last words of a build that has ended are waited for."""
LARGEST_ANSWER = 1 << 20
"""In bytes."""
WITH_PASSWORDS = {"DATABASE_URL", "REDIS_URL", "MOVE_DATABASE_TO", "X_BEARER_TOKEN", "BLUESKY_APP_PASSWORD"}
"""Not for builds, besides settings.SECRET_VARIABLES: addresses that may hold a password, and tokens also of a network that is
off, which the settings do not read."""


class HookError(Exception):
    """A build or webhook failed; the next run tries again. The message says what to do."""

    passes = True


def follow(target: Target, report: Report) -> None:
    """Run the build, then call the webhook. Raises HookError."""
    if target.build:
        build(target.build, target.files)
    if target.webhook:
        call(target, report)


def build(command: str, folder: Path) -> None:
    """Run the command line in the folder, without this site's secrets in its environment."""
    secret = WITH_PASSWORDS | settings.SECRET_VARIABLES
    shown = {name for name in os.environ if name not in secret and not name.startswith("MIRROR_")}
    environment = {name: value for name, value in os.environ.items() if name in shown}
    process = subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    said = _LastWords(process)
    try:
        process.wait(BUILD_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise HookError(
            f"the build ({command}) had not ended after {BUILD_WITHIN_S} s and was stopped; make it faster, or run it elsewhere"
        ) from None
    if process.returncode:
        raise HookError(
            f"the build ({command}) failed with status {process.returncode}: {said.read() or 'it printed nothing'}; "
            f"run it in {folder} by hand, fix what it says, then `manage.py mirror`"
        )


class _LastWords(threading.Thread):
    """Reads what a process prints, however much that is, and keeps its end. Programs that it leaves running may print on."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self._process, self._end = process, b""
        self.start()

    def run(self) -> None:
        with self._process.stdout or nullcontext() as output:
            while output and (some := os.read(output.fileno(), 1 << 16)):
                self._end = (self._end + some)[-4 * LAST_LINES :]

    def read(self) -> str:
        self.join(PRINTED_WITHIN_S)
        said = without_controls(self._end.decode(errors="replace"))
        return " ".join(said.split())[-LAST_LINES:].strip()


def call(target: Target, report: Report) -> None:
    """POST what changed as JSON; with a secret, signed as GitHub signs (HMAC-SHA256 of the body)."""
    files = [{"file": name, "state": str(state)} for name, state in report.changed[:1000]]
    body = json.dumps({"mirror": target.name, "profile": target.profile, "changed": len(report.changed), "files": files})
    headers = {"Content-Type": "application/json"}
    if target.webhook_secret:
        headers[SIGNATURE] = "sha256=" + signature(body.encode(), target.webhook_secret)
    try:
        with client(contact_email=settings.CONTACT_EMAIL) as http:
            answer = fetch(
                http, "POST", target.webhook, headers=headers, content=body.encode(), max_bytes=LARGEST_ANSWER,
                deadline_s=WEBHOOK_WITHIN_S,
            )  # fmt: skip
    except SourceError as error:
        raise HookError(
            f"the webhook of {target.name} failed: {str(error).rstrip('.')}; check MIRROR_{target.name.upper()}_WEBHOOK"
        ) from error
    if not 200 <= answer.status < 300:
        raise HookError(
            f"the webhook of {target.name} answered {answer.status}; check MIRROR_{target.name.upper()}_WEBHOOK and its secret"
        )


def signature(body: bytes, secret: str) -> str:
    """Return the HMAC-SHA256 of the body, as hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
