"""A stand-in for Bluesky's stream: a WebSocket server that sends what it is told, and fails on demand.

Public description: https://github.com/bluesky-social/jetstream
"""

import json
import socket
import struct
import threading
from collections.abc import Callable
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


@dataclass(frozen=True)
class Fault:
    """What becomes of one connection after so many frames."""

    how: Literal["close", "abort", "cut", "silence", "refuse"]
    after: int = 0


@dataclass(frozen=True)
class Connection:
    cursor: int
    """As asked for."""
    user_agent: str
    collections: list[str]


class JetstreamStandin:
    """One host of the stream: a context manager. Events stand in the order in which they are sent."""

    def __init__(self, now: Callable[[], datetime], *, version: Literal[1, 2] = 1) -> None:
        self.now = now
        self.version = version
        self.events: list[tuple[int, bytes]] = []
        self.faults: list[Fault] = []
        """Of the next connections, one each."""
        self.replay = timedelta(0)
        """So much before its cursor every connection begins, without a word."""
        self.connections: list[Connection] = []
        self.client_data: list[bytes | str] = []
        """What clients sent, which none should."""
        self._changed = threading.Condition()
        self._stopped = False
        self._server = serve(self._serve, "127.0.0.1", 0, process_request=self._greet, compression=None, close_timeout=0.2)
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
            frame = json.dumps({"did": "did:plc:nobody", "time_us": time_us} | event | own, separators=(",", ":")).encode()
        with self._changed:
            self.events.append((time_us, frame))
            self._changed.notify_all()

    def post(self, post: BlueskyPost, operation: str = "create", at: datetime | None = None) -> None:
        moment = at or post.posted_at
        self.say(moment, {"did": post.did} | commit(operation, post.rkey, None if operation == "delete" else post.record()))

    def account(self, did: str, moment: datetime, *, active: bool, status: str = "") -> None:
        told = {"active": active, "did": did, "seq": 1, "time": moment.isoformat()} | ({"status": status} if status else {})
        self.say(moment, {"did": did, "kind": "account", "account": told})

    def tick(self, moment: datetime) -> None:
        """An event that is nothing to us, whatever the filter."""
        identity = {"did": "did:plc:nobody", "handle": "nobody.example.test", "seq": 1, "time": moment.isoformat()}
        self.say(moment, {"kind": "identity", "identity": identity})

    def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        asked = parse_qs(urlsplit(request.path).query)
        cursor = int(asked.get("cursor", ["0"])[0])
        self.connections.append(Connection(cursor, request.headers.get("User-Agent", ""), asked.get("wantedCollections", [])))
        if urlsplit(request.path).path != "/subscribe":
            return connection.respond(404, "no such stream\n")
        if self.faults and self.faults[0].how == "refuse":
            self.faults.pop(0)
            return connection.respond(503, "draining\n")
        return None

    def _serve(self, connection: ServerConnection) -> None:
        cursor = self.connections[-1].cursor
        fault = self.faults.pop(0) if self.faults else None
        now = self.now()
        if cursor > microseconds(now):
            cursor = microseconds(now)
        start = max(cursor - self.replay // timedelta(microseconds=1), microseconds(now - LOOKBACK))
        place, sent = 0, 0
        try:
            while True:
                if fault and sent >= fault.after:
                    self._fail(connection, fault)
                    return
                with self._changed:
                    waiting = self.events[place : place + 1]
                if not waiting:
                    if not self._wait(connection):
                        return
                    continue
                place += 1
                if waiting[0][0] >= start:
                    connection.send(waiting[0][1], text=True)
                    sent += 1
        except ConnectionClosed:
            return

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


def commit(operation: str, rkey: str, record: dict[str, Any] | None, collection: str = "app.bsky.feed.post") -> dict[str, Any]:
    made: dict[str, Any] = {"rev": "3synthetic", "operation": operation, "collection": collection, "rkey": rkey}
    return {"kind": "commit", "commit": made | ({"record": record, "cid": "bafysynthetic"} if record is not None else {})}


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
