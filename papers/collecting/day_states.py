"""What is said about a day: its state and the reason, from what is here of it and how its sources answer."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from papers import clock
from papers.access import networks
from papers.access.connections import calendar, health_of, no_key
from papers.models import CollectionDay, NetworkDay, SourceDay, SourceHealth
from papers.network_words import title
from papers.networks.registry import KINDS, PAID
from papers.plurals import counted
from papers.sources.left_out import LeftOut, told

State = CollectionDay.State
FAILED_AFTER = 6
"""Attempts in a row; at the waits of `papers.collecting.days`, some three hours."""
Health = Mapping[str, SourceHealth]
"""By service: how it answered last."""
OUTAGE = timedelta(hours=6)
"""A source that has failed for so long needs attention."""
TO_COLLECT = "Its papers haven't been collected yet."
ARXIV = SourceHealth.Service.ARXIV


def judge(row: CollectionDay, now: datetime) -> tuple[State, str]:
    """The state that follows from what is here, and the reason in a few sentences. Asks for the health of the sources."""
    of_day = {one.source: one for one in SourceDay.objects.filter(day=row.pk)}
    arxiv, paid = of_day.get(ARXIV), of_day.get(PAID.name)
    if row.state == State.QUIET:
        # What a quiet day says of arXiv stays as it was said when it became quiet.
        return State.QUIET, _joined(arxiv.note if arxiv else row.reason, *_unread_posts(of_day), _gaps_of(row.date))
    health = {one.service: one for one in SourceHealth.objects.all()}
    worst_first = [State.FAILED, State.NOT_ANNOUNCED, State.PARTIAL, State.COLLECTING, State.COMPLETE]
    papers, why_papers = _judge_papers(row, now, arxiv)
    tweets, why_tweets = _judge_tweets(row, now, paid, health)
    gaps = _gaps_of(row.date)
    state = min(papers, tweets, key=worst_first.index)
    lacking = f"Some papers could not be read completely: {told(left_out(arxiv))}." if arxiv and arxiv.left_out else ""
    return state, _joined(why_papers, lacking, arxiv.note if arxiv else "", why_tweets, *_unread_posts(of_day), gaps)


def left_out(source: SourceDay) -> list[LeftOut]:
    """The records of the day that the source sent and nobody could read."""
    return [LeftOut(name, lacks) for name, lacks in source.left_out]


def expectation(day: date) -> str:
    """From when on arXiv's announcement of the day is expected, in a sentence."""
    return f"arXiv hasn't announced it yet; that is expected from {calendar().expected_at(day):%-d %b %Y, %H:%M} UTC."


def outage(name: str, since: datetime, attempts: int, message: str) -> str:
    """What is said of a source that has been failing for hours."""
    tried = f" ({counted(attempts, 'attempt')})" if attempts else ""
    return f"{name} has been failing since {since.astimezone(UTC):%-d %b %Y, %H:%M} UTC{tried} and needs attention. {message}"


def told_gaps(of_network: NetworkDay) -> str:
    """What of the day was not heard, in a sentence each; empty where nothing is missing."""
    told: list[str] = []
    for *gap, why in ((*gap, "")[:3] for gap in of_network.missed):
        start, end = map(datetime.fromisoformat, gap)
        until = "24:00" if start.date() < end.date() else f"{end:%H:%M}"
        when = f"at {until}" if until == f"{start:%H:%M}" else f"from {start:%H:%M} to {until}"
        told += [f"{title(of_network.network)} was not heard {when} UTC.", why]
    return _joined(*told)


def _gaps_of(day: date) -> str:
    rows = NetworkDay.objects.filter(date=day, network__in=KINDS).exclude(missed=[]).order_by("network")
    return " ".join(map(told_gaps, rows))


def _joined(*sentences: str) -> str:
    return " ".join(dict.fromkeys(filter(None, sentences)))


def _unread_posts(of_day: Mapping[str, SourceDay]) -> Iterator[str]:
    for name, source in sorted(of_day.items()):
        if name in KINDS and (count := len(source.left_out)):
            where = "" if name == PAID.name else f" of {title(name)}"
            yield f"{counted(count, 'post')}{where} could not be read: {told(left_out(source))}."


def _is_out(source: SourceDay | None, now: datetime) -> bool:
    return bool(source and source.failing_since and not source.is_refused and now - source.failing_since >= OUTAGE)


def _judge_papers(row: CollectionDay, now: datetime, arxiv: SourceDay | None) -> tuple[State, str]:
    if row.papers_done_at:
        approximate = row.listing_source == "window"
        text = "Approximate: its papers were found by their submission time, because arXiv's list of the day is gone."
        return State.COMPLETE, text if approximate else ""
    trouble, attempts = (arxiv.message, arxiv.attempts) if arxiv else ("", 0)
    if arxiv and arxiv.failing_since and row.listing_source and _is_out(arxiv, now):
        return State.FAILED, outage("arXiv", arxiv.failing_since, attempts, trouble)
    if row.listing_source:
        if row.expected_new is None and row.listing_source == "feed":
            unchecked = "papers were collected but not checked, because arXiv's listing can't be read or is behind its feed."
            return State.PARTIAL, trouble or f"{row.found_new:,} {unchecked}"
        announced = f"{row.found_new:,} of {row.expected_new:,}" if row.expected_new is not None else f"{row.found_new:,}"
        return (
            State.PARTIAL,
            trouble or f"{announced} new papers have arrived with their abstracts; the others will be asked for again.",
        )
    if trouble and arxiv and arxiv.is_refused:
        return State.FAILED, trouble
    if attempts >= FAILED_AFTER:
        return State.FAILED, f"{attempts} attempts in a row failed. {trouble}".strip()
    if trouble:
        return State.COLLECTING, trouble
    if row.state == State.NOT_ANNOUNCED and not clock.is_over(row.date, now):
        return State.NOT_ANNOUNCED, expectation(row.date)
    return State.COLLECTING, TO_COLLECT


def _judge_tweets(row: CollectionDay, now: datetime, paid: SourceDay | None, health: Health) -> tuple[State, str]:
    """By the network that charges, which is searched to the day's end; where it is off, by all others."""
    if row.tweets_done_at:
        return State.COMPLETE, ""
    if not networks.paid_is_on():
        return _judge_open_networks(row, now, health)
    # The day's own failure goes before how it answered last, which may have been to a question about counts.
    trouble, is_refused = (paid.message, paid.is_refused) if paid and paid.message else ("", False)
    answered = health.get(PAID.name)
    if not trouble and answered and answered.state != SourceHealth.State.OK:
        trouble, is_refused = answered.message, answered.state == SourceHealth.State.REFUSED
    if trouble and trouble != str(no_key()):
        if paid and paid.failing_since and _is_out(paid, now):
            return State.FAILED, outage(PAID.title, paid.failing_since, paid.attempts, trouble)
        return State.PARTIAL if is_refused or clock.is_over(row.date, now) else State.COLLECTING, trouble
    if row.state == State.NOT_ANNOUNCED and row.papers_done_at is None:
        return State.COLLECTING, ""
    of_paid = NetworkDay.objects.filter(network=PAID.name, date=row.date).first()
    swept = of_paid.collected_until if of_paid else None
    until = f"collected until {swept:%H:%M} UTC" if swept else "not collected yet"
    return State.COLLECTING, f"Posts are {until}." if clock.is_over(row.date, now) else f"The day isn't over; posts are {until}."


def _judge_open_networks(row: CollectionDay, now: datetime, health: Health) -> tuple[State, str]:
    """The day has its posts once every network that is on was asked after its end. Of one that fails it says why; what the others
    gave is here meanwhile."""
    if not networks.on():
        return State.PARTIAL, " ".join(networks.off().values())
    if row.state == State.NOT_ANNOUNCED and row.papers_done_at is None:
        return State.COLLECTING, ""
    if not clock.is_over(row.date, now):
        return State.COLLECTING, "The day isn't over; more posts may come."
    behind = open_networks_behind(row.date)
    if not behind:
        return State.COMPLETE, ""
    services = (service for name in behind for service in (name, health_of(name)))
    failing = [health[one].message for one in services if one in health and health[one].state != SourceHealth.State.OK]
    return State.PARTIAL, _joined(f"Posts haven't been collected yet from {_in_a_row(behind)}.", *failing)


def _in_a_row(names: list[str]) -> str:
    *others, last = [KINDS[name].title for name in names]
    return f"{', '.join(others)} and {last}" if others else last


def open_networks_behind(day: date) -> list[str]:
    """The open networks that are on and were not asked yet after the day's end."""
    done = NetworkDay.objects.filter(date=day, collected_until__gte=clock.bounds(day)[1]).values_list("network", flat=True)
    return [name for name in networks.on() if name not in set(done)]
