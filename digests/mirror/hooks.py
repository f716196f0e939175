"""What is done after a mirror's files changed: a build command, and a webhook with a signed body."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
from pathlib import Path

import httpx
from django.conf import settings

from digests.mirror.targets import Target
from digests.mirror.writing import Report

BUILD_WITHIN_S = 600
WEBHOOK_WITHIN_S = 10.0
SIGNATURE = "X-Hotpapers-Signature-256"
LAST_LINES = 300
"""Characters of a build's output that are reported."""


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
    secret = {name for name in os.environ if name in settings.SECRET_VARIABLES or name.startswith("MIRROR_")}
    environment = {name: value for name, value in os.environ.items() if name not in secret}
    process = subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=BUILD_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise HookError(
            f"the build ({command}) had not ended after {BUILD_WITHIN_S} s and was stopped; make it faster, or run it elsewhere"
        ) from None
    if process.returncode:
        said = " ".join(output.decode(errors="replace").split())[-LAST_LINES:]
        raise HookError(
            f"the build ({command}) failed with status {process.returncode}: {said or 'it printed nothing'}; "
            f"run it in {folder} by hand, mend what it says, then `manage.py mirror`"
        )


def call(target: Target, report: Report) -> None:
    """POST what changed as JSON; with a secret, signed as GitHub signs (HMAC-SHA256 of the body)."""
    files = [{"file": name, "state": str(state)} for name, state in report.changed[:1000]]
    body = json.dumps({"mirror": target.name, "profile": target.profile, "changed": len(report.changed), "files": files})
    headers = {"Content-Type": "application/json", "User-Agent": "hotpapers-mirror"}
    if target.webhook_secret:
        headers[SIGNATURE] = "sha256=" + signature(body.encode(), target.webhook_secret)
    try:
        answer = httpx.post(target.webhook, content=body.encode(), headers=headers, timeout=WEBHOOK_WITHIN_S)
    except httpx.HTTPError as error:
        raise HookError(
            f"the webhook of {target.name} could not be reached ({type(error).__name__}); "
            f"check MIRROR_{target.name.upper()}_WEBHOOK"
        ) from error
    if not answer.is_success:
        raise HookError(
            f"the webhook of {target.name} answered {answer.status_code}; "
            f"check MIRROR_{target.name.upper()}_WEBHOOK and its secret"
        )


def signature(body: bytes, secret: str) -> str:
    """Return the HMAC-SHA256 of the body, as hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
