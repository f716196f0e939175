"""oEmbed's failures: what is final, what passes, and who waits."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from papers.networks.base import Protected
from papers.networks.x.oembed import OEmbedClient
from papers.sources.gate import Gate
from papers.sources.http import Gone, Malformed, RateLimited, SourceError, Transient, client
from tests.papers.networks.x.oembed_answers import SCRIPT, expected
from tests.standins.oembed import OEmbedStandin
from tests.standins.serving import JSON, Reply
from tests.standins.tweets import Tweets, WorldTweet


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("404-json", Gone, "X no longer shows this post (404)."),
        ("404-html", Gone, "X no longer shows this post (404)."),
        ("410", Gone, "X no longer shows this post (410)."),
        ("403-json", Protected, "This post's author is protected (403)."),
        ("400", Malformed, "oEmbed rejected our request (400); this is a bug in Hot Papers."),
    ],
)
def test_final_failures_are_told_at_once(
    oembed: OEmbedClient,
    oembed_standin: OEmbedStandin,
    waits: list[float],
    tweet: WorldTweet,
    kind: str,
    error: type[SourceError],
    words: str,
) -> None:
    oembed_standin.fault("/oembed", kind)

    with pytest.raises(error) as raised:
        oembed.embed(tweet.status_id)

    assert (type(raised.value), str(raised.value)) == (error, words)
    assert (len(oembed_standin.requests), waits) == (1, [])
    assert oembed.embed(tweet.status_id) == expected(tweet)


@pytest.mark.parametrize(
    "kind",
    [
        "402",
        "403-html",
        "429-bare",
        "500",
        "502",
        "503",
        "504",
        "html",
        "empty",
        "{}",
        "[]",
        "truncated",
        "cut",
        "reset",
        "foreign",
    ],
)
def test_passing_failures_are_never_taken_for_gone(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, waits: list[float], tweet: WorldTweet, kind: str
) -> None:
    oembed_standin.fault("/oembed", kind, times=2)
    assert oembed.embed(tweet.status_id) == expected(tweet)

    oembed_standin.requests.clear()
    oembed_standin.fault("/oembed", kind, times=9)
    with pytest.raises(Transient):
        oembed.embed(tweet.status_id)
    assert (len(oembed_standin.requests), len(waits)) == (3, 4)


@pytest.mark.parametrize("status", [403, 206, 304])
def test_an_answer_that_tells_nothing_of_the_post_is_passing(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweet: WorldTweet, status: int
) -> None:
    oembed_standin.fault("/oembed", Reply(status, b'{"error":"Automated access"}', JSON), times=3)

    with pytest.raises(Transient, match="not available now"):
        oembed.embed(tweet.status_id)


def test_another_type_than_a_tweet_is_passing(oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweet: WorldTweet) -> None:
    oembed_standin.changes[tweet.status_id] = {"type": "link"}

    with pytest.raises(Transient, match="did not answer with a post"):
        oembed.embed(tweet.status_id)


def test_a_rate_limit_holds_the_gate_for_everybody(
    oembed: OEmbedClient,
    oembed_standin: OEmbedStandin,
    gate: Gate,
    waits: list[float],
    tweet: WorldTweet,
    clock: time_machine.Traveller,
) -> None:
    oembed_standin.fault("/oembed", "429")
    impatient = OEmbedClient(oembed._client, gate=gate, base=oembed_standin.url, attempts=1)

    with pytest.raises(RateLimited, match=r"^oEmbed asked us to slow down; retrying in 7 s\.$"):
        impatient.embed(tweet.status_id)
    with pytest.raises(RateLimited, match="oembed asked us to wait"):
        impatient.embed(tweet.status_id)
    assert len(oembed_standin.requests) == 1

    clock.shift(timedelta(seconds=8))
    assert impatient.embed(tweet.status_id) == expected(tweet)


def test_a_stall_ends_at_the_deadline(oembed_standin: OEmbedStandin, http: httpx.Client, gate: Gate, tweet: WorldTweet) -> None:
    oembed_standin.fault("/oembed", "stall")

    with pytest.raises(Transient, match=r"did not finish within 0\.2 s"):
        OEmbedClient(http, gate=gate, base=oembed_standin.url, deadline_s=0.2, attempts=1).embed(tweet.status_id)


def test_a_tweet_alive_today_may_be_gone_tomorrow(oembed: OEmbedClient, tweets: Tweets, clock: time_machine.Traveller) -> None:
    alive = [one for one in tweets.all if one.posted_at < datetime.now(UTC) < one.gone_at]
    deleted, locked = (next(one for one in alive if one.gone == gone) for gone in ("deleted", "protected"))
    assert [oembed.embed(one.status_id) for one in (deleted, locked)] == [expected(deleted), expected(locked)]

    clock.shift(timedelta(days=3))

    with pytest.raises(Gone):
        oembed.embed(deleted.status_id)
    with pytest.raises(Protected):
        oembed.embed(locked.status_id)


def test_a_redirect_to_a_foreign_host_is_not_followed(
    oembed: OEmbedClient, oembed_standin: OEmbedStandin, tweets: Tweets, tweet: WorldTweet
) -> None:
    with OEmbedStandin(tweets) as foreign:
        location = foreign.url.replace("127.0.0.1", "localhost") + "/oembed"
        oembed_standin.fault("/oembed", Reply(302, b"", {"Location": location}), times=3)

        with pytest.raises(Transient, match=r"^oEmbed redirects us to another host \(302\), which we don't follow\.$"):
            oembed.embed(tweet.status_id)

        assert foreign.requests == []


class TwoPublishers(httpx.HTTPTransport):
    """Brings requests for X's two publishing hosts to a stand-in each."""

    def __init__(self, publishers: dict[str, OEmbedStandin]) -> None:
        super().__init__()
        self.publishers = publishers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        local = httpx.URL(self.publishers[request.url.host].url)
        request.url = request.url.copy_with(scheme="http", host=local.host, port=local.port)
        return super().handle_request(request)


@pytest.mark.parametrize("hosts", [("publish.x.com", "publish.twitter.com"), ("publish.twitter.com", "publish.x.com")])
def test_redirects_between_the_two_publishers_are_followed(
    tweets: Tweets, clock: time_machine.Traveller, gate: Gate, tweet: WorldTweet, hosts: tuple[str, str]
) -> None:
    with OEmbedStandin(tweets) as old, OEmbedStandin(tweets) as new:
        transport = TwoPublishers(dict(zip(hosts, (old, new), strict=True)))
        with client() as made, httpx.Client(transport=transport, headers=made.headers) as http:
            query = f"?url=https://x.com/i/status/{tweet.status_id}&omit_script=1"
            old.fault("/oembed", Reply(302, b"", {"Location": f"https://{hosts[1]}/oembed{query}"}))

            embed = OEmbedClient(http, gate=gate, base=f"https://{hosts[0]}").embed(tweet.status_id)

    assert (embed, len(old.requests), len(new.requests)) == (expected(tweet), 1, 1)


def test_the_stand_in_reflects_the_options_of_a_request(
    oembed_standin: OEmbedStandin, http: httpx.Client, tweet: WorldTweet
) -> None:
    params = {
        "url": f"https://twitter.com/anybody/status/{tweet.status_id}",
        "theme": "dark",
        "align": "center",
        "hide_thread": "t",
    }

    narrow, wide = (http.get(oembed_standin.url + "/oembed", params=params | {"maxwidth": size}).json() for size in ("1", "999"))

    assert (narrow["width"], wide["width"]) == (220, 550)
    assert narrow["html"].startswith(
        '<blockquote class="twitter-tweet" data-conversation="none" data-theme="dark" align="center" data-width="220">'
    )
    assert narrow["html"].endswith(SCRIPT)
