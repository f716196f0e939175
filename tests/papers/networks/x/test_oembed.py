"""oEmbed's texts: read, unwrapped, and refused where they are hostile."""

from typing import Any

import pytest

from papers.networks.x.oembed import OEmbedClient
from papers.sources.http import Malformed
from papers.text.embed import BODY
from tests.papers.networks.x.oembed_answers import SCRIPT, expected
from tests.standins.oembed import OEmbedStandin
from tests.standins.tweets import NAMES, PROSE, Tweets, WorldTweet


@pytest.mark.parametrize("generation", ["x", "twitter"])
def test_embed_reads_every_kind_of_text_and_name(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweets: Tweets, generation: Any
) -> None:
    oembed_standin.generation = generation
    by_kind = {(one.prose, one.author.number % len(NAMES)): one for one in tweets.all if not one.gone and one.posted_at.day < 20}
    assert len(by_kind) >= len(PROSE) * len(NAMES)

    embeds = {kind: oembed.embed(one.status_id) for kind, one in by_kind.items()}

    assert embeds == {kind: expected(one) for kind, one in by_kind.items()}
    assert all(BODY.fullmatch(one.body_html) for one in embeds.values())


def test_embed_asks_for_a_bare_tweet_by_its_id(oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweet: WorldTweet) -> None:
    oembed.embed(tweet.status_id)

    assert [(one.path, one.params) for one in oembed_standin.requests] == [
        (
            "/oembed",
            {
                "url": f"https://x.com/i/status/{tweet.status_id}",
                "omit_script": "1",
                "hide_thread": "1",
                "dnt": "1",
                "lang": "en",
            },
        )
    ]


def test_embed_of_a_renamed_author_has_the_present_handle(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweet: WorldTweet
) -> None:
    oembed_standin.renamed[tweet.status_id] = "renamed_lab"

    assert oembed.embed(tweet.status_id, handle=tweet.author.handle).handle == "renamed_lab"


@pytest.mark.parametrize(
    "changes",
    [
        {"author_name": ...},
        {"provider_name": "X"},
        {"cache_age": "3153600000"},
        {"cache_age": ...},
        {"height": None},
        {"new": []},
    ],
)
def test_embed_needs_only_type_and_html(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweet: WorldTweet, changes: dict[str, Any]
) -> None:
    oembed_standin.changes[tweet.status_id] = changes

    assert oembed.embed(tweet.status_id) == expected(tweet)


def markup(standin: OEmbedStandin, tweet: WorldTweet) -> str:
    return str(standin._body(tweet, {"omit_script": "1"})["html"])


def test_embed_drops_the_widget_script(oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweet: WorldTweet) -> None:
    oembed_standin.changes[tweet.status_id] = {"html": markup(oembed_standin, tweet) + SCRIPT}

    assert oembed.embed(tweet.status_id) == expected(tweet)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</blockquote>", "</blockquote><script>alert(1)</script>"),
        ("</p>", "<script>alert(1)</script></p>"),
        ('<a href="https://t.co/', '<a onclick="alert(1)" href="https://t.co/'),
        ('<a href="https://t.co/', '<a href="javascript:alert(1)//'),
        ('<a href="https://t.co/', '<a href="https://evil.example/'),
        ("</a></p>", "</p>"),
        ("</p>", ""),
        ('dir="rtl"', 'dir="rtl" onclick="alert(1)"'),
        ("(@lab_", "(@<b>lab_"),
        ('class="twitter-tweet"', 'class="twitter-tweet" onload="alert(1)"'),
    ],
)
def test_embed_refuses_hostile_html(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, waits: list[float], tweet: WorldTweet, old: str, new: str
) -> None:
    hostile = markup(oembed_standin, tweet).replace(old, new)
    assert hostile != markup(oembed_standin, tweet)
    oembed_standin.changes[tweet.status_id] = {"html": hostile}

    with pytest.raises(Malformed, match=r"^oEmbed answered with HTML that is not exactly one post\.$"):
        oembed.embed(tweet.status_id)
    assert (len(oembed_standin.requests), waits) == (1, [])


def test_embed_refuses_another_tweet(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweets: Tweets, tweet: WorldTweet
) -> None:
    other = next(one for one in tweets.all if one.kind == "tweet" and one != tweet)
    oembed_standin.changes[tweet.status_id] = {"html": markup(oembed_standin, other)}

    with pytest.raises(Malformed, match="a different post from the one we asked for"):
        oembed.embed(tweet.status_id)


def test_embed_refuses_an_endless_name_and_an_impossible_day(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweet: WorldTweet
) -> None:
    whole = markup(oembed_standin, tweet)
    oembed_standin.changes[tweet.status_id] = {"html": whole.replace("&mdash; ", "&mdash; " + "n" * 201)}
    with pytest.raises(Malformed, match="a name of more than 200 characters"):
        oembed.embed(tweet.status_id)

    oembed_standin.changes[tweet.status_id] = {"html": whole.replace(f"November {tweet.posted_at.day}", "February 30")}
    with pytest.raises(Malformed, match="a date that doesn't exist"):
        oembed.embed(tweet.status_id)
