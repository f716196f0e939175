"""The sources, built from the settings, and a record of how each answered last."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from papers import clock, rows
from papers.access import networks
from papers.models import SourceHealth
from papers.networks.base import Texts
from papers.networks.paid import Paid
from papers.networks.registry import PAID, texts
from papers.sources.arxiv.calendar import DEFERRED_2026, AnnouncementCalendar
from papers.sources.arxiv.client import ArxivClient
from papers.sources.gate import Gate
from papers.sources.http import Misconfigured, OutOfCredit, ServiceRefused, SourceError, Unreadable, base_url, client

Service = SourceHealth.Service
LONGEST_MESSAGE = 500
PATIENCE_S = 2.0
"""A task waits so long at a gate, and one of its intervals: where the source answers, its turn comes within that."""


@dataclass(frozen=True)
class Sources:
    """The open clients; they close when the `with` of `sources` ends."""

    arxiv: ArxivClient
    paid: Paid | None
    """The network that charges; None where it is off: nothing is read from it then."""
    texts: Mapping[str, Texts]
    """By network, who gives the texts of its posts."""


@contextlib.contextmanager
def sources(*, attempts: int = 3, is_patient: bool = True) -> Iterator[Sources]:
    """Open the clients of all sources. Raises Misconfigured, which names the setting, if a value cannot work.

    A request is tried at most `attempts` times: once while a person waits. A wait of more than a minute or two is raised
    instead of waited for, so the caller can come back later. A caller that is not patient
    gets GateBusy if others keep a gate busy.
    """
    gate = partial(_gate, is_patient)
    with client(contact_email=settings.CONTACT_EMAIL) as http:
        yield Sources(
            arxiv=ArxivClient(
                http,
                gate=gate("arxiv", settings.ARXIV_REQUEST_INTERVAL),
                api_base=base_url(settings.ARXIV_API_BASE, setting="ARXIV_API_BASE"),
                rss_base=base_url(settings.ARXIV_RSS_BASE, setting="ARXIV_RSS_BASE"),
                web_base=base_url(settings.ARXIV_WEB_BASE, setting="ARXIV_WEB_BASE"),
                calendar=calendar(),
                attempts=attempts,
            ),
            paid=PAID.open(http, settings, attempts=attempts, now=clock.now) if networks.paid_is_on() else None,
            texts={name: kind.open(http, settings, gate=gate, attempts=attempts) for name, kind in texts().items()},
        )


def calendar() -> AnnouncementCalendar:
    """arXiv's calendar with the days of ARXIV_HOLIDAYS."""
    try:
        further = {datetime.strptime(day.strip(), "%Y-%m-%d").date() for day in settings.ARXIV_HOLIDAYS}  # noqa: DTZ007 - a day
    except ValueError as error:
        raise Misconfigured(
            f"ARXIV_HOLIDAYS must hold days as YYYY-MM-DD, separated by commas: {error}.", setting="ARXIV_HOLIDAYS"
        ) from None
    return AnnouncementCalendar(holidays=DEFERRED_2026 | further)


def no_key() -> Misconfigured:
    """The sentence shown wherever X would be read but no key is set."""
    return Misconfigured(PAID.no_key, setting=PAID.key_setting)


def note_answer(service: str, now: datetime) -> None:
    """Record that the service gave a good answer."""
    _note(service, SourceHealth.State.OK, "", "", now, answered_at=now)


def is_refusal(error: SourceError | None) -> bool:
    """Whether only a person can fix this."""
    return isinstance(error, ServiceRefused | OutOfCredit | Unreadable)


def health_of(network: str) -> str:
    """Under which name the health of a network's stream is kept."""
    return f"{network}-stream"


def note_failure(service: str, error: SourceError, now: datetime, *, since: datetime | None = None) -> None:
    """Record that the service failed. What only a person can fix is kept as a refusal, with the setting to check.

    `since` is when the same trouble began, where something else was answered meanwhile.
    """
    setting = getattr(error, "setting", "") or (PAID.key_setting if isinstance(error, OutOfCredit) else "")
    state = SourceHealth.State.REFUSED if is_refusal(error) else SourceHealth.State.FAILING
    wait_s = getattr(error, "wait_s", None)
    wait_until = None if wait_s is None else now + timedelta(seconds=wait_s)
    _note(service, state, str(error), setting, since or now, failed_at=now, wait_until=wait_until)


def _note(
    service: str,
    state: SourceHealth.State,
    message: str,
    setting: str,
    since: datetime,
    *,
    answered_at: datetime | None = None,
    failed_at: datetime | None = None,
    wait_until: datetime | None = None,
) -> None:
    table = SourceHealth._meta.db_table
    rows.insert(
        SourceHealth,
        ["service", "state", "message", "setting", "since", "answered_at", "failed_at", "wait_until"],
        [[service, state, message[:LONGEST_MESSAGE], setting, since, answered_at, failed_at, wait_until]],
        on_conflict=f"(service) DO UPDATE SET state = excluded.state, message = excluded.message, setting = excluded.setting, "
        f"since = CASE WHEN {table}.state = excluded.state THEN {table}.since ELSE excluded.since END, "
        f"answered_at = COALESCE(excluded.answered_at, {table}.answered_at), "
        f"failed_at = COALESCE(excluded.failed_at, {table}.failed_at), wait_until = excluded.wait_until",
    )


def _gate(is_patient: bool, name: str, interval_s: float) -> Gate:
    patience_s = None if is_patient else PATIENCE_S + interval_s
    return Gate(name, interval_s, redis_url=settings.REDIS_URL, folder=settings.VAR_DIR / "gates", patience_s=patience_s)
