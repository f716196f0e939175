"""`manage.py serve`: runs the whole product on this machine, and sets it up first if necessary. `make run` calls it."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from digests.markdown import samples
from digests.models import Digest
from hotpapers_site.databases import versions
from hotpapers_site.management.commands.web import HOST, PORT
from hotpapers_site.queues import QUEUES, Queue
from hotpapers_site.serving import broker, leftovers, ports, static_files, supervisor
from hotpapers_site.serving.serve_lock import NotAlone, alone
from hotpapers_site.serving.supervisor import Program, Watched
from hotpapers_site.serving.terminal import Teller
from hotpapers_site.values import is_loopback
from papers import clock, network_words
from papers.access import networks
from papers.management.collecting import a_path
from papers.networks.registry import streams
from papers.plurals import counted
from papers.rendered.waiting import render_changed

STOP_WITHIN_S = 8.0
"""Longer than a worker's soft shutdown."""


class Command(BaseCommand):
    help = f"Set up the site if needed, and serve it at http://{HOST}:{PORT} until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--archive", type=a_path, metavar="DIR", help="import this folder of old posts first")
        parser.add_argument("--port", default=PORT, help=f"the port to listen at (default {PORT})")

    def handle(self, *args: Any, archive: Path | None, port: str | int, **options: Any) -> None:
        number = ports.port_number(port)
        if archive and not archive.is_dir():
            raise CommandError(f"There is no folder {archive}: nothing was started. Give the folder that holds the old posts.")
        try:
            with alone(settings.VAR_DIR):
                self.serve(archive, number)
        except NotAlone as other:
            raise CommandError(already_running(other.number)) from None

    def serve(self, archive: Path | None, port: int) -> None:
        self.expect_free(port)
        if newer := versions.of_newer_version():
            raise CommandError(newer)
        call_command("migrate", verbosity=0)
        static_files.collect_changed()
        self.say(f"The database is up to date: {settings.DATABASES['default']['NAME']}")
        if archive:
            # What could not be imported was said; the rest is there to be looked at.
            with contextlib.suppress(CommandError):
                call_command("import_posts", str(archive))
        elif not Digest.objects.exists() and settings.SANDBOX_CLOCK is None:
            days = samples.load(clock.now())
            self.say(
                f"Loaded {counted(len(days), 'sample day')}, {days[0]} to {days[-1]}. They are removed once real papers arrive, "
                "or right away by `manage.py clear_samples`."
            )
        render_changed()  # what is here shows so on the first page; later texts are the worker's
        self.ensure_admin()
        address = f"http://{HOST}:{port}"
        for why in networks.off().values():
            self.say(why)
        with supervisor.stop_requests() as asked, contextlib.ExitStack() as servers:
            watched = {}
            if not settings.REDIS_URL:
                start = partial(start_broker, servers)
                try:
                    started = start()
                except broker.BrokerError as error:
                    raise CommandError(str(error)) from error
                watched = {"The embedded Redis server": Watched(started, start)} if started else {}
            self.say(f"The site:   {address}/\nThe admin:  {address}/admin/\nCtrl-C stops it.")
            self.stdout.flush()
            look = Teller(self.tell, site=address).look
            if ended := supervisor.run(programs(port), asked=asked, stop_within_s=STOP_WITHIN_S, watched=watched, meanwhile=look):
                raise CommandError(ended)

    def say(self, text: str) -> None:
        self.stdout.write(text)

    def tell(self, text: str) -> None:
        """Print at once, even if the output goes to a file."""
        self.stdout.write(text)
        self.stdout.flush()

    def expect_free(self, port: int) -> None:
        for one in leftovers.end_left(settings.VAR_DIR):
            self.say(f"Ended what an earlier start had left behind: process {one.number} ({one.command[:80]}).")
        if (other := leftovers.serving(settings.VAR_DIR)) is not None:
            raise CommandError(already_running(other))
        ports.expect_free(HOST, port)

    def ensure_admin(self) -> None:
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            self.say(
                "Log in to the admin with the account created earlier (`manage.py changepassword admin` sets a new password)."
            )
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser("admin", password=password)
        self.say(f"Created an admin account. The password is shown only once:  User: admin  Password: {password}")


def already_running(number: int) -> str:
    known, kill = (f" (process {number})", f" or with `kill {number}`") if number else ("", "")
    stop = f"Stop it with Ctrl-C in its terminal{kill}, or set VAR_DIR to another folder."
    return f"Hot Papers is already running from {settings.VAR_DIR}{known}. {stop}"


def start_broker(servers: contextlib.ExitStack) -> "subprocess.Popen[bytes] | None":
    """Start the embedded broker, after what is left of an earlier one was cleared away. Raises BrokerError."""
    servers.close()
    return servers.enter_context(broker.embedded(ends_with_us=True))


def site_url(port: int) -> str:
    """Return the address of the site: as set, but an address of this machine gets the port."""
    given = os.environ.get("SITE_URL", "").strip()
    return given if given and not is_loopback(given) else f"http://{HOST}:{port}"


def programs(port: int) -> list[Program]:
    """Return the programs: the web server, a worker for each queue, Celery beat, which gives them their work, and the followers
    of streams."""
    # Found from any folder; a relative VAR_DIR or DATABASE_URL keeps its meaning.
    path = os.pathsep.join([str(settings.BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])])
    # What the programs do is told by the Teller; they themselves say what goes wrong with them.
    told = {"LOG_LEVEL": "WARNING"} | os.environ
    environment = told | leftovers.marks(settings.VAR_DIR) | {"SITE_URL": site_url(port), "PYTHONPATH": path}
    celery = [sys.executable, "-m", "celery", "--app", "hotpapers_site", "--quiet"]
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    followers = [
        Program(
            f"The follower of {network_words.title(name)}",
            [*manage, f"follow_{name}", "--verbosity=0"],
            environment=environment,
            again=True,
        )
        for name in streams()
        if not networks.why_off(name)
    ]
    workers = [
        # Asked so, a worker gives its tasks a few seconds, then hands them back to the queue.
        Program(f"The worker of {queue.name}", [*celery, *worker_of(queue)], signal.SIGQUIT, environment, again=True)
        for queue in QUEUES.values()
    ]
    return [
        Program("The web server", [*manage, "web", "--port", str(port)], environment=environment, again=True),
        *workers,
        Program("Celery beat", [*celery, "beat", "--pidfile="], environment=environment, again=True),
        *followers,
    ]


def worker_of(queue: Queue) -> list[str]:
    """Return Celery's arguments for a worker that serves only this queue."""
    options = ["--queues", queue.name, "--hostname", f"{queue.name}@%h", "--concurrency", str(queue.processes)]
    return ["worker", *options, "--without-gossip", "--without-mingle"]
