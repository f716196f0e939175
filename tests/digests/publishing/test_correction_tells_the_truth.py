"""What readers and editors are told that a correction changed is what it changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from digests.editing import history
from digests.editing.comparing import difference
from digests.editing.conflicts import Refused
from digests.models import Digest, Entry, PublicEvent, ShownTweet
from digests.publishing.correcting import open_correction, publish_correction
from tests.factories import READ_AT, make_digest

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 5, 14, 9, tzinfo=UTC)


@pytest.fixture
def correction() -> Digest:
    return open_correction(make_digest(papers=1), by=None)


def change(correction: Digest, *, of_list: dict[str, Any], of_entry: dict[str, Any], of_tweet: dict[str, Any]) -> str:
    """What is said of these changes, by the versions in the history as by the lists as they are."""
    published = Digest.objects.get()
    with history.change(correction.pk, history.Action.FORM, by=None) as changed:
        for name, value in of_list.items():
            setattr(changed, name, value)
        Entry.objects.filter(digest=correction).update(**of_entry)
        ShownTweet.objects.filter(entry__digest=correction).update(**of_tweet)
    versions = history.changes(correction)
    told = difference(history.then(correction, versions[1].pk), history.then(correction, versions[0].pk)).said
    assert told == difference(history.now(published), history.now(changed)).said
    return " ".join(told)


@pytest.mark.parametrize(
    ("where", "values", "said"),
    [
        (
            "of_entry",
            {"counts": {"bluesky": {"reposts": 3, "likes": 9}}},
            "{paper}: counts: 12 reposts, 80 likes, now 12 reposts, 80 likes; Bluesky: 9 likes, 3 reposts.",
        ),
        ("of_entry", {"favorites": 81}, "{paper}: counts: 12 reposts, 80 likes, now 12 reposts, 81 likes."),
        ("of_entry", {"read_at": READ_AT + timedelta(hours=1)}, "{paper}: counts read again, unchanged."),
        ("of_entry", {"provenance": "post"}, "{paper}: counts read again, unchanged."),
    ],
)
def test_only_counts_changed(correction: Digest, where: str, values: dict[str, Any], said: str) -> None:
    paper = correction.entries.get().paper.arxiv_id
    nothing: dict[str, dict[str, Any]] = {"of_list": {}, "of_entry": {}, "of_tweet": {}}

    assert change(correction, **(nothing | {where: values})) == said.format(paper=paper)

    publish_correction(correction, by=None, note="", now=NOW)
    assert PublicEvent.objects.get().kind == "counts"


@pytest.mark.parametrize("with_counts", [False, True])
@pytest.mark.parametrize(
    ("where", "values", "said"),
    [
        ("of_tweet", {"printed_otherwise": {"direction": "rtl"}}, "{tweet} is shown right to left"),
        ("of_tweet", {"printed_otherwise": {"language": "ar"}}, "{tweet} is shown differently"),
        ("of_tweet", {"printed_otherwise": {"day": "2021-05-01"}}, "{tweet} is shown differently"),
        ("of_entry", {"printed_otherwise": {"authors": ["Ada"]}}, "abstract, authors or categories changed"),
        ("of_entry", {"is_pinned": True}, "pinned"),
        (
            "of_list",
            {"written_at": datetime(2021, 5, 12, 21, tzinfo=UTC)},
            "The list’s time changed from 12 May 2021, 20:00:00 UTC to 12 May 2021, 21:00:00 UTC.",
        ),
    ],
)
def test_more_than_counts_changed(correction: Digest, where: str, values: dict[str, Any], said: str, with_counts: bool) -> None:
    tweet = ShownTweet.objects.filter(entry__digest=correction).get().tweet
    changes: dict[str, dict[str, Any]] = {"of_list": {}, "of_entry": {"favorites": 99} if with_counts else {}, "of_tweet": {}}
    changes[where] = changes[where] | values

    assert said.format(tweet=tweet) in change(correction, **changes)

    with pytest.raises(Refused, match="Tell readers"):
        publish_correction(correction, by=None, note="", now=NOW)
    publish_correction(correction, by=None, note="It was wrong.", now=NOW)
    assert PublicEvent.objects.get().kind == "corrected"


def test_entry_of_a_correction_leads_to_its_desk(editor: Client, correction: Digest) -> None:
    entry = correction.entries.get()
    page = editor.get(reverse("admin:digests_entry_change", args=[entry.pk])).content.decode()

    assert '<a href="/admin/desk/2021-05-12/">Hot Papers 2021-05-12 (correction)</a>' in page
    other = Entry.objects.get(digest=Digest.objects.get())
    page = editor.get(reverse("admin:digests_entry_change", args=[other.pk])).content.decode()
    assert f'<a href="/admin/digests/digest/{other.digest_id}/change/">Hot Papers 2021-05-12</a>' in page
