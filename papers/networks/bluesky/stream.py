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

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from papers.networks.api import utc_now
from papers.networks.base import Heard
from papers.networks.bluesky.events import Events, frame_time, may_matter
from papers.networks.bluesky.hosts import Straight, is_too_large, reason_of, stream_hosts, told
from papers.networks.bluesky.posts import COLLECTION
from papers.sources.http import user_agent

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
LARGEST_FRAME = 8 * 1024 * 1024
"""A record has at most 1 MiB, which JSON may write six times as long."""
FIRST_STEP, LONGEST_STEP = timedelta(milliseconds=10), timedelta(hours=1)
"""Over a frame that is larger still: about one frame's time, doubled until it is passed."""
QUEUE = (4096, 1024)
"""Frames that wait for us at most, and from which on reading goes on."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cursor_at(moment: datetime) -> int:
    """The cursor of a moment: microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(cursor: int) -> datetime:
    return EPOCH + timedelta(microseconds=cursor)


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
        step: timedelta | None = None
        for host in itertools.cycle(self._hosts):
            before, heard = at.frames, at.cursor
            too_large = False
            try:
                with self._open(host, at.cursor, step) as connection:
                    yield from self._listen(connection, at, step or timedelta(0))
                reason = "fell silent" if at.frames > before else "sends nothing"
            except (OSError, EOFError, WebSocketException) as error:
                reason = reason_of(error)
                too_large = is_too_large(error)
            is_stuck = too_large and at.cursor == heard
            if too_large:  # it comes again wherever we begin before it
                step = min(max(2 * step, FIRST_STEP), LONGEST_STEP) if step is not None and is_stuck else timedelta(0)
            elif at.frames > before:
                step = None
            if at.frames > before and not is_stuck:
                troubles.clear()
                failed_in_a_row = 0
            else:
                troubles[host] = reason
                failed_in_a_row += 1
            everywhere = len(troubles) == len(self._hosts)
            yield at.gathered(self._now(), trouble=told(troubles) if everywhere else "")
            rounds, place = divmod(failed_in_a_row, len(self._hosts))
            if rounds and not place:
                self._sleep(min(2.0 ** (rounds - 1), LONGEST_PAUSE_S))

    def _open(self, host: str, cursor: int, step: timedelta | None) -> AbstractContextManager[ClientConnection]:
        """From a little before the cursor; with a step from so much behind it."""
        start = cursor - REWIND // timedelta(microseconds=1) if step is None else cursor + 1 + step // timedelta(microseconds=1)
        return Straight(
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

    def _listen(self, connection: ClientConnection, at: "_Place", step: timedelta) -> Iterator[Heard]:
        """Until the connection is silent. Raises ConnectionClosed where it ends."""
        began_at, came = at.cursor, 0
        horizon = self._now() - self.lookback
        at.behind = at.cursor if moment_of(at.cursor) < horizon - TOLERANCE else None
        at.start(began_at, is_known=abs(moment_of(began_at) - horizon) > TOLERANCE, step=step)
        last_frame = last_told = time.monotonic()
        while True:
            try:
                frame = connection.recv(timeout=self._every_s, decode=False)
            except TimeoutError:
                at.pause()
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

    def start(self, asked: int, *, is_known: bool, step: timedelta = timedelta(0)) -> None:
        """A new connection, which is to give what comes after this cursor; one that is known was heard, not counted back.

        What lies within the step behind it was left out.
        """
        self.events.begin()
        self._asked, self._first, self._counted, self._is_known = asked, asked, 0, is_known
        self._step = step
        self._ahead: int | None = None

    def take(self, frame: bytes, horizon: datetime | None) -> None:
        self.frames += 1
        time_us = frame_time(frame)
        if time_us is not None:
            if horizon and self.behind is not None:
                end = min(time_us, cursor_at(horizon))
                self.missed = (moment_of(self.behind), moment_of(end)) if end > self.behind else None
                self.behind, self._asked = None, max(self._asked, cursor_at(horizon))
            if self._step:
                self.missed = (moment_of(self._asked), moment_of(self._asked) + self._step)
                self._step = timedelta(0)
            self._look_for_hole(time_us)
            self._reach(time_us)
        if may_matter(frame):
            self.events.take(frame)

    def _reach(self, time_us: int) -> None:
        """All until this moment is in.

        One far ahead of those before is believed once the next frame, or a pause, agrees: were it wrong, what comes until then
        would be passed over by the next connection.
        """
        tolerance = TOLERANCE // timedelta(microseconds=1)
        if self._ahead is not None and time_us >= self._ahead - tolerance:
            self.pause()
        self._ahead = time_us if time_us > self.cursor + tolerance else None
        if self._ahead is None:
            self._believe(time_us)

    def pause(self) -> None:
        """Nothing comes behind the last frame for now."""
        if self._ahead is not None:
            self._believe(self._ahead)
            self._ahead = None

    def _believe(self, time_us: int) -> None:
        self.cursor = max(self.cursor, time_us)
        if time_us >= self.started and not self.passed_start:
            self.passed_start = time.monotonic()

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
        if self.missed:  # and nothing of it was missed yet: a host's clock may be years ahead
            start, end = self.missed
            self.missed = (start, min(end, now)) if start < now else None
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
