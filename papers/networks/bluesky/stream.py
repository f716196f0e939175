"""Bluesky's stream of all new posts (Jetstream), over a WebSocket. https://github.com/bluesky-social/jetstream

The hosts are tried in turn, each from a little before the last moment heard: their clocks differ, and what comes twice does no
harm. We send nothing but the library's own control frames: a client's data may close the connection.
"""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, reconnect

from papers.networks.api import utc_now
from papers.networks.base import Heard
from papers.networks.bluesky.events import Events, frame_time, may_matter
from papers.networks.bluesky.posts import COLLECTION
from papers.sources.http import Misconfigured, base_url, user_agent

CONNECT_S = 10.0
SILENCE_S = 20.0
"""The stream has tens of posts a second: after so long without any the connection is taken for dead."""
QUIET_S = 5.0
"""While catching up: where two connections in a row have nothing new for so long, nothing new is there."""
SETTLE_S = 2.0
"""Events come in nearly, but not quite, the order of their times."""
EVERY_S = 1.0
LARGEST_GATHERING = 2000
LONGEST_PAUSE_S = 10.0
REWIND = timedelta(seconds=30)
TOLERANCE = timedelta(minutes=2)
DENSE = 100
"""Frames that show how closely the stream's events follow each other."""
LARGEST_FRAME = 4 * 1024 * 1024
QUEUE = (4096, 1024)
"""Frames that wait for us at most, and from which on reading goes on."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cursor_at(moment: datetime) -> int:
    """The cursor of a moment: microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(cursor: int) -> datetime:
    return EPOCH + timedelta(microseconds=cursor)


def stream_hosts(value: Sequence[str], *, setting: str) -> tuple[str, ...]:
    """The checked hosts of the stream. Raises Misconfigured, which names the setting."""
    hosts = tuple(host.strip().rstrip("/") for host in value if host.strip())
    for host in hosts:
        try:
            base_url("http" + host.removeprefix("ws") if host.startswith(("ws://", "wss://")) else "", setting=setting)
        except Misconfigured as error:
            raise Misconfigured(
                f"{setting} must hold wss://host addresses, separated by commas (plain ws:// only on loopback); one is {host!r}.",
                setting=setting,
            ) from error
    if not hosts:
        raise Misconfigured(f"{setting} holds no address; expected wss://host, several separated by commas.", setting=setting)
    return hosts


class _Straight(reconnect):
    """A connection to the host of the setting alone: a redirect may lead anywhere, also into the operator's own network."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class Jetstream:
    """Follows the stream for as long as it is asked."""

    lookback: ClassVar = timedelta(hours=36)

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        contact_email: str = "",
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        silence_s: float = SILENCE_S,
        quiet_s: float = QUIET_S,
        settle_s: float = SETTLE_S,
        every_s: float = EVERY_S,
    ) -> None:
        self._hosts = hosts
        self._user_agent = user_agent(contact_email)
        self._now = now
        self._sleep = sleep
        self._silence_s = silence_s
        self._quiet_s = quiet_s
        self._settle_s = settle_s
        self._every_s = every_s

    @classmethod
    def open(cls, settings: Any, *, now: Callable[[], datetime]) -> Self:
        hosts = stream_hosts(settings.BLUESKY_STREAM, setting="BLUESKY_STREAM")
        return cls(hosts, contact_email=settings.CONTACT_EMAIL, now=now)

    def follow(self, cursor: int) -> Iterator[Heard]:
        """What comes after the cursor, for ever, through all disconnections; `trouble` says where no host answers."""
        started = cursor_at(self._now())
        at = _Place(min(cursor, started), started)
        troubles: dict[str, str] = {}
        failed_in_a_row = 0
        for host in itertools.cycle(self._hosts):
            before = at.frames
            try:
                with self._open(host, at.cursor) as connection:
                    yield from self._listen(connection, at)
                reason = "fell silent" if at.frames > before else "sends nothing"
            except (OSError, EOFError, WebSocketException) as error:
                reason = _reason(error)
            if at.frames > before:
                troubles.clear()
                failed_in_a_row = 0
            else:
                troubles[host] = reason
                failed_in_a_row += 1
            everywhere = len(troubles) == len(self._hosts)
            told = "; ".join(f"{one.partition('//')[2]} {why}" for one, why in troubles.items())
            yield at.gathered(self._now(), trouble=f"Bluesky's stream is unavailable: {told}." if everywhere else "")
            rounds, place = divmod(failed_in_a_row, len(self._hosts))
            if rounds and not place:
                self._sleep(min(2.0 ** (rounds - 1), LONGEST_PAUSE_S))

    def _open(self, host: str, cursor: int) -> AbstractContextManager[ClientConnection]:
        start = cursor - REWIND // timedelta(microseconds=1)
        return _Straight(
            f"{host}/subscribe?wantedCollections={COLLECTION}&cursor={start}",
            user_agent_header=self._user_agent,
            compression=None,
            proxy=None,
            open_timeout=CONNECT_S,
            close_timeout=1,
            # Silence is judged by posts alone: a connection that answers pings may be dead all the same.
            ping_interval=None,
            max_size=LARGEST_FRAME,
            max_queue=QUEUE,
        )

    def _listen(self, connection: ClientConnection, at: "_Place") -> Iterator[Heard]:
        """Until the connection is silent. Raises ConnectionClosed where it ends."""
        began_at, came = at.cursor, 0
        horizon = self._now() - self.lookback
        at.behind = at.cursor if moment_of(at.cursor) < horizon - TOLERANCE else None
        at.start(began_at, is_known=abs(moment_of(began_at) - horizon) > TOLERANCE)
        last_frame = last_told = time.monotonic()
        while True:
            try:
                frame = connection.recv(timeout=self._every_s, decode=False)
            except TimeoutError:
                at.settle(self._settle_s)
                quiet_s = time.monotonic() - last_frame
                is_over = quiet_s >= (self._quiet_s if came and not at.is_live else self._silence_s)
                if is_over:
                    at.went_quiet(is_new=at.cursor > began_at)
                last_told = time.monotonic()
                yield at.gathered(self._now())
                if is_over:
                    return
                continue
            last_frame = time.monotonic()
            came += 1
            if isinstance(frame, bytes):
                at.take(frame, self._now() - self.lookback if at.behind is not None else None)
            at.settle(self._settle_s)
            if last_frame - last_told >= self._every_s or len(at.events) >= LARGEST_GATHERING:
                last_told = last_frame
                yield at.gathered(self._now())


@dataclass
class _Place:
    """How far the stream was heard, over all connections."""

    cursor: int
    started: int
    frames: int = 0
    is_live: bool = False
    passed_start: float = 0.0
    """When (monotonic) the first event from after our start came."""
    behind: int | None = None
    """The cursor that is older than the stream goes back, until its first event shows from where on it goes."""
    missed: tuple[datetime, datetime] | None = None
    quiet_at: int | None = None

    def __post_init__(self) -> None:
        self.events = Events()
        self.told_frames = 0
        self.start(self.cursor, is_known=False)

    def start(self, asked: int, *, is_known: bool) -> None:
        """A new connection, which is to give what comes after this cursor; one that is known was heard, not counted back."""
        self.events.begin()
        self._asked, self._first, self._counted, self._is_known = asked, asked, 0, is_known

    def take(self, frame: bytes, horizon: datetime | None) -> None:
        self.frames += 1
        time_us = frame_time(frame)
        if time_us is not None:
            if horizon and self.behind is not None:
                end = min(time_us, cursor_at(horizon))
                self.missed = (moment_of(self.behind), moment_of(end)) if end > self.behind else None
                self.behind, self._asked = None, max(self._asked, cursor_at(horizon))
            self._look_for_hole(time_us)
            self.cursor = max(self.cursor, time_us)
            if time_us >= self.started and not self.passed_start:
                self.passed_start = time.monotonic()
        if may_matter(frame):
            self.events.take(frame)

    def _look_for_hole(self, time_us: int) -> None:
        """A host may go back less far than it should: then a stream as dense as its own begins long after what was heard last.

        The first time nothing was heard before, and nobody knows whether there was anything.
        """
        self._counted += 1
        if self._counted == 1:
            self._first = time_us
        if self._counted == DENSE and self._is_known:
            hole, span = self._first - self._asked, abs(time_us - self._first)
            if hole > TOLERANCE // timedelta(microseconds=1) and hole > 10 * span:
                start = self.missed[0] if self.missed else moment_of(self._asked)
                self.missed = (start, moment_of(self._first))

    def settle(self, settle_s: float) -> None:
        if self.passed_start and not self.is_live:
            self.is_live = time.monotonic() - self.passed_start >= settle_s

    def went_quiet(self, *, is_new: bool) -> None:
        """A connection that works has nothing to say any more; the second in a row without news means that there is none."""
        if not is_new and self.quiet_at == self.cursor:
            self.is_live = True
        self.quiet_at = self.cursor

    def gathered(self, now: datetime, trouble: str = "") -> Heard:
        found, removed, gone, back = self.events.gathered()
        # A moment that is still to come would mean "from now on" at the next connection.
        self.cursor = min(self.cursor, max(cursor_at(now), self.started))
        heard = Heard(
            found=found,
            removed=removed,
            authors_gone=gone,
            authors_back=back,
            cursor=self.cursor,
            frames=self.frames - self.told_frames,
            unreadable=self.events.unreadable,
            missed=self.missed,
            is_live=self.is_live,
            trouble=trouble,
        )
        self.told_frames, self.missed, self.events.unreadable = self.frames, None, 0
        return heard


def _reason(error: Exception) -> str:
    if isinstance(error, InvalidStatus):
        return f"refuses the connection (status {error.response.status_code})"
    if isinstance(error, TimeoutError):
        return "does not answer in time"
    if isinstance(error, ConnectionClosed):
        return "closed the connection"
    if isinstance(error, OSError):
        return f"cannot be reached ({error.strerror or type(error).__name__})"
    return f"gave an unexpected answer ({type(error).__name__})"
