"""The small setup, `manage.py serve` with SQLite and the embedded broker, whose one disk is full."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx

from tests.deployed.faults.disks import fill, small_disk
from tests.deployed.faults.suffering import ALERT_WITHIN_S, BACK_WITHIN_S, Faults, NotSurvived
from tests.deployed.machine import until
from tests.deployed.rehearsal import say
from tests.deployed.servers import BASE
from tests.servers import free_port

DISK, FREE_MIB = "400m", "50"
SAMPLES = ("from digests.models import Digest; print(Digest.objects.filter(status='published').order_by('date').first().date)",)


class Small:
    def __init__(self, on: Faults) -> None:
        self.port, folder = free_port(), on.on.folder / "small"
        (folder / "var").mkdir(parents=True)
        self.var, self.log = folder / "var", folder / "log"
        large = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "BEHIND_PROXY", "MIRROR_DIR"}
        kept = {name: value for name, value in on.on.environment.items() if name not in large}
        nowhere = {
            f"ARXIV_{name}_BASE": f"http://127.0.0.1:{free_port()}" for name in ("API", "RSS", "WEB")
        }  # so the samples stay
        self.environment = kept | nowhere | {"VAR_DIR": str(self.var), "DISK_FREE_MIB": FREE_MIB, "HASHED_STATIC": "false"}

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=BASE, env=self.environment, capture_output=True, text=True, check=False)

    def get(self, path: str) -> int:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", trust_env=False, timeout=30).status_code

    def answers(self) -> bool:
        with suppress(httpx.TransportError):
            return self.get("/") == 200
        return False

    @contextmanager
    def served(self) -> Iterator["subprocess.Popen[bytes]"]:
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        with self.log.open("wb") as log:
            process = subprocess.Popen(command, cwd=BASE, env=self.environment | {"LOG_LEVEL": "info"}, stdout=log, stderr=log)
        try:
            until(self.answers, 120, "the small setup answers")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def full_var(on: Faults) -> None:
    """Nothing can be written any more: not the database, not the queue. Readers go on; then there is room again."""
    small = Small(on)
    with small_disk(small.var, DISK) as filler:
        if filler is None:
            say("A full VAR_DIR: left out, since this machine lets nobody mount a small disk")
            return
        with small.served() as process:
            until(lambda: not small.manage("status").returncode, 120, "all is well in the small setup")
            day = small.manage("shell", "-v", "0", "-c", *SAMPLES).stdout.strip().splitlines()[-1]
            told_before = on.alerts.count("The disk of")
            fill(filler)
            until(lambda: on.alerts.count("The disk of")[0] > told_before[0], ALERT_WITHIN_S, "the alert of the full VAR_DIR")
            codes = [
                small.get(page) for page in ("/", f"/posts/hot-papers-{day}", "/archive", "/papers", "/search?q=nobody+asked")
            ]
            if codes != [200] * len(codes):
                raise NotSurvived(f"pages while VAR_DIR is full: {codes}")
            refused = small.manage("withdraw_digest", day)
            if not refused.returncode or "Traceback" in refused.stderr:
                raise NotSurvived(f"a withdrawal while VAR_DIR is full: {refused.returncode} {refused.stderr[-500:]}")
            if small.get(f"/posts/hot-papers-{day}") != 200:
                raise NotSurvived("the refused withdrawal took the page away")
            filler.unlink()
            took_s = until(lambda: not small.manage("withdraw_digest", day).returncode, BACK_WITHIN_S, "writing again")
            until(lambda: on.alerts.count("The disk of")[1] > told_before[1], ALERT_WITHIN_S, "the end of the full VAR_DIR")
            until(lambda: not small.manage("status").returncode, BACK_WITHIN_S, "all is well again in the small setup")
            if small.get(f"/posts/hot-papers-{day}") != 404 or process.poll() is not None:
                raise NotSurvived("the small setup did not go on")
    on.row(
        "VAR_DIR of the small setup full, then free", f"{took_s:.0f} s", "", f"{len(codes)}, 0 failed", "", "once, and its end"
    )
