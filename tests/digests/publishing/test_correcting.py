"""A published day is corrected on a copy that readers never see."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from digests.editing import history
from digests.editing.conflicts import Conflict, Refused
from digests.editing.restoring import restore
from digests.editing.sentences import said
from digests.models import Digest, Entry, PublicEvent
from digests.publishing.correcting import drop_correction, open_correction, publish_correction
from digests.publishing.status import withdraw
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", first_name="Ann")


def corrected(digest: Digest, by: User) -> Digest:
    """A correction with another paper on top, and a note."""
    correction = open_correction(digest, by=by)
    with history.change(correction.pk, history.Action.ADDED, by=by) as changed:
        changed.intro = "Now right."
        Entry.objects.filter(digest=correction, position=1).delete()
        paper = make_paper(title="Only In The Correction")
        make_entry(correction, paper, make_tweet(paper), position=1, note="Overlooked")
    correction.refresh_from_db()
    return correction


def test_open_correction_copies_the_list_once(ann: User) -> None:
    digest = make_digest(papers=3, intro="Words", revision=4)

    correction = open_correction(digest, by=ann)

    assert open_correction(digest, by=ann).pk == correction.pk
    assert history.now(correction) == history.now(digest)
    assert (correction.status, correction.corrects_id, correction.revision) == ("draft", digest.pk, 5)
    assert [one.action for one in history.changes(correction)] == ["correction_begun"]
    assert history.changes(digest) == []


def test_readers_do_not_see_a_correction_anywhere(ann: User, client: Client) -> None:
    digest = make_digest(papers=2)
    addresses = [
        "/", digest.get_absolute_url(), digest.markdown_url, "/rss.xml", "/categories/cs.LG",
        f"/papers/{digest.papers.all()[0].arxiv_id}",
    ]  # fmt: skip
    before = [client.get(address).content for address in addresses]

    correction = corrected(digest, ann)

    newcomer = correction.entries.get(position=1).paper
    assert [client.get(address).content for address in addresses] == before
    own_page = client.get(newcomer.get_absolute_url()).content.decode()
    assert '<meta name="robots" content="noindex">' in own_page  # a paper that no list had yet
    assert digest.get_absolute_url() not in own_page
    newcomer.refresh_from_db()
    assert newcomer.is_settled is False


def test_publish_correction_takes_the_lists_place_with_a_public_note(ann: User, client: Client) -> None:
    digest = make_digest(papers=2)
    correction = corrected(digest, ann)
    wanted, first_seen = history.now(correction), digest.published_at

    assert publish_correction(correction, by=ann, note=" One paper was wrong. ", now=NOW, seen=correction.revision) is True

    digest.refresh_from_db()
    assert history.now(digest) == wanted
    assert (digest.status, digest.published_at, digest.intro) == ("published", first_seen, "Now right.")
    assert list(PublicEvent.objects.values_list("digest", "kind", "at", "note")) == [
        (digest.pk, "corrected", NOW, "One paper was wrong.")
    ]
    assert Digest.all_drafts.count() == 1
    assert [(one.editor, said(one)) for one in history.changes(digest)] == [
        ("Ann", "published a correction: One paper was wrong."),
        ("Ann", "added “a paper that is no longer known”"),
        ("Ann", "started a correction"),
        ("", "as it was before the first change"),
    ]
    assert digest.revision == 3
    assert digest.entries.get(position=1).paper.is_settled is True
    assert b"Only In The Correction" in client.get(digest.get_absolute_url()).content
    assert publish_correction(correction, by=ann, note="Again", now=NOW) is False


def test_the_list_before_a_correction_can_be_restored(ann: User) -> None:
    digest = make_digest(papers=2)
    before = history.now(digest)
    publish_correction(corrected(digest, ann), by=ann, note="Wrong", now=NOW)
    first = history.changes(digest)[-1]

    again = open_correction(digest, by=ann)
    restore(again.pk, first, by=ann)

    assert history.now(Digest.all_drafts.get(pk=again.pk)) == before


def test_drop_correction_leaves_the_list_as_it_was_and_keeps_the_work(ann: User) -> None:
    digest = make_digest(papers=2)
    before = history.now(digest)
    correction = corrected(digest, ann)
    dropped = history.now(correction)

    assert [drop_correction(correction, by=ann), drop_correction(correction, by=ann)] == [True, False]

    digest.refresh_from_db()
    assert history.now(digest) == before
    assert [one.action for one in history.changes(digest)] == [
        "correction_dropped", "added", "correction_begun", "before"
    ]  # fmt: skip
    assert history.then(digest, history.changes(digest)[1].pk) == dropped
    assert not PublicEvent.objects.exists()


def test_what_was_not_seen_is_not_published(ann: User) -> None:
    correction = corrected(make_digest(papers=1), ann)

    with pytest.raises(Conflict) as raised:
        publish_correction(correction, by=ann, note="Wrong", now=NOW, seen=correction.revision - 1)

    assert (raised.value.by, raised.value.overrule) == ("Ann", {"revision": correction.revision})


def test_what_was_changed_on_the_published_list_meanwhile_is_not_undone_unasked(ann: User) -> None:
    bob = User.objects.create_user("bob", first_name="Bob")
    digest = make_digest(papers=2)
    with history.change(digest.pk, history.Action.INTRO, by=ann):
        pass  # before the correction was begun: it is in the copy
    correction = corrected(digest, ann)

    def changed() -> Conflict:
        with history.change(digest.pk, history.Action.FORM, by=bob):
            digest.entries.filter(position=2).update(note="Bob's")
        with pytest.raises(Conflict) as raised:
            publish_correction(correction, by=ann, note="Wrong", now=NOW, **told)
        assert digest.entries.get(position=2).note == "Bob's"
        return raised.value

    told: dict[str, Any] = {"seen": correction.revision}
    for original in (2, 3):  # told of one change, the editor has not confirmed another
        conflict = changed()
        assert (conflict.what, conflict.by) == ("the published list", "Bob")
        assert str(conflict.theirs).endswith("UTC: edited the list in the admin’s form")
        assert "intro" not in conflict.theirs
        assert conflict.overrule == {"revision": correction.revision, "replaces": original}
        told = {"seen": correction.revision, "replaces": original}
    for _ in range(3):
        changed()

    told["replaces"] = revision = Digest.objects.get().revision
    assert publish_correction(correction, by=ann, note="Wrong", now=NOW, **told) is True
    assert set(Digest.objects.get().entries.values_list("note", flat=True)) == {"Overlooked", ""}
    assert Digest.objects.get().revision == revision + 1  # never one that a page has seen before


def test_publish_correction_asks_for_a_note(ann: User) -> None:
    correction = corrected(make_digest(papers=1), ann)

    with pytest.raises(Refused, match="what was corrected"):
        publish_correction(correction, by=ann, note="  ", now=NOW)

    assert Digest.all_drafts.filter(pk=correction.pk).exists()


def test_new_counts_alone_need_no_note_and_are_called_so(ann: User) -> None:
    digest = make_digest(papers=2)
    correction = open_correction(digest, by=ann)
    correction.entries.filter(position=1).update(retweets=999)

    publish_correction(correction, by=ann, note="", now=NOW)

    assert list(PublicEvent.objects.values_list("kind", "note")) == [("counts", "")]
    assert said(history.changes(digest)[0]) == "published a correction: counts refreshed"


def test_a_correction_of_a_withdrawn_day_waits(ann: User) -> None:
    digest = make_digest(papers=1)
    correction = corrected(digest, ann)
    withdraw(digest, now=NOW)

    with pytest.raises(Refused, match="has been withdrawn"):
        publish_correction(correction, by=ann, note="Wrong", now=NOW)


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_only_a_published_day_is_corrected(status: str, ann: User) -> None:
    with pytest.raises(Refused, match="can be corrected"):
        open_correction(make_digest(status=status), by=ann)
