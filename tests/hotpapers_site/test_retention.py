"""What only grows is deleted after the days of its setting; nothing that a page shows is."""

import io
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Model, QuerySet
from pytest_django import Settings

from digests.models import Notice
from hotpapers_site import retention
from hotpapers_site.models import SecurityEvent
from hotpapers_site.tasks import forget_old
from papers import clock
from papers.models import Mention, PaidRead, Tweet, UnmatchedMention
from tests.factories import make_digest, make_paper, make_tweet

pytestmark = pytest.mark.django_db
OLD, YOUNG = timedelta(days=91), timedelta(days=89)


def aged(rows: QuerySet[Model], column: str) -> None:
    """The first of two rows becomes old, the second is a little younger than the limit."""
    old, young = rows.order_by("pk")
    rows.filter(pk=old.pk).update(**{column: clock.now() - OLD})
    rows.filter(pk=young.pk).update(**{column: clock.now() - YOUNG})


def test_each_kind_is_kept_as_long_as_its_setting_says(settings: Settings) -> None:
    for name in ("PAID_READS", "ADMIN_LOG", "SIGN_INS", "NOTICES", "UNMATCHED"):
        setattr(settings, f"KEEP_{name}_DAYS", 90)
    ann = User.objects.create_user("ann")
    for _ in range(2):
        PaidRead.objects.create(at=clock.now(), purpose=PaidRead.Purpose.SWEEP, reserved=1, reads=1)
        LogEntry.objects.create(user=ann, action_flag=ADDITION, object_repr="a list")
        AccessLog.objects.create(username="ann")
        Notice.objects.create(key=str(Notice.objects.count()), kind=Notice.Kind.PUBLISHED, at=clock.now())
        SecurityEvent.objects.create(kind=SecurityEvent.Kind.SIGNED_IN, user=ann)
    for number in range(2):
        AccessAttempt.objects.create(
            username="ann", ip_address=f"192.0.2.{number}", get_data="", post_data="", failures_since_start=1
        )
    kinds = [
        (PaidRead, "at"),
        (LogEntry, "action_time"),
        (SecurityEvent, "at"),
        (Notice, "at"),
        (AccessLog, "attempt_time"),
        (AccessAttempt, "attempt_time"),
    ]
    for model, column in kinds:
        aged(model._default_manager.all(), column)

    call_command("forget_old", dry_run=True, stdout=(said := io.StringIO()))
    assert [line.split()[0] for line in said.getvalue().splitlines()] == ["1", "1", "1", "1", "1", "1", "0"]
    assert [model._default_manager.count() for model, _ in kinds] == [2] * 6

    forget_old()
    assert [model._default_manager.count() for model, _ in kinds] == [1] * 6


def test_posts_go_only_where_no_paper_ever_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    old = clock.now() - OLD
    shown = make_digest(papers=1).entries.get().shown_tweets.get().tweet
    mentions, of_no_paper = make_tweet(make_paper()), [make_tweet() for _ in range(5)]
    young = make_tweet(posted_at=clock.now() - YOUNG)
    for tweet in (shown, mentions, young, *of_no_paper):
        UnmatchedMention.objects.create(tweet=tweet, arxiv_id="2611.00001")
        UnmatchedMention.objects.create(tweet=tweet, arxiv_id="2611.00002")
    Mention.objects.filter(tweet=shown).delete()
    Tweet.objects.exclude(pk=young.pk).update(posted_at=old)

    assert {kept.what: rows for kept, rows in retention.forget(clock.now())}["posts about papers that never came"] == 5

    assert set(Tweet.objects.values_list("pk", flat=True)) == {shown.pk, mentions.pk, young.pk}


def test_a_post_whose_paper_came_while_its_worker_was_killed_gets_its_paper_and_stays() -> None:
    tweet = make_tweet(posted_at=clock.now() - OLD)
    UnmatchedMention.objects.create(tweet=tweet, arxiv_id=make_paper().arxiv_id)

    forget_old()

    assert Mention.objects.values_list("tweet", flat=True).get() == tweet.pk
    assert UnmatchedMention.objects.count() == 0


def test_zero_keeps_for_ever(settings: Settings) -> None:
    settings.KEEP_PAID_READS_DAYS = 0
    PaidRead.objects.create(at=clock.now() - timedelta(days=30_000), purpose=PaidRead.Purpose.SWEEP, reserved=1, reads=1)

    assert "entries in the ledger of paid reads" not in [kept.what for kept, _ in retention.forget(clock.now())]
    assert PaidRead.objects.count() == 1
