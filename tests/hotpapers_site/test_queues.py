"""Publishing and the mirror wait for no source."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotpapers_site.celery import app, queue_of
from hotpapers_site.management.commands.serve import worker_of
from hotpapers_site.queues import QUEUES
from tests.product import Product, own_database, until
from tests.servers import redis

MAKE = """
import json, django
django.setup()
from datetime import date
from django.utils import timezone
from papers.models import CollectionDay
from tests.factories import make_digest, make_draft, make_entry, make_paper, make_tweet
make_digest(date(2026, 10, 12))
paper = make_paper(listing_date=date(2026, 10, 13))
draft = make_draft(date(2026, 10, 13), publish_at=timezone.now(), publish_zone="UTC")
make_entry(draft, paper, make_tweet(paper), read_at=timezone.now())
for day in (12, 14, 15, 16):
    CollectionDay.objects.create(date=date(2026, 10, day), state="collecting")
print("null")
"""
QUEUE = """
import django; django.setup()
from hotpapers_site.celery import app
for name, arguments in {tasks}:
    app.send_task(name, arguments)
print("null")
"""
STATE = """
import json, django
django.setup()
from digests.models import Digest
from papers.models import CollectionDay
claimed = CollectionDay.objects.exclude(claimed_until=None).count()
print(json.dumps([Digest.objects.get(date="2026-10-13").status, claimed]))
"""


def test_every_task_of_ours_has_a_queue_and_the_limits_of_it() -> None:
    app.loader.import_default_modules()
    app.finalize()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    queues = {name: queue_of(name) for name in ours}
    assert {name for name, queue in queues.items() if queue == "publishing"} == {"digests.tasks.publish_due"}
    assert {"digests.tasks.mirror_one", "digests.tasks.mirror_all"} <= {n for n, queue in queues.items() if queue == "mirror"}
    for name, task in ours.items():
        assert app.amqp.router.route({}, name)["queue"].name == queues[name]
        assert task.time_limit == QUEUES[queues[name]].killed_after_s


@contextlib.contextmanager
def silent_source() -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that takes connections and never says a word; its address, and the connections that it has."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    taken.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", taken
        listener.shutdown(socket.SHUT_RDWR)
        for one in taken:
            one.close()


@pytest.mark.slow(seconds=20)
@pytest.mark.own_database
def test_a_withdrawal_is_mirrored_and_a_list_published_while_collection_waits_for_a_stalled_source(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    with silent_source() as (source, taken), redis() as broker, own_database(tmp_path) as database:
        bases = dict.fromkeys(("ARXIV_API_BASE", "ARXIV_RSS_BASE", "ARXIV_WEB_BASE", "OEMBED_BASE"), source)
        environment = {
            **os.environ,
            **bases,
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "VAR_DIR": str(tmp_path),
            "MIRROR_DIR": str(mirror),
            "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings",
        }
        product = Product(environment, tmp_path / "log")
        product.migrate()
        product.ask(MAKE)
        product.call("export_posts", "--out", str(mirror))
        file = mirror / "2026-10-12---Hot-Papers.md"
        assert file.exists()
        try:
            for queue in QUEUES.values():
                product.start(*worker_of(queue))
            days = [f"2026-10-{day}" for day in (12, 14, 15, 16)]
            product.ask(QUEUE.format(tasks=[("papers.tasks.collect_day", [day]) for day in days]))
            assert until(lambda: bool(taken), 60), product.log.read_text()
            product.call("withdraw_digest", "2026-10-12")
            assert until(lambda: not file.exists(), 60), product.log.read_text()
            product.ask(QUEUE.format(tasks=[("digests.tasks.publish_due", [])]))
            assert until(lambda: product.ask(STATE)[0] == "published", 60, 1), product.log.read_text()
            assert product.ask(STATE)[1] >= 1  # workers are at the stalled source still
        finally:
            product.kill_all()
