"""Bluesky's stream: how many events a second one core filters, over a real WebSocket, and how memory grows meanwhile.

One post of a hundred links a paper. A second process speaks; only the listener's time on its processor counts.
"""

import json
import multiprocessing
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.server import ServerConnection, serve

from papers.networks.bluesky.stream import Jetstream, cursor_at

EVENTS = 300_000
WANTED = 20_000
FLAT_MIB = 40
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHUNK = 500


def event(number: int) -> bytes:
    """As large as the stream's posts are on average; one of a hundred with a link, one of twenty a deletion."""
    moment = cursor_at(NOW - timedelta(hours=1)) + number
    commit: dict[str, object] = {"rev": "3synthetic", "collection": "app.bsky.feed.post", "rkey": f"3k{number}"}
    if number % 20 == 7:
        commit |= {"operation": "delete"}
    else:
        text = "A synthetic post, neither long nor short, about nothing in particular. " * 2
        record: dict[str, object] = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-20T11:00:00.000Z"}
        parent = {"cid": "bafyreisynthetic" * 3, "uri": "at://did:plc:synthetic0000000000000001/app.bsky.feed.post/3k"}
        record |= {"langs": ["en"], "reply": {"parent": parent, "root": parent}}
        if number % 100 == 0:
            record["embed"] = {"external": {"uri": f"https://arxiv.org/abs/2611.{number % 100_000:05}"}}
        commit |= {"operation": "create", "record": record, "cid": "bafyreisynthetic" * 3}
    return json.dumps(
        {"did": f"did:plc:{number % 5000:024}", "time_us": moment, "kind": "commit", "commit": commit}, separators=(",", ":")
    ).encode()


def speak(events: int, port: Connection) -> None:
    chunks = [
        b"".join(Frame(Opcode.TEXT, event(n)).serialize(mask=False) for n in range(first, first + CHUNK))
        for first in range(0, events, CHUNK)
    ]
    last = Frame(Opcode.TEXT, json.dumps({"did": "did:plc:x", "time_us": cursor_at(NOW)}).encode()).serialize(mask=False)

    def answer(connection: ServerConnection) -> None:
        for chunk in [*chunks, last]:
            connection.socket.sendall(chunk)
        try:
            connection.recv()
        except ConnectionClosed:
            return

    with serve(answer, "127.0.0.1", 0, compression=None) as server:
        port.send(server.socket.getsockname()[1])
        server.serve_forever()


def memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    ours, theirs = multiprocessing.Pipe()
    speaker = multiprocessing.Process(target=speak, args=(EVENTS, theirs), daemon=True)
    speaker.start()
    jetstream = Jetstream([f"ws://127.0.0.1:{ours.recv()}"], now=lambda: NOW, settle_s=0)
    frames = found = 0
    early = 0.0
    started, worked = time.perf_counter(), time.process_time()
    for heard in jetstream.follow(cursor_at(NOW - timedelta(hours=2))):
        frames += heard.frames
        found += len(heard.found)
        early = early or (memory_mib() if frames > EVENTS // 5 else 0.0)
        if heard.is_live:
            break
    passed, worked = time.perf_counter() - started, time.process_time() - worked
    speaker.terminate()
    rate, grown = frames / worked, memory_mib() - early
    within = rate >= WANTED and found == EVENTS // 100 and grown < FLAT_MIB
    print(
        f"stream      {rate:,.0f} events/s on one core (at least {WANTED:,}), {frames / passed:,.0f}/s by the clock; "
        f"{found:,} posts found of {EVENTS // 100:,}; memory grew by {grown:.1f} MiB (under {FLAT_MIB}): "
        f"{'within' if within else 'OVER'}"
    )
    return not within


if __name__ == "__main__":
    sys.exit(main())
