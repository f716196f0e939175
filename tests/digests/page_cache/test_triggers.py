"""Each change of rows names what readers' pages show of it, whoever makes it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from digests.models import Digest, Entry, PublicEvent, ShownTweet
from digests.page_cache import triggers
from digests.page_cache.watching import Watch, watch
from digests.publishing import status
from papers.counts import gone, measuring
from papers.models import CollectionDay, Mention, Paper, PaperCategory, PaperMeasurement, SavedRules, Tweet
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def heard() -> Iterator[Callable[[], set[str]]]:
    """What was said since the last call."""
    opened = watch()
    assert opened is not None
    yield lambda: {one for one in opened.changes() if not one.startswith(("category:", "appears:", "post:", "seen:"))}
    opened.close()


Heard = Callable[[], set[str]]


def test_category_hears_of_the_papers_that_lists_gain_and_lose() -> None:
    digest = make_digest(date(2021, 5, 12), papers=1)
    draft = make_digest(date(2021, 5, 13), status=Digest.Status.DRAFT)
    with closing(watch()) as opened:  # type: ignore[type-var]
        assert opened is not None

        def heard() -> set[str]:
            return {one for one in opened.changes() if one.startswith("category:")}

        make_entry(draft, make_paper(categories=("cs.CL",)))
        assert heard() == set()
        make_entry(digest, paper := make_paper(categories=("cs.CV", "cs.AI")))
        assert heard() == {"category:cs.CV", "category:cs.AI"}
        Entry.objects.filter(paper=paper).delete()
        assert heard() == {"category:cs.CV", "category:cs.AI"}
        status.publish(draft, now=NOW)
        assert heard() == {"category:cs.CL"}

        on_no_list, listed = make_paper(), draft.papers.get()
        index_changed()
        heard()
        PaperCategory.objects.create(paper=on_no_list, position=9, code="cs.SE")
        assert heard() == set()
        added = PaperCategory.objects.create(paper=listed, position=9, code="cs.SE")
        assert heard() == {"category:cs.SE"}
        PaperCategory.objects.filter(pk=added.pk).update(code="cs.RO")
        assert heard() == {"category:cs.SE", "category:cs.RO"}
        added.delete()
        assert heard() == {"category:cs.RO"}


def test_appearances_change_with_the_lists_that_have_a_paper_and_not_with_its_counts() -> None:
    digest = make_digest(date(2021, 5, 12), papers=1)
    paper, other = digest.papers.get(), make_paper()
    with closing(watch()) as opened:  # type: ignore[type-var]
        assert opened is not None

        def heard() -> set[str]:
            return {one for one in opened.changes() if one.startswith("appears:")}

        Entry.objects.update(retweets=7, position=2)
        Paper.objects.filter(pk=paper.pk).update(title="Corrected")
        make_entry(make_digest(date(2021, 5, 13), status=Digest.Status.DRAFT), other)
        assert heard() == set()
        status.withdraw(digest, now=NOW)
        assert heard() == {f"appears:{paper.pk}"}
        status.publish(digest, now=NOW)
        assert heard() == {f"appears:{paper.pk}"}
        Entry.objects.filter(digest=digest).update(paper=other)
        assert heard() == {f"appears:{paper.pk}", f"appears:{other.pk}"}
        Entry.objects.filter(digest=digest).delete()
        assert heard() == {f"appears:{other.pk}"}


def test_posts_of_a_day_change_with_those_that_it_shows() -> None:
    paper = make_paper()
    shown, unshown = make_tweet(paper), make_tweet(paper)
    for day in (12, 13):
        make_entry(make_digest(date(2021, 5, day)), paper, shown)
    make_entry(make_digest(date(2021, 5, 14), status=Digest.Status.DRAFT), paper, shown)
    with closing(watch()) as opened:  # type: ignore[type-var]
        assert opened is not None

        def heard() -> set[str]:
            return {one for one in opened.changes() if one.startswith("post:")}

        Tweet.objects.filter(pk=shown.pk).update(retweets=7, favorites=8, read_at=NOW)
        Tweet.objects.filter(pk=unshown.pk).update(state=Tweet.State.DELETED)
        Entry.objects.update(retweets=7)
        assert heard() == set()
        Tweet.objects.filter(pk=shown.pk).update(state=Tweet.State.DELETED)
        assert heard() == {"post:2021-05-12", "post:2021-05-13"}
        ShownTweet.objects.filter(entry__digest__date=date(2021, 5, 12)).delete()
        assert heard() == {"post:2021-05-12"}


def test_digest_concerns_its_page_its_papers_and_the_days_beside_it(heard: Heard) -> None:
    days = [make_digest(date(2021, 5, day), papers=1) for day in (10, 11, 12, 13, 14)]
    middle = days[2]
    paper = f"paper:{middle.papers.get().pk}"
    around = {"digest:2021-05-12", "listed:2021-05-12", "beside:2021-05-11", "beside:2021-05-13"}
    heard()

    Digest.objects.filter(pk=middle.pk).update(intro="New")
    assert heard() == {"digest:2021-05-12"}
    status.withdraw(middle, now=NOW)
    assert heard() == around | {paper}
    Digest.objects.filter(pk=middle.pk).update(intro="Unseen")
    Entry.objects.filter(digest=middle).update(note="Unseen")
    assert heard() == set()
    status.publish(middle, now=NOW)
    assert heard() == around | {paper}
    Digest.objects.filter(pk=middle.pk).delete()
    assert heard() == around | {paper}


def test_title_that_is_rendered_later_concerns_the_pages_that_list_it(heard: Heard) -> None:
    make_digest(date(2021, 5, 12), papers=1)
    render_changed()
    Entry.objects.update(printed_otherwise={"title": "On $x$"})
    heard()
    render_changed()
    assert heard() == {"digest:2021-05-12", "listed:2021-05-12"}


def test_draft_concerns_no_page(heard: Heard) -> None:
    digest = make_digest(status=Digest.Status.DRAFT)
    paper = make_paper()
    tweet = make_tweet(paper)
    heard()
    entry = make_entry(digest, paper, tweet)
    entry.note = "Work in progress"
    entry.save()
    ShownTweet.objects.update(position=2)
    digest.delete()
    assert heard() == set()


def test_entry_and_its_tweets_concern_their_pages(heard: Heard) -> None:
    digest = make_digest()
    paper = make_paper()
    tweet = make_tweet(paper)
    heard()
    ours = {f"digest:{digest.date}", f"paper:{paper.pk}"}
    listed = {f"listed:{digest.date}"}
    entry = make_entry(digest, paper, tweet)
    assert heard() == ours | listed
    Entry.objects.update(favorites=7)
    assert heard() == ours
    Entry.objects.update(favorites=7, moves=1)
    assert heard() == set()
    ShownTweet.objects.update(position=2)
    assert heard() == {f"paper:{paper.pk}"}
    other = make_paper()
    heard()
    Entry.objects.update(paper=other)
    assert heard() == ours | listed | {f"paper:{other.pk}"}
    entry.delete()
    assert heard() == {f"digest:{digest.date}", f"paper:{other.pk}"} | listed


def test_paper_concerns_its_page(heard: Heard) -> None:
    paper, other = make_paper(), make_paper()
    tweet = make_tweet(paper)
    index_changed()
    ours = {f"paper:{paper.pk}", f"text:{paper.pk}"}
    heard()
    Paper.objects.filter(pk=paper.pk).update(title="Corrected")
    assert heard() == ours
    Paper.objects.filter(pk=paper.pk).update(title="Corrected", newer={"version": 2})
    assert heard() == ours
    Paper.objects.filter(pk=paper.pk).update(title="Corrected", newer={"version": 2}, is_settled=True)
    assert heard() == set()
    PaperCategory.objects.filter(paper=paper).delete()
    assert heard() == ours
    Mention.objects.create(tweet=tweet, paper=other)
    assert heard() == {f"paper:{other.pk}", "ranks:2021-05-12"}
    Paper.objects.filter(pk=paper.pk).update(listing_date=date(2021, 5, 13))
    assert heard() == {*ours, "ranks:2021-05-12", "ranks:2021-05-13"}


def test_tweet_concerns_the_papers_that_it_mentions_or_is_shown_under(heard: Heard) -> None:
    mentioned, shown = make_paper(), make_paper()
    tweet = make_tweet(mentioned)
    make_entry(make_digest(), shown, tweet)
    ours = {f"paper:{mentioned.pk}", f"paper:{shown.pk}", "ranks:2021-05-12"}
    heard()
    gone.mark_gone({tweet.pk: Tweet.State.DELETED}, now=NOW)
    assert heard() == ours
    gone.mark_live([tweet.pk])
    assert heard() == ours
    Tweet.objects.update(next_read_at=NOW)
    assert heard() == set()


def test_reading_of_counts_concerns_the_papers(heard: Heard) -> None:
    paper = make_paper()
    tweet = make_tweet(paper)
    make_tweet(make_paper())
    index_changed()
    heard()
    reading = measuring.Reading(tweet.pk, NOW, 1, 2, 3, 4)
    measuring.record([reading], now=NOW)
    assert heard() == {f"paper:{paper.pk}", "ranks:2021-05-12"}
    assert PaperMeasurement.objects.get().favorites == 2


def test_day_and_rules_are_heard_of(heard: Heard) -> None:
    day = CollectionDay.objects.create(date=date(2026, 11, 24))
    assert heard() == {"day:2026-11-24"}
    CollectionDay.objects.update(claimed_until=NOW)
    assert heard() == set()
    day.reason = "arXiv was silent"
    day.save()
    assert heard() == {"day:2026-11-24"}
    digest = make_digest()
    PublicEvent.objects.create(digest=digest, kind=PublicEvent.Kind.COUNTS, at=NOW)
    assert f"digest:{digest.date}" in heard()
    SavedRules.objects.create(hot_score=1, shown_tweet_score=1, shown_tweets=1)
    assert heard() == {"*"}


def test_what_is_rolled_back_is_not_heard_of(heard: Heard) -> None:
    digest = make_digest()
    heard()
    with pytest.raises(RuntimeError), transaction.atomic():
        status.withdraw(digest, now=NOW)
        raise RuntimeError
    assert heard() == set()


def test_insert_that_ignores_conflicts_is_heard_of(heard: Heard) -> None:
    """On SQLite the conflict rule of a statement holds in the triggers that it fires, too."""
    paper = make_paper()
    tweet = make_tweet()
    index_changed()
    heard()
    for expected in ({f"paper:{paper.pk}", "ranks:2021-05-12"}, set()):
        Mention.objects.bulk_create([Mention(tweet=tweet, paper=paper)], ignore_conflicts=True)
        assert heard() == expected


def test_new_paper_is_named_when_the_index_knows_it(heard: Heard) -> None:
    index_changed()  # what other tests left to be indexed
    paper = make_paper()
    make_tweet(paper)
    heard()
    index_changed()
    assert heard() == {f"paper:{paper.pk}", "ranks:2021-05-12"}


def test_emptied_tables_are_heard_of(heard: Heard) -> None:
    digest = make_digest()
    heard()
    call_command("flush", interactive=False, verbosity=0)
    assert heard() & {"*", f"digest:{digest.date}"}


def test_triggers_go_before_a_migration_and_come_back_after_it(heard: Heard) -> None:
    assert triggers.TRIGGERS.is_installed(connection)
    try:
        triggers.drop()
        assert heard() == {"*"}
        assert not triggers.TRIGGERS.is_installed(connection)
        assert watch() is None  # nothing is held until they are back
    finally:
        call_command("migrate", verbosity=0)
    assert triggers.TRIGGERS.is_installed(connection)
    opened: Watch | None = watch()
    assert opened is not None
    opened.close()


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_names_of_triggers_are_short_enough_and_no_two_alike(vendor: str) -> None:
    """PostgreSQL cuts names at 63 letters, and then two are the same."""
    names = [trigger.name for trigger in triggers.TRIGGERS.make(vendor)]

    assert max(map(len, names)) <= 63
    assert len(set(names)) == len(names)
