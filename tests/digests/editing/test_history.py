"""Every change of a digest is kept, can be compared, and comes back."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.editing import history
from digests.editing.comparing import ComparedEntry, Contents, difference
from digests.editing.restoring import restore
from digests.models import Digest, Entry, ListChange, ShownTweet
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", first_name="Ann", last_name="Example")


def make_draft(papers: int = 3) -> Digest:
    return make_digest(papers=papers, status="draft", published_at=None)


def order(digest: Digest) -> list[tuple[int, str]]:
    return list(digest.entries.values_list("position", "paper__arxiv_id").order_by("position"))


def test_versions_tell_who_when_and_what_and_begin_with_the_state_before(ann: User) -> None:
    digest = make_draft()

    with history.change(digest.pk, history.Action.INTRO, by=ann) as changed:
        changed.intro = "A good day."
    with history.change(digest.pk, history.Action.FORM, by=None):
        pass

    found = history.changes(digest)
    assert [(one.editor, one.action) for one in found] == [("", "form"), ("Ann Example", "intro"), ("", "before")]
    assert found == sorted(found, key=lambda one: one.at, reverse=True)
    digest.refresh_from_db()
    assert (digest.revision, digest.intro) == (2, "A good day.")


def test_change_that_fails_leaves_no_trace(ann: User) -> None:
    digest = make_draft()

    with pytest.raises(ZeroDivisionError), history.change(digest.pk, history.Action.FORM, by=ann) as changed:
        changed.intro = str(1 / 0)

    assert history.changes(digest) == []
    assert Digest.objects.get().revision == 0


def test_restore_brings_back_rows_order_words_and_tweets_as_a_new_version(ann: User) -> None:
    digest = make_draft()
    before = history.now(digest)
    with history.change(digest.pk, history.Action.FORM, by=ann) as changed:
        changed.intro = "Words."
        digest.entries.get(position=1).delete()
        entry = digest.entries.get(position=2)
        entry.note, entry.printed_otherwise = "A note", {"title": "Mended"}
        entry.save()
        entry.shown_tweets.all().delete()
        make_entry(digest, make_paper(), position=9)
    much, first = history.changes(digest)
    later = history.now(Digest.objects.get())

    restore(digest.pk, first, by=ann)

    assert history.now(Digest.objects.get()) == before
    assert [one.action for one in history.changes(digest)] == ["restored", "form", "before"]
    assert history.then(digest, much.pk) == later

    restore(digest.pk, much, by=ann)

    restored = history.now(Digest.objects.get())
    assert restored.papers == tuple(later.papers)
    assert [position for position, _ in order(digest)] == [1, 2, 3]


def test_restore_leaves_status_and_schedule_alone_and_spoils_moves_seen_before(ann: User) -> None:
    digest = make_draft(2)
    with history.change(digest.pk, history.Action.FORM, by=ann):
        pass
    [_, first] = history.changes(digest)
    Digest.objects.update(status="withdrawn", published_at=digest.written_at)

    restored = restore(digest.pk, first, by=ann)

    stored = Digest.objects.get()
    assert (stored.status, stored.published_at, stored.revision) == ("withdrawn", digest.written_at, 2)
    assert restored.revision == 2
    assert set(Entry.objects.values_list("moves", flat=True)) == {1}


def test_restore_leaves_out_papers_and_tweets_that_are_no_longer_known(ann: User) -> None:
    digest = make_draft(3)
    with history.change(digest.pk, history.Action.FORM, by=ann):
        for entry in digest.entries.filter(position__lt=3):
            gone = entry.paper
            ShownTweet.objects.filter(entry=entry).delete()
            gone.tweets.all().delete()
            if entry.position == 1:
                entry.delete()
                gone.delete()
    [_, first] = history.changes(digest)

    restore(digest.pk, first, by=ann)

    assert [(e.position, e.shown_tweets.count()) for e in digest.entries.all()] == [(1, 0), (2, 1)]


def test_no_version_keeps_a_tweets_text_and_restoring_keeps_what_is_printed(ann: User) -> None:
    digest = make_draft(2)
    otherwise = {"body": "A printed body", "name": "A Name", "handle": "a_handle", "direction": "rtl"}
    ShownTweet.objects.filter(entry__position=1).update(printed_otherwise=otherwise)
    with history.change(digest.pk, history.Action.FORM, by=ann):
        pass

    kept = str(list(ListChange.objects.values_list("document", "details")))
    assert [text in kept for text in ("A printed body", "A Name", "a_handle", "example_lab", "rtl")] == [False] * 4 + [True]

    restore(digest.pk, history.changes(digest)[-1], by=ann)
    assert ShownTweet.objects.get(entry__position=1).printed_otherwise == otherwise


def test_versions_of_another_day_are_not_restored(ann: User) -> None:
    digest, other = make_draft(1), make_digest(date(2021, 5, 13), papers=1)
    with history.change(other.pk, history.Action.FORM, by=ann):
        pass

    with pytest.raises(history.UnknownVersion):
        restore(digest.pk, history.changes(other)[0], by=ann)

    assert history.changes(digest) == []


def test_a_version_costs_the_same_queries_however_long_the_list(ann: User) -> None:
    counts = []
    for day, papers in ((date(2021, 5, 12), 2), (date(2021, 5, 13), 20)):
        digest = make_digest(day, papers=papers, revision=1)
        with history.change(digest.pk, history.Action.FORM, by=ann):
            pass
        with CaptureQueriesContext(connection) as queries, history.change(digest.pk, history.Action.FORM, by=ann):
            pass
        with CaptureQueriesContext(connection) as reading:
            history.then(digest, history.changes(digest)[0].pk)
            history.now(digest)
        counts.append((len(queries), len(reading)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6


A, B, C, D = (ComparedEntry(f"2105.0000{number}", f"Paper {number}", tweets=("@a 1", "@b 2")) for number in range(1, 5))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((A, B, C), (A, B, C), []),
        ((A, B, C), (C, A, B), ["2105.00003: moved from 3 to 1."]),
        ((A, B), (A, C, B), ["2105.00003: added as number 2."]),
        ((A, B), (B,), ["2105.00001: removed, was number 1."]),
        (
            (A,),
            (ComparedEntry(A.arxiv_id, "Paper one", note="Read it", is_pinned=True, tweets=A.tweets),),
            ["2105.00001: title changed; note changed; pinned."],
        ),
        (
            (A,),
            (ComparedEntry(A.arxiv_id, A.title, retweets=1234, tweets=A.tweets),),
            ["2105.00001: counts: 0 reposts, 0 likes, now 1,234 reposts, 0 likes."],
        ),
        ((A,), (ComparedEntry(A.arxiv_id, A.title, tweets=("@b 2", "@a 1")),), ["2105.00001: posts: reordered."]),
        (
            (A,),
            (ComparedEntry(A.arxiv_id, A.title, tweets=("@b 2", "@c 3")),),
            ["2105.00001: posts: shown @c 3; no longer shown @a 1."],
        ),
    ],
)
def test_difference_says_what_happened(
    before: tuple[ComparedEntry, ...], after: tuple[ComparedEntry, ...], said: list[str]
) -> None:
    assert list(difference(Contents("", before), Contents("", after)).said) == said


def test_difference_shows_both_lists_whole_and_marks_words() -> None:
    found = difference(Contents("a good day", (A, B, C)), Contents("a very good morning", (D, C, A)))

    assert [(line.before_number, line.after_number) for line in found.lines] == [(None, 1), (3, 2), (1, 3), (2, None)]
    assert found.intro is not None
    assert [(one.text, one.differs) for one in found.intro.before] == [("a", False), ("good", False), ("day", True)]
    assert [(one.text, one.differs) for one in found.intro.after] == [
        ("a", False),
        ("very", True),
        ("good", False),
        ("morning", True),
    ]
