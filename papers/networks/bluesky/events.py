"""What the frames of Bluesky's stream mean for us, gathered over a second or so. https://github.com/bluesky-social/jetstream"""

import re
from collections import Counter, OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from papers.networks.base import FoundPost, GoneReason
from papers.networks.bluesky.posts import COLLECTION, DID, is_uri, read_record, uri_of
from papers.networks.strict_json import mapping, read_json, text_of, whole_number

WANTED = (b"arxiv", b"ar5iv", b"alphaxiv", b"hf.co", b"huggingface", b'"delete"', b'"update"', b'"account"')
"""In lower case. What has none of them links no paper and ends no post. Inside a string quotation marks have a backslash, so
that no post can look like a deletion."""
TIME = re.compile(rb'"time_us"\s*:\s*([0-9]{15,17})(?![0-9])')
REMEMBERED = 100_000
"""Deletions, about three hours of them: the post itself may come after its own deletion."""
GONE = {
    "deleted": GoneReason.DELETED,
    "takendown": GoneReason.WITHHELD,
    "suspended": GoneReason.WITHHELD,
    "deactivated": GoneReason.PROTECTED,
}


def may_matter(frame: bytes) -> bool:
    """Whether the frame has to be parsed."""
    lower = frame.lower()
    return any(one in lower for one in WANTED)


def frame_time(frame: bytes) -> int | None:
    """The frame's moment in microseconds since 1970, without parsing it: its first `time_us`."""
    found = TIME.search(frame)
    return int(found[1]) if found else None


class Events:
    """Takes frames, some of them for the second time or in another order, and says what holds in the end."""

    def __init__(self) -> None:
        self.unreadable = 0
        self._unreadable: OrderedDict[int, int] = OrderedDict()
        self._of_connection: Counter[int] = Counter()
        self._deleted: OrderedDict[str, int] = OrderedDict()
        self._clear()

    def _clear(self) -> None:
        self._posts: dict[str, tuple[int, FoundPost | None]] = {}
        self._accounts: dict[str, tuple[int, GoneReason | None]] = {}

    def __len__(self) -> int:
        return len(self._posts) + len(self._accounts)

    def take(self, frame: bytes) -> None:
        """One frame that may matter."""
        event = read_json(frame)
        did = text_of(mapping(event).get("did"))
        time_us = whole_number(mapping(event).get("time_us"))
        if not re.fullmatch(DID, did, re.ASCII) or time_us is None:
            self._count_unreadable(frame)
        elif event.get("kind") == "commit":
            self._commit(did, time_us, mapping(event.get("commit")))
        elif event.get("kind") == "account":
            self._account(did, time_us, mapping(event.get("account")))

    def begin(self) -> None:
        """A new connection, which may give again what came before."""
        self._of_connection.clear()

    def _count_unreadable(self, frame: bytes) -> None:
        """Not once more where another connection gave it before."""
        known = hash(frame)
        self._of_connection[known] += 1
        if self._of_connection[known] > self._unreadable.get(known, 0):
            self.unreadable += 1
            self._unreadable[known] = self._of_connection[known]
        if len(self._unreadable) > REMEMBERED:
            self._unreadable.popitem(last=False)

    def _commit(self, did: str, time_us: int, commit: Mapping[str, Any]) -> None:
        uri = uri_of(did, text_of(commit.get("rkey")))
        if commit.get("collection") != COLLECTION or not is_uri(uri):
            return
        known = self._posts.get(uri)
        if known and known[0] > time_us:
            return
        match commit.get("operation"):
            case "create" | "update" as operation:
                if self._deleted.get(uri, -1) > time_us:
                    return
                seen_at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=min(time_us, 4 * 10**15))
                post = read_record(uri, commit.get("record"), indexed_at=seen_at)
                if post and post.papers:
                    self._posts[uri] = (time_us, post)
                elif operation == "update" or known:
                    self._posts[uri] = (time_us, None)
            case "delete":
                self._posts[uri] = (time_us, None)
                self._deleted[uri] = time_us
                if len(self._deleted) > REMEMBERED:
                    self._deleted.popitem(last=False)

    def _account(self, did: str, time_us: int, account: Mapping[str, Any]) -> None:
        known = self._accounts.get(did)
        is_active = account.get("active")
        if not isinstance(is_active, bool) or (known and known[0] > time_us):
            return
        reason = None if is_active else GONE.get(text_of(account.get("status")), GoneReason.PROTECTED)
        self._accounts[did] = (time_us, reason)

    def gathered(self) -> tuple[tuple[FoundPost, ...], frozenset[str], dict[str, GoneReason], frozenset[str]]:
        """Posts found, ids removed, authors gone and authors back since the last call."""
        found = tuple(post for _, post in self._posts.values() if post)
        removed = frozenset(uri for uri, (_, post) in self._posts.items() if post is None)
        gone = {did: reason for did, (_, reason) in self._accounts.items() if reason}
        back = frozenset(did for did, (_, reason) in self._accounts.items() if reason is None)
        self._clear()
        return found, removed, gone, back
