"""What runs by itself: beat's ticks find by the database what is due, and queue it.

Celery tries no failed task again. The failure is kept in the database (a day's reason and next attempt, the health of the
service), with the time to wait that the service asked for, and a later tick finds the work due again. So a failure, a lost
message and a killed worker end in the same way, and a refusal is not repeated before its time. So does a wait at a source's
gate that others keep busy: the task ends, so that its worker is free, and nothing counts as failed.
"""

import logging
from collections.abc import Callable
from datetime import date, timedelta

from celery import shared_task
from django.db.models import Q

from papers import clock
from papers.access import networks
from papers.access.connections import Sources, note_failure, sources
from papers.collecting import days, progress
from papers.collecting.announced import Progress, collect_papers
from papers.collecting.open_days import collect_posts, days_due, tell_unread
from papers.collecting.paid_days import collect_tweets
from papers.counts.claiming import claim_due, claim_posts, claim_texts
from papers.counts.embedding import embed, to_embed
from papers.counts.refreshing_open import refresh_posts
from papers.counts.refreshing_paid import refresh
from papers.counts.thinning import thin
from papers.models import SourceHealth, Tweet
from papers.networks.base import Network
from papers.plurals import counted
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from papers.sources.gate import GateBusy
from papers.sources.http import Malformed, RateLimited, SourceError, Transient

logger = logging.getLogger(__name__)
DAYS_AT_ONCE = 4
"""Queued by one tick, so that a long absence does not fill the queue."""
POSTS_AT_ONCE = 2000
TEXTS_AT_ONCE = 100
"""Some two minutes, by the second that is between them."""
AFTER_FAILURE = timedelta(minutes=5)
OF_THE_QUESTION = (200, 400)
"""With these a service answers: what is wrong may be wrong with one day alone."""
RENDER_S = 60.0
"""The next tick goes on."""


@shared_task
def catch_up() -> None:
    """Queue the days that lack papers or tweets, the oldest first. Today is one of them."""
    for day in days.days_wanted(clock.now())[:DAYS_AT_ONCE]:
        collect_day.delay(day.isoformat())


@shared_task
def collect_day(iso_day: str) -> None:
    """Collect the papers that arXiv announced on the day (YYYY-MM-DD, UTC), then its tweets, as far as there is a key for them.

    Nothing where another worker is at the day. Both in one task: a day is claimed as a whole.
    """
    day = date.fromisoformat(iso_day)
    if not days.claim(day, clock.now()):
        return
    try:
        _ask(lambda opened: _collect(day, opened))
    finally:
        days.release(day)


@shared_task
def collect_networks() -> None:
    """Queue the open networks that are on, each by itself: one that is slow or fails keeps no other waiting.

    One that failed is asked again a few minutes later, and no earlier than it asked for.
    """
    now = clock.now()
    is_early = Q(failed_at__gt=now - AFTER_FAILURE) | Q(wait_until__gt=now)
    failed = SourceHealth.objects.exclude(state=SourceHealth.State.OK).filter(is_early, failed_at__lte=now)
    for name in set(networks.on()) - set(failed.values_list("service", flat=True)):
        collect_network.delay(name)


@shared_task
def collect_network(name: str) -> None:
    """Bring in the posts of the days that are due, then the counts that are, also where there was trouble with a day."""
    failing = SourceHealth.objects.filter(service=name).exclude(state=SourceHealth.State.OK)
    since = failing.values_list("since", flat=True).first()
    try:
        with networks.opened(name) as network:
            trouble = _collect_due_days(network)
            now = clock.now()
            done = refresh_posts(network, claim_posts(name, most=POSTS_AT_ONCE, now=now), now=now)
            tell_unread(name, done.unreadable, now=now)
        if trouble:
            note_failure(name, trouble, clock.now(), since=since)
            _log(trouble)
    except SourceError as error:  # kept in the health of the network
        _log(error)
    else:
        if done.read or done.gone:
            logger.info("%s: %s read, %s gone", name, counted(done.read, "count"), done.gone)


def _collect_due_days(network: Network) -> SourceError | None:
    """The first trouble, unless the network wants not to be asked at all. An odd answer about one day keeps no other waiting."""
    trouble: SourceError | None = None
    for day in days_due(network.name, clock.now()):
        try:
            row = collect_posts(day, network, now=clock.now())
            logger.info("%s, %s", row, counted(row.found, "post"))
        except (Malformed, Transient) as error:
            if isinstance(error, RateLimited):
                raise
            trouble = trouble or error
            if error.status not in OF_THE_QUESTION:
                break
    return trouble


@shared_task
def refresh_due() -> None:
    """Queue the readings of counts that are due, as far as the budget has reads to spare."""
    if not networks.paid_is_on():
        return
    now = clock.now()
    for tweet_ids in claim_due(most=days.spare_reads(now), now=now):
        refresh_tweets.delay(tweet_ids)


@shared_task
def refresh_tweets(tweet_ids: list[int]) -> None:
    """Read the counts of up to 100 tweets (primary keys) again."""
    _ask(lambda opened: refresh(Tweet.objects.filter(pk__in=tweet_ids), now=clock.now(), sources=opened))


@shared_task
def embed_shown() -> None:
    """Fetch the texts of the tweets that are shown, as many as one run may."""
    now = clock.now()
    if tweets := claim_texts(to_embed(now)[:TEXTS_AT_ONCE], now=now):
        _ask(lambda opened: embed(tweets, now=clock.now(), sources=opened))


@shared_task
def thin_history() -> None:
    """Thin the history of counts with its age."""
    logger.info("Thinned out %s", counted(thin(clock.now()), "reading"))


@shared_task
def index_papers() -> None:
    """Let searches find what came or changed."""
    index_changed()


@shared_task
def render_texts() -> None:
    """Make safe HTML and plain text of what came or changed."""
    render_changed(within_s=RENDER_S)


def _ask(step: Callable[[Sources], object]) -> None:
    try:
        with sources(is_patient=False) as opened:
            step(opened)
    except SourceError as error:  # kept in the health of the service
        _log(error)
    except GateBusy as busy:
        logger.info("Other tasks are asking %s; a later tick goes on", busy)


def _log(error: SourceError, about: str = "") -> None:
    """A warning where a person must act; what may pass by itself is in the health of the service, and asked again."""
    passes = isinstance(error, Transient | RateLimited)
    logger.log(logging.INFO if passes else logging.WARNING, "%s%s", about, error)


def _collect(day: date, opened: Sources) -> None:
    """Whatever becomes of the papers, the tweets are asked for, too."""
    for collect in (collect_papers, collect_tweets) if opened.paid else (collect_papers,):
        try:
            row = collect(day, now=clock.now(), sources=opened, progress=_telling(day))
        except SourceError as error:  # the day has it as its reason
            _log(error, f"{day}: ")
        except GateBusy as busy:
            logger.info("%s: other tasks are asking %s; a later tick goes on", day, busy)
        else:
            logger.info("%s, %s, %s", row, counted(row.found_new, "paper"), counted(row.tweets_found, "post"))


def _telling(day: date) -> Progress:
    """Say in the log, and in the day's reason, which the desk shows, how far its papers have come."""

    def tell(done: int, total: int | None) -> None:
        if total:
            logger.info("%s", progress.tell(day, done, total))

    return tell
