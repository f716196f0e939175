"""A draft is proposed for a day whose papers are here, once, and never over somebody's work."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.editing.curation import propose, take_counts
from digests.models import Digest
from digests.publishing.scheduling import publish_due
from digests.tasks import propose_drafts
from papers.models import CollectionDay, Paper, Provenance
from tests.factories import make_digest, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 23, 0, 0, 500, UTC)
READ = NOW - timedelta(hours=1)


def make_candidate(*scores: int, **fields: object) -> Paper:
    paper = make_paper(listing_date=DAY, **fields)  # type: ignore[arg-type]
    for score in scores:
        make_tweet(paper, retweets=0, favorites=score, read_at=READ)
    return paper


def collected(state: str = "complete") -> CollectionDay:
    done = NOW if state == "complete" else None
    return CollectionDay.objects.create(date=DAY, state=state, papers_done_at=done, tweets_done_at=done)


def test_draft_holds_the_hot_papers_in_rank_order_with_their_tweets() -> None:
    collected()
    warm, hot, cold = make_candidate(50), make_candidate(60, 10, 30), make_candidate(49)
    digest = propose(DAY, now=NOW)
    assert digest is not None
    assert (digest.status, digest.written_at) == ("draft", NOW.replace(microsecond=0))
    entries = list(digest.entries.all())
    assert [(entry.position, entry.paper) for entry in entries] == [(1, hot), (2, warm)]
    assert [(entry.favorites, entry.read_at, entry.provenance) for entry in entries] == [
        (100, READ.replace(microsecond=0), Provenance.NETWORK),
        (50, READ.replace(microsecond=0), Provenance.NETWORK),
    ]
    assert [shown.tweet.favorites for shown in entries[0].shown_tweets.all()] == [60, 30]
    assert cold not in digest.papers.all()


@pytest.mark.parametrize("state", ["not_announced", "collecting", "partial", "failed", "quiet"])
def test_day_that_is_not_complete_is_not_proposed(state: str) -> None:
    collected(state)
    make_candidate(60)
    assert propose(DAY, now=NOW) is None
    assert Digest.objects.count() == 0


@pytest.mark.parametrize("state", ["collecting", "partial", "failed"])
def test_day_whose_papers_are_here_is_proposed_before_it_is_complete(state: str) -> None:
    CollectionDay.objects.filter(pk=collected(state).pk).update(found_new=2)
    hot = make_candidate(60)
    digest = propose(DAY, now=NOW)
    assert digest is not None
    assert list(digest.papers.all()) == [hot]
    # It follows the readings, and no rule publishes it.
    make_candidate(90)
    again = propose(DAY, now=NOW)
    assert again is not None
    assert again.entries.count() == 2
    assert publish_due(NOW + timedelta(days=1)) == []


def test_list_that_is_about_to_go_out_keeps_the_counts_that_were_checked() -> None:
    collected()
    post = make_candidate(60).tweets.get()
    assert (digest := propose(DAY, now=NOW)) is not None
    post.favorites = 67
    post.save()
    Digest.objects.update(goes_out_at=NOW)
    assert take_counts(digest) == 0
    Digest.objects.update(goes_out_at=None)  # taken back
    assert take_counts(digest) == 1


def test_day_that_nobody_collected_is_not_proposed() -> None:
    make_candidate(60)
    assert propose(DAY, now=NOW) is None


def test_somebody_s_digest_is_left_alone() -> None:
    collected()
    make_candidate(60)
    own = make_digest(DAY, status="draft", published_at=None, revision=1)
    assert propose(DAY, now=NOW) is None
    assert own.entries.count() == 0


def test_proposal_takes_the_same_queries_for_few_and_many() -> None:
    counts = []
    for size in (1, 12):
        Digest.objects.all().delete()
        CollectionDay.objects.all().delete()
        collected()
        for _ in range(size):
            make_candidate(60, 30)
        with CaptureQueriesContext(connection) as queries:
            assert propose(DAY, now=NOW) is not None
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_task_proposes_the_last_days(time_machine) -> None:  # type: ignore[no-untyped-def]
    time_machine.move_to(NOW + timedelta(days=2), tick=False)
    collected()
    make_candidate(60)
    propose_drafts()
    assert [digest.date for digest in Digest.objects.all()] == [DAY]
