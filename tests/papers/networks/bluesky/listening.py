"""Following the stream, and keeping what it says."""

import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from papers.networks.base import FoundPost, GoneReason, Heard
from papers.networks.bluesky.stream import Jetstream, cursor_at
from tests.papers.networks.asking import NOW, now
from tests.standins.bluesky import BlueskyPost, external
from tests.standins.jetstream import JetstreamStandin

START = NOW - timedelta(hours=2)
PAPER = "https://arxiv.org/abs/2611.90001"


@dataclass
class Kept:
    """What somebody knows who stores every record, as the database does."""

    posts: dict[str, FoundPost] = field(default_factory=dict)
    gone: dict[str, GoneReason] = field(default_factory=dict)
    records: list[Heard] = field(default_factory=list)

    def store(self, heard: Heard) -> None:
        self.records.append(heard)
        self.posts |= {post.id: post for post in heard.found}
        self.gone |= dict.fromkeys(heard.removed & self.posts.keys(), GoneReason.DELETED)
        for post in self.posts.values():
            if reason := heard.authors_gone.get(post.author_id):
                self.gone[post.id] = reason

    @property
    def live(self) -> set[str]:
        return self.posts.keys() - self.gone.keys()

    @property
    def cursor(self) -> int:
        return self.records[-1].cursor


def stream(*hosts: str, waits: list[float] | None = None) -> Jetstream:
    sleep = (lambda seconds: None) if waits is None else waits.append
    return Jetstream(
        hosts, contact_email="desk@example.test", now=now, sleep=sleep, silence_s=0.6, quiet_s=0.3, settle_s=0.1, every_s=0.05
    )


def until_live(jetstream: Jetstream, cursor: int | None = None, most: int = 500) -> Kept:
    kept = Kept()
    following = jetstream.follow(cursor_at(START) if cursor is None else cursor)
    with contextlib.closing(following):  # type: ignore[type-var]
        for heard, _ in zip(following, range(most), strict=False):
            kept.store(heard)
            if heard.is_live:
                return kept
    raise AssertionError(f"not live after {most} records; the last says {kept.records[-1].trouble!r}")


def posts(count: int, start: datetime = START, url: str = PAPER) -> list[BlueskyPost]:
    return [
        BlueskyPost(f"did:plc:a{n}", f"3post{n}", start + timedelta(seconds=n), embed=external(url)) for n in range(1, count + 1)
    ]


def speak(host: JetstreamStandin, *made: BlueskyPost) -> None:
    """The posts, something between them, and an event of now, by which one knows that all is there."""
    for post in made:
        host.post(post)
        host.tick(post.posted_at)
    now_tick(host)


def now_tick(host: JetstreamStandin) -> None:
    host.tick(NOW)


def uris(made: list[BlueskyPost]) -> set[str]:
    return {post.uri for post in made}
