"""What the author of a post makes of it after the list is out changes no published list; a post that is gone leaves it all the same."""

from collections.abc import Callable
from datetime import date

import pytest

from digests.models import Digest, PublicEvent
from digests.publishing.correcting import open_correction
from papers.counts import embedding, gone
from papers.counts.measuring import remember
from papers.counts.refreshing_open import keep
from papers.models import Tweet
from papers.networks.base import Embed, FoundPost, Run
from papers.rendered.waiting import render_changed
from tests.digests.publishing.test_published_stays import public
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
EDITED = "Buy our coins"


def edit_story(tweet: Tweet) -> None:
    post = FoundPost("90000001", "ada", "ada", "ada", tweet.posted_at, ("2105.77777",), (Run(EDITED),), "de", {"points": 7})
    keep([(tweet, post)], now=READ_AT)


def edit_tweet(tweet: Tweet) -> None:
    embedding._keep(tweet, Embed(tweet.status_id, "Ada", "ada", "de", "rtl", EDITED, date(2021, 5, 12)), READ_AT)


@pytest.fixture(params=[("hackernews", "90000001", edit_story), ("x", "1392360000000077777", edit_tweet)], ids=["open", "x"])
def listed(request: pytest.FixtureRequest) -> tuple[Tweet, Callable[[Tweet], None]]:
    """A post on the published list of 12 May 2021, and how its author edits it."""
    network, id, edit = request.param
    paper = make_paper(arxiv_id="2105.77777")
    tweet = make_tweet(
        paper,
        network=network,
        status_id=id,
        author_handle="ada",
        author_name="ada" if network == "hackernews" else "Ada",
        counts={"points": 7},
        posted_at=READ_AT,
        embedded_at=READ_AT,
        read_at=READ_AT,
    )
    make_entry(make_digest(), paper, tweet)
    remember([tweet], now=READ_AT)  # the counts over time, which go on, begin before
    render_changed()
    tweet.refresh_from_db()
    return tweet, edit


def test_an_edited_text_stays_as_it_was_published(listed: tuple[Tweet, Callable[[Tweet], None]]) -> None:
    tweet, edit = listed
    before = public()
    assert b"Our synthetic paper is out" in before["/posts/hot-papers-2021-05-12"][1]

    edit(tweet)
    at_once = public()
    render_changed()

    assert (at_once, public()) == (before, before)
    tweet.refresh_from_db()
    assert (tweet.body_html, tweet.language, PublicEvent.objects.count()) == (EDITED, "de", 0)


def test_a_second_edit_and_the_same_text_again_change_nothing(listed: tuple[Tweet, Callable[[Tweet], None]]) -> None:
    tweet, edit = listed
    before = public()
    for _ in range(2):
        edit(tweet)
        tweet.refresh_from_db()
    Tweet.objects.update(body_html="In between")
    tweet.refresh_from_db()
    edit(tweet)
    render_changed()

    assert public() == before


def test_what_was_printed_goes_with_the_post(listed: tuple[Tweet, Callable[[Tweet], None]]) -> None:
    tweet, edit = listed
    edit(tweet)
    gone.mark_gone({tweet.pk: Tweet.State.DELETED}, now=READ_AT)
    render_changed()

    page = public()["/posts/hot-papers-2021-05-12"][1]
    assert (b"Our synthetic paper is out" in page, EDITED.encode() in page) == (False, False)


def test_a_draft_takes_the_new_text_and_a_correction_begins_as_published(listed: tuple[Tweet, Callable[[Tweet], None]]) -> None:
    tweet, edit = listed
    draft = make_digest(date(2021, 5, 13), status="draft", published_at=None)
    make_entry(draft, tweet.mentions.get().paper, tweet)
    edit(tweet)
    correction = open_correction(Digest.objects.get(date=date(2021, 5, 12), corrects=None), by=None)

    bodies = [entry.shown_tweets.get().body_html for digest in (draft, correction) for entry in digest.entries.all()]
    assert bodies == [EDITED, "Our synthetic paper is out"]
