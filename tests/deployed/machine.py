"""One machine with all of it: two web servers, six workers, two beats, two followers, and a supervisor that starts what ended."""

import contextlib
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hotpapers_site.queues import QUEUES
from hotpapers_site.serving.leftovers import ends_with_parent
from tests.deployed.servers import BASE, NAME, Postgres, nginx_command, redis_command
from tests.servers import free_port
from tests.standins.serving import Reply, Request, Standin

RESTART_S = 1.0
WORKERS = {"a": list(QUEUES), "b": ["collecting", "mirror"]}
"""On each of two machines."""


class Alerts(Standin):
    """Takes the alerts of a webhook."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def answer(self, request: Request) -> Reply:
        if request.path == "/hook":
            self.texts.append(request.body.decode())
        return Reply(200, b"ok")

    def count(self, words: str) -> tuple[int, int]:
        """How often it was told that this began, and that it is over."""
        over = sum(f"Over: {words}" in text for text in self.texts)
        return sum(words in text for text in self.texts) - over, over


@dataclass
class Machine:
    folder: Path
    settings: Mapping[str, str]
    app: Path = BASE
    """The release that is started."""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, list[str]] = field(default_factory=dict)
    of_host: dict[str, dict[str, str]] = field(default_factory=dict)
    """Further variables of the processes of a machine, `a` or `b`."""
    before: dict[str, list[str]] = field(default_factory=dict)
    """What stands before the commands of a machine, `ip netns exec …` for example."""
    down: set[str] = field(default_factory=set)
    """What the supervisor leaves alone."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.postgres, self.second = Postgres(self.folder / "postgres"), Postgres(self.folder / "second")
        self.redis_port, self.https_port = free_port(), free_port()
        self.web_ports = {"web a": free_port(), "web b": free_port()}
        self.mirror = self.folder / "mirror"
        self._ended = threading.Event()
        self._lock = threading.RLock()  # the supervisor starts nothing twice

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "DATABASE_URL": self.database_url(),
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "SECRET_KEY": "a-rehearsal-needs-a-key-of-32-characters",
            "SITE_URL": f"https://{NAME}",
            "BEHIND_PROXY": "true",
            "HASHED_STATIC": "true",
            "VAR_DIR": str(self.folder / "var"),
            "MIRROR_DIR": str(self.mirror),
            "LOG_FORMAT": "json",
            "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings",
            **self.settings,
        }

    def database_url(self) -> str:
        """Of both servers, of which mostly the first alone runs."""
        places = ",".join(f"127.0.0.1:{one.port}" for one in (self.postgres, self.second))
        return f"postgres://hotpapers@{places}/hotpapers"

    def manage(self, *arguments: str, **environment: str) -> str:
        """What a command says; RuntimeError where it fails."""
        done = self.try_manage(*arguments, **environment)
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def try_manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=self.app, env=self.environment | environment, capture_output=True, text=True, check=False
        )

    def install(self) -> None:
        """Servers, database and static files; nothing of the product runs yet."""
        self.postgres.create()
        self.postgres.start()
        self.postgres.make_database("hotpapers")
        self.commands["redis"] = redis_command(self.folder / "redis", self.redis_port)
        self.commands["nginx"] = nginx_command(self.folder / "nginx", self.https_port, list(self.web_ports.values()))
        self.start("redis")
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")

    def define(self) -> None:
        """The commands of the units in deploy/systemd."""
        celery = [sys.executable, "-m", "celery", "--app", "hotpapers_site", "--quiet"]
        for name, port in self.web_ports.items():
            self.commands[name] = [sys.executable, "manage.py", "web", "--port", str(port)]
        for host, queues in WORKERS.items():
            for queue in queues:
                options = ["--queues", queue, "--hostname", f"{queue}@{host}", "--concurrency", "1"]
                self.commands[f"worker {queue} {host}"] = [*celery, "worker", *options, "--without-gossip", "--without-mingle"]
            self.commands[f"beat {host}"] = [*celery, "beat", "--pidfile="]
            self.commands[f"follower {host}"] = [sys.executable, "manage.py", "follow_bluesky"]

    def start(self, *names: str) -> None:
        for name in names or list(self.commands):
            with self._lock:
                self.down.discard(name)
                if name not in self.running or self.running[name].poll() is not None:
                    self.running[name] = self._started(name)

    def _started(self, name: str) -> "subprocess.Popen[bytes]":
        host = name.rpartition(" ")[2]
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            return subprocess.Popen(
                [*self.before.get(host, []), *self.commands[name]],
                cwd=self.app,
                env=self.environment | self.of_host.get(host, {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=ends_with_parent(signal.SIGKILL),
            )

    def stop(self, *names: str) -> None:
        """As systemd does; they stay down until they are started."""
        for name in names:
            self.down.add(name)
            self.running[name].send_signal(signal.SIGQUIT if name.startswith("worker") else signal.SIGTERM)
        for name in names:
            try:
                self.running[name].wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self.running[name].pid, signal.SIGKILL)

    def kill(self, name: str, *, down: bool = False) -> None:
        """kill -9 of the process; its children may go on, as they do in life."""
        if down:
            self.down.add(name)
        self.running[name].kill()
        self.running[name].wait()

    def supervise(self) -> None:
        """Start again what ended, a second later (Restart=always)."""
        while not self._ended.wait(RESTART_S):
            for name in list(self.running):
                with self._lock:
                    process = self.running[name]
                    if process.poll() is not None and name not in self.down and not self._ended.is_set():
                        with contextlib.suppress(ProcessLookupError):
                            os.killpg(process.pid, signal.SIGKILL)  # what it left
                        self.start(name)

    def end(self) -> None:
        self._ended.set()
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for server in (self.postgres, self.second):
            with contextlib.suppress(subprocess.CalledProcessError, OSError):
                server.stop("immediate")

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A page through nginx, over https."""
        context = ssl.create_default_context(cafile=str(self.folder / "nginx" / "certificate.pem"))
        with httpx.Client(verify=context, trust_env=False, timeout=15) as client:
            return client.get(
                f"https://127.0.0.1:{self.https_port}{path}",
                headers={"Host": NAME, **headers},
                extensions={"sni_hostname": NAME},
            )

    def ask(self, path: str) -> httpx.Response:
        """A page of a web server itself, as nginx asks for it."""
        headers = {"Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        return httpx.get(f"http://127.0.0.1:{self.web_ports['web a']}{path}", headers=headers, trust_env=False, timeout=15)

    def status(self) -> dict[str, Any]:
        """`/status.json` of a web server that answers, asked on this machine."""
        for port in self.web_ports.values():
            with contextlib.suppress(httpx.TransportError):
                answer = httpx.get(f"http://127.0.0.1:{port}/status.json", trust_env=False, timeout=10)
                if answer.status_code == 200:
                    told: dict[str, Any] = answer.json()
                    return told
        return {}


@contextlib.contextmanager
def machine(folder: Path, settings: Mapping[str, str]) -> Iterator[Machine]:
    made = Machine(folder, settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all of it ends
    try:
        made.install()
        made.define()
        threading.Thread(target=made.supervise, daemon=True).start()
        yield made
    finally:
        made.end()


def until(condition: Callable[[], bool], within_s: float, what: str) -> float:
    """Seconds that it took; TimeoutError where it did not come."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within_s:
            raise TimeoutError(f"{what}: not within {within_s:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began
