"""The sources, built from the settings, and a record of how each answered last."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from papers import clock, rows
from papers.models import SourceHealth
from papers.networks.x.client import XClient
from papers.networks.x.network import NOT_SET
from papers.networks.x.oembed import OEmbedClient
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
    x: XClient | None
    """None if X_BEARER_TOKEN is empty; then nothing is read from X."""
    oembed: OEmbedClient


@contextlib.contextmanager
def sources(*, attempts: int = 3, is_patient: bool = True) -> Iterator[Sources]:
    """Open the clients of all sources. Raises Misconfigured, which names the setting, if a value cannot work.

    A request is tried at most `attempts` times: once while a person waits. A wait of more than a minute or two is raised
    instead of waited for, so the caller can come back later. A caller that is not patient
    gets GateBusy if others keep a gate busy.
    """
    with client(contact_email=settings.CONTACT_EMAIL) as http:
        yield Sources(
            arxiv=ArxivClient(
                http,
                gate=_gate("arxiv", settings.ARXIV_REQUEST_INTERVAL, is_patient),
                api_base=base_url(settings.ARXIV_API_BASE, setting="ARXIV_API_BASE"),
                rss_base=base_url(settings.ARXIV_RSS_BASE, setting="ARXIV_RSS_BASE"),
                web_base=base_url(settings.ARXIV_WEB_BASE, setting="ARXIV_WEB_BASE"),
                calendar=calendar(),
                attempts=attempts,
            ),
            x=XClient(http, bearer_token=settings.X_BEARER_TOKEN, base=settings.X_API_BASE, now=clock.now, attempts=attempts)
            if settings.X_BEARER_TOKEN
            else None,
            oembed=OEmbedClient(
                http,
                gate=_gate("oembed", settings.OEMBED_REQUEST_INTERVAL, is_patient),
                base=settings.OEMBED_BASE,
                attempts=attempts,
            ),
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
    return Misconfigured(NOT_SET, setting="X_BEARER_TOKEN")


def note_answer(service: str, now: datetime) -> None:
    """Record that the service gave a good answer."""
    _note(service, SourceHealth.State.OK, "", "", now, answered_at=now)


def is_refusal(error: SourceError | None) -> bool:
    """Whether only a person can fix this."""
    return isinstance(error, ServiceRefused | OutOfCredit | Unreadable)


def note_failure(service: str, error: SourceError, now: datetime) -> None:
    """Record that the service failed. What only a person can fix is kept as a refusal, with the setting to check."""
    setting = getattr(error, "setting", "") or ("X_BEARER_TOKEN" if isinstance(error, OutOfCredit) else "")
    state = SourceHealth.State.REFUSED if is_refusal(error) else SourceHealth.State.FAILING
    _note(service, state, str(error), setting, now, failed_at=now)


def _note(
    service: str,
    state: SourceHealth.State,
    message: str,
    setting: str,
    now: datetime,
    *,
    answered_at: datetime | None = None,
    failed_at: datetime | None = None,
) -> None:
    table = SourceHealth._meta.db_table
    rows.insert(
        SourceHealth,
        ["service", "state", "message", "setting", "since", "answered_at", "failed_at"],
        [[service, state, message[:LONGEST_MESSAGE], setting, now, answered_at, failed_at]],
        on_conflict=f"(service) DO UPDATE SET state = excluded.state, message = excluded.message, setting = excluded.setting, "
        f"since = CASE WHEN {table}.state = excluded.state THEN {table}.since ELSE excluded.since END, "
        f"answered_at = COALESCE(excluded.answered_at, {table}.answered_at), "
        f"failed_at = COALESCE(excluded.failed_at, {table}.failed_at)",
    )


def _gate(name: str, interval_s: float, is_patient: bool) -> Gate:
    # Celery writes a Redis socket as redis+socket://, the client library as unix://.
    redis_url = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)
    patience_s = None if is_patient else PATIENCE_S + interval_s
    return Gate(name, interval_s, redis_url=redis_url, folder=settings.VAR_DIR / "gates", patience_s=patience_s)
