"""A stand-in for Bluesky's stream: a WebSocket server that sends what it is told, and fails on demand.

Public description: https://github.com/bluesky-social/jetstream
"""

import json
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.standins.bluesky import BlueskyPost

LOOKBACK = timedelta(hours=36)
HEARTBEAT_S = 0.2
Event = tuple[datetime, int, bytes]
"""When it is told, its own moment in microseconds since 1970, and its frame."""


@dataclass(frozen=True)
class Fault:
    """What becomes of one connection after so many frames."""

    how: Literal["close", "abort", "cut", "silence", "refuse", "redirect"]
    after: int = 0
    to: str = ""
    """Where it is redirected."""


@dataclass(frozen=True)
class Connection:
    cursor: int
    """As asked for."""
    user_agent: str
    collections: list[str]


class JetstreamStandin:
    """One host of the stream: a context manager. Events stand in the order in which they are sent.

    With a `timetable` an event is told once its time has come, and something that is nothing to us whenever there is no other.
    """

    def __init__(
        self, now: Callable[[], datetime], *, version: Literal[1, 2] = 1, timetable: Sequence[Event] | None = None
    ) -> None:
        self.now = now
        self.version = version
        self.events: list[tuple[int, bytes]] = [(time_us, frame) for _, time_us, frame in timetable or ()]
        self._told_at = [microseconds(told_at) for told_at, _, _ in timetable or ()]
        self._has_timetable = timetable is not None
        self.faults: list[Fault] = []
        """Of the next connections, one each."""
        self.lookback = LOOKBACK
        self.replay = timedelta(0)
        """So much before its cursor every connection begins, without a word."""
        self.connections: list[Connection] = []
        self.client_data: list[bytes | str] = []
        """What clients sent, which none should."""
        self._breaks: list[Fault] = []
        self._changed = threading.Condition()
        self._stopped = False
        quiet = logging.Logger("jetstream", logging.WARNING)
        self._server = serve(
            self._serve, "127.0.0.1", 0, process_request=self._greet, compression=None, close_timeout=0.2, logger=quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._server.shutdown()
        self._thread.join()

    def say(self, moment: datetime, event: dict[str, Any] | bytes) -> None:
        """An event with this moment; bytes are sent as they are."""
        time_us = microseconds(moment)
        if isinstance(event, bytes):
            frame = event
        else:
            own = {"cursor": 20_000_000 + len(self.events)} if self.version == 2 else {}
            frame = event_of(moment, event | own)[2]
        with self._changed:
            self.events.append((time_us, frame))
            self._changed.notify_all()

    def post(self, post: BlueskyPost, operation: str = "create", at: datetime | None = None) -> None:
        moment = at or post.posted_at
        self.say(moment, told_post(post, operation, None if operation == "delete" else post.record()))

    def account(self, did: str, moment: datetime, *, active: bool, status: str = "") -> None:
        self.say(moment, told_account(did, moment, active=active, status=status))

    def tick(self, moment: datetime) -> None:
        """An event that is nothing to us, whatever the filter."""
        self.say(moment, nothing_at(moment))

    def interrupt(self, how: Literal["close", "abort", "cut", "silence"] = "abort") -> None:
        """What is connected now ends so."""
        self._breaks.append(Fault(how))

    def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        asked = parse_qs(urlsplit(request.path).query)
        cursor = int(asked.get("cursor", ["0"])[0])
        self.connections.append(Connection(cursor, request.headers.get("User-Agent", ""), asked.get("wantedCollections", [])))
        if urlsplit(request.path).path != "/subscribe":
            return connection.respond(404, "no such stream\n")
        if self.faults and self.faults[0].how == "refuse":
            self.faults.pop(0)
            return connection.respond(503, "draining\n")
        if self.faults and self.faults[0].how == "redirect":
            moved = connection.respond(302, "")
            moved.headers["Location"] = self.faults.pop(0).to
            return moved
        return None

    def _serve(self, connection: ServerConnection) -> None:
        cursor = self.connections[-1].cursor
        fault = self.faults.pop(0) if self.faults else None
        now = self.now()
        if cursor > microseconds(now):
            cursor = microseconds(now)
        start = max(cursor - self.replay // timedelta(microseconds=1), microseconds(now - self.lookback))
        place, sent, breaks, last_s = 0, 0, len(self._breaks), time.monotonic()
        try:
            while True:
                if len(self._breaks) > breaks:
                    fault = Fault(self._breaks[-1].how)
                if fault and sent >= fault.after:
                    self._fail(connection, fault)
                    return
                at = self.now()  # once: where the clock is fast, an event may be due between two looks at it
                waiting = self._waiting(place, at)
                if waiting is None:
                    if self._has_timetable and time.monotonic() - last_s >= HEARTBEAT_S:
                        connection.send(event_of(at, nothing_at(at))[2], text=True)
                        last_s = time.monotonic()
                    if not self._wait(connection):
                        return
                    continue
                place += 1
                if waiting[0] >= start:
                    connection.send(waiting[1], text=True)
                    sent, last_s = sent + 1, time.monotonic()
        except ConnectionClosed:
            return

    def _waiting(self, place: int, at: datetime) -> tuple[int, bytes] | None:
        with self._changed:
            if place >= len(self.events) or (place < len(self._told_at) and self._told_at[place] > microseconds(at)):
                return None
            return self.events[place]

    def _wait(self, connection: ServerConnection) -> bool:
        """For another event, or for the client to send or to leave; False when all is over."""
        try:
            self.client_data.append(connection.recv(timeout=0.02))
        except TimeoutError:
            return not self._stopped
        return False

    def _fail(self, connection: ServerConnection, fault: Fault) -> None:
        if fault.how == "close":
            return
        if fault.how == "silence":
            while self._wait(connection):
                pass
            return
        raw = connection.socket
        if fault.how == "cut":
            whole = Frame(Opcode.TEXT, b'{"did":"did:plc:nobody","time_us":1795176000').serialize(mask=False)
            raw.sendall(whole[:-9])
            raw.shutdown(socket.SHUT_RDWR)
            return
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.shutdown(socket.SHUT_RDWR)


def event_of(moment: datetime, event: dict[str, Any]) -> Event:
    """Told at its own moment."""
    time_us = microseconds(moment)
    told = {"did": "did:plc:nobody", "time_us": time_us} | event
    return moment, time_us, json.dumps(told, separators=(",", ":")).encode()


def told_post(post: BlueskyPost, operation: str, record: dict[str, Any] | None) -> dict[str, Any]:
    return {"did": post.did} | commit(operation, post.rkey, record)


def told_account(did: str, moment: datetime, *, active: bool, status: str = "") -> dict[str, Any]:
    told = {"active": active, "did": did, "seq": 1, "time": moment.isoformat()} | ({"status": status} if status else {})
    return {"did": did, "kind": "account", "account": told}


def nothing_at(moment: datetime) -> dict[str, Any]:
    identity = {"did": "did:plc:nobody", "handle": "nobody.example.test", "seq": 1, "time": moment.isoformat()}
    return {"kind": "identity", "identity": identity}


def commit(operation: str, rkey: str, record: dict[str, Any] | None, collection: str = "app.bsky.feed.post") -> dict[str, Any]:
    made: dict[str, Any] = {"rev": "3synthetic", "operation": operation, "collection": collection, "rkey": rkey}
    return {"kind": "commit", "commit": made | ({"record": record, "cid": "bafysynthetic"} if record is not None else {})}


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
