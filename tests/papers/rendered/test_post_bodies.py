"""Posts' bodies are cleaned once, by workers, and the clean ones go with the text that they were made of."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from digests.models import ShownTweet
from papers.counts import erased_on_request, gone
from papers.models import RenderedText, Tweet, UnrenderedRow
from papers.rendered.bounded import Trouble
from papers.rendered.kinds import VERSION, Kind, Rendered
from papers.rendered.waiting import render_changed
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.papers.counts.test_erased_on_request import everything
from tests.papers.rendered.test_waiting import Counting

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BODY = 'See <a href="https://t.co/a">t.co/a</a><script>x</script><a href="https://evil.example/">here</a>'
SOURCE = BODY.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
REL = 'rel="nofollow noopener noreferrer ugc"'
CLEAN = f'See <a href="https://t.co/a" {REL}>t.co/a</a><a {REL}>here</a>'


def printed(body: str) -> ShownTweet:
    """A post that a list prints with this body, whatever its record says."""
    paper = make_paper()
    entry = make_entry(make_digest(), paper, make_tweet(paper, body_html="As the network has it"))
    entry.shown_tweets.update(printed_otherwise={"body": body, "direction": "rtl"})
    return entry.shown_tweets.get()


def test_body_shows_its_escaped_source_until_it_is_cleaned() -> None:
    tweet, shown = make_tweet(body_html=BODY), printed(BODY)
    assert (tweet.shown_html, shown.shown_html) == (SOURCE, SOURCE)

    render_changed()

    tweet.refresh_from_db()
    shown = ShownTweet.objects.get(pk=shown.pk)
    assert (tweet.shown_html, shown.shown_html, shown.tweet.shown_html) == (CLEAN, CLEAN, "As the network has it")
    assert (tweet.body_html, UnrenderedRow.objects.count()) == (BODY, 0)


def test_links_are_kept_by_the_rules_of_the_posts_network() -> None:
    tweet = make_tweet(network="hackernews", status_id="7", body_html=BODY, posted_at=NOW)

    render_changed()

    tweet.refresh_from_db()
    assert tweet.shown_html == CLEAN.replace(f"<a {REL}>", f'<a href="https://evil.example/" {REL}>')


def test_clean_body_goes_with_each_change_of_the_body_and_comes_again() -> None:
    tweet, shown = make_tweet(body_html="one"), printed("one")
    render_changed()

    Tweet.objects.filter(pk=tweet.pk).update(body_html="<b>two")
    ShownTweet.objects.filter(pk=shown.pk).update(printed_otherwise={"body": "<b>two"})

    def rows() -> list[Tweet | ShownTweet]:
        return [Tweet.objects.get(pk=tweet.pk), ShownTweet.objects.get(pk=shown.pk)]

    assert [row.safe_html for row in rows()] == ["", ""]
    render_changed()
    assert [row.shown_html for row in rows()] == ["two", "two"]


def test_other_changes_leave_the_clean_body_alone() -> None:
    tweet = make_tweet()
    render_changed()

    Tweet.objects.filter(pk=tweet.pk).update(retweets=7, favorites=8, body_html=tweet.body_html)

    tweet.refresh_from_db()
    assert (tweet.safe_html, UnrenderedRow.objects.count()) == (tweet.body_html, 0)


def test_save_by_somebody_who_loaded_the_post_before_loses_nothing() -> None:
    loaded = make_tweet(body_html=BODY)
    render_changed()

    loaded.language = "de"
    loaded.save()
    render_changed()

    loaded.refresh_from_db()
    assert (loaded.shown_html, loaded.language) == (CLEAN, "de")


@pytest.mark.parametrize(
    "erase",
    [
        lambda tweet: gone.mark_gone({tweet.pk: Tweet.State.DELETED}, now=NOW),
        lambda tweet: gone.erase(tweet.pk),
        lambda tweet: erased_on_request.erase_post(tweet.network, tweet.status_id, reason="ticket 1", now=NOW),
    ],
)
def test_no_copy_is_left_of_a_text_that_is_erased(erase: Callable[[Tweet], object]) -> None:
    shown = printed("What the day printed: secret")
    Tweet.objects.filter(pk=shown.tweet_id).update(body_html="secret, too")
    render_changed()
    assert everything().count("secret") == 4

    erase(shown.tweet)

    assert everything().count("secret") == 0


def test_body_that_changes_while_it_is_cleaned_is_not_stored() -> None:
    tweet = make_tweet(body_html="secret")

    class Interrupted(Counting):
        def render(self, kind: Kind, source: str) -> Rendered | Trouble:
            if kind == Kind.POST and "secret" in source:
                gone.mark_gone({tweet.pk: Tweet.State.DELETED}, now=NOW)
            return super().render(kind, source)

    with Interrupted() as renderer:
        render_changed(renderer=renderer)

    assert everything().count("secret") == 0


def test_better_renderer_cleans_all_again_and_an_older_one_leaves_its_work_alone() -> None:
    old, newer = make_tweet(make_paper()), make_tweet()
    render_changed()
    Tweet.objects.filter(pk=old.pk).update(safe_html="by the old one", safe_version=VERSION - 1)
    Tweet.objects.filter(pk=newer.pk).update(safe_html="by a newer one", safe_version=VERSION + 1)
    RenderedText.objects.update(version=VERSION - 1)

    render_changed()

    kept = {tweet.pk: (tweet.safe_html, tweet.safe_version) for tweet in Tweet.objects.all()}
    assert kept == {old.pk: (old.body_html, VERSION), newer.pk: ("by a newer one", VERSION + 1)}


def test_body_over_the_bound_shows_its_source() -> None:
    tweet = make_tweet(body_html=BODY)

    class Slow(Counting):
        def render(self, kind: Kind, source: str) -> Rendered | Trouble:
            return Trouble.TIME if kind == Kind.POST else super().render(kind, source)

    with Slow() as renderer:
        render_changed(renderer=renderer)

    tweet.refresh_from_db()
    assert (tweet.shown_html, UnrenderedRow.objects.count()) == (SOURCE, 0)
