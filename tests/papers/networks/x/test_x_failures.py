"""Every way in which X fails: each ends in the right error, the right words, the right number of requests, and then recovers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from papers.networks.base import GoneReason
from papers.networks.x.client import XClient
from papers.sources.http import Malformed, Misconfigured, OutOfCredit, RateLimited, ServiceRefused, SourceError, Transient
from tests.standins.serving import Reply
from tests.standins.tweets import Tweets
from tests.standins.x import XStandin

END = datetime(2026, 11, 20, 22, tzinfo=UTC)
START = END - timedelta(hours=22)

CALLS: dict[str, Callable[[XClient], object]] = {
    "sweep": lambda x: list(x.sweep(start=START, end=END, min_likes=0, max_reads=10_000)),
    "lookup": lambda x: x.lookup(["1"]),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("kind", "error", "setting", "words"),
    [
        (
            "401",
            ServiceRefused,
            "X_BEARER_TOKEN",
            "X rejected the token in X_BEARER_TOKEN (401). Set it to your app's app-only bearer token.",
        ),
        (
            "402-older",
            OutOfCredit,
            None,
            "The X account of X_BEARER_TOKEN has no credits left (402). Recharge it in X's developer console.",
        ),
        (
            "402-newer",
            OutOfCredit,
            None,
            "The X account of X_BEARER_TOKEN has no credits left (402). Recharge it in X's developer console.",
        ),
        (
            "402-empty",
            OutOfCredit,
            None,
            "The X account of X_BEARER_TOKEN has no credits left (402). Recharge it in X's developer console.",
        ),
        (
            "403",
            ServiceRefused,
            "X_BEARER_TOKEN",
            "X does not let the app of X_BEARER_TOKEN read this (403): enroll the app in pay-per-use access in X's developer "
            "console, or use the token of an app that is.",
        ),
        (
            "403-auth",
            ServiceRefused,
            "X_BEARER_TOKEN",
            "X does not let the app of X_BEARER_TOKEN read this (403): it needs an app-only bearer token, not a user's.",
        ),
        ("404", ServiceRefused, "X_API_BASE", "There is no X API at this address (404); check X_API_BASE."),
        (
            "429-cap",
            OutOfCredit,
            None,
            "The monthly cap of reads of X_BEARER_TOKEN's account is used up (429). Raise it, or wait for the next month.",
        ),
        ("400", Malformed, None, "X rejected our request (parameters: start_time); this is a bug in Hot Papers."),
    ],
)
def test_refusals_are_told_once_and_never_retried(
    x: XClient,
    standin: XStandin,
    waits: list[float],
    call: str,
    kind: str,
    error: type[SourceError],
    setting: str | None,
    words: str,
) -> None:
    standin.fault("/2/", kind, times=9)

    with pytest.raises(error) as raised:
        CALLS[call](x)

    assert str(raised.value) == words
    assert getattr(raised.value, "setting", None) == setting
    assert (len(standin.requests), waits, isinstance(raised.value, Transient)) == (1, [], False)
    assert standin.bearer_token not in repr(raised.value)

    standin.recover()
    CALLS[call](x)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", ["500", "502", "503", "504", "html", "empty", "[]", "truncated", "cut", "reset"])
def test_passing_failures_are_tried_three_times(x: XClient, standin: XStandin, waits: list[float], call: str, kind: str) -> None:
    standin.fault("/2/", kind, times=2)
    CALLS[call](x)
    recovered_after = len(waits)

    standin.requests.clear()
    standin.fault("/2/", kind, times=9)
    with pytest.raises(Transient):
        CALLS[call](x)

    assert recovered_after >= 2
    assert len(standin.requests) == 3


def test_a_stall_ends_at_the_deadline(standin: XStandin, http: httpx.Client) -> None:
    x = XClient(http, bearer_token=standin.bearer_token, base=standin.url, deadline_s=0.2, attempts=1)
    standin.fault("/2/", "stall")

    with pytest.raises(Transient, match=r"did not finish within 0\.2 s"):
        x.lookup(["1"])


@pytest.mark.parametrize(
    ("kind", "shortest", "longest"), [("429", 30, 37.5), ("429-newer", 30, 37.5), ("429-past", 1, 1.25), ("429-bare", 5, 6.25)]
)
def test_rate_limits_are_waited_for(
    x: XClient, standin: XStandin, waits: list[float], kind: str, shortest: float, longest: float
) -> None:
    standin.fault("/2/tweets", kind)

    result = x.lookup(["1"])

    assert result.gone == {"1": GoneReason.DELETED}
    assert len(waits) == 1
    assert shortest <= waits[0] <= longest


def test_a_long_rate_limit_is_handed_to_the_caller(x: XClient, standin: XStandin, waits: list[float]) -> None:
    standin.limits["/2/tweets"] = 2
    x.lookup(["1"])
    x.lookup(["1"])

    with pytest.raises(RateLimited) as raised:
        x.lookup(["1"])

    assert str(raised.value) == "X asked us to slow down; retrying in 900 s."
    assert (raised.value.wait_s, waits, len(standin.requests)) == (900.0, [], 3)


def test_a_rate_limit_in_the_middle_of_a_sweep_loses_nothing(x: XClient, standin: XStandin) -> None:
    whole = list(x.sweep(start=START, end=END, min_likes=0, max_reads=10_000))
    pages = x.sweep(start=START, end=END, min_likes=0, max_reads=10_000)
    first = next(pages)
    standin.fault("/2/tweets/search", "429-bare")
    interrupted = [first, *pages]

    assert [page.tweets for page in interrupted] == [page.tweets for page in whole]


@pytest.mark.parametrize("call", CALLS)
def test_an_empty_object_is_malformed(x: XClient, standin: XStandin, call: str) -> None:
    standin.fault("/2/", "{}")

    with pytest.raises(Malformed, match=r"^X's [a-z]+ answered without"):
        CALLS[call](x)


def test_names_of_parameters_that_are_none_of_ours_are_not_repeated(x: XClient, standin: XStandin) -> None:
    body = rb'{"errors":[{"parameters":{"ids":[], "a\u0000":[], "\ud800":[], "tweet.fields":[], "%s":[]}}]}' % (b"a" * 99)
    standin.fault("/2/tweets", Reply(400, body))

    with pytest.raises(Malformed, match=r"^X rejected our request \(parameters: ids, tweet\.fields\); this is a bug"):
        x.lookup(["2123706664350646301"])


def test_a_refused_lookup_repeats_no_ids(x: XClient, standin: XStandin) -> None:
    body = b'{"errors":[{"parameters":{"ids":["2123706664350646301"]},"message":"bad [2123706664350646301]"}]}'
    standin.fault("/2/tweets", Reply(400, body))

    with pytest.raises(Malformed) as raised:
        x.lookup(["2123706664350646301"])

    assert str(raised.value) == "X rejected our request (parameters: ids); this is a bug in Hot Papers."
    assert raised.value.url == standin.url + "/2/tweets"


def test_a_wrong_token_is_refused(standin: XStandin, http: httpx.Client) -> None:
    with pytest.raises(ServiceRefused, match="X_BEARER_TOKEN"):
        XClient(http, bearer_token="another", base=standin.url).lookup(["1"])


def test_a_users_token_is_refused_for_the_archive(standin: XStandin, http: httpx.Client) -> None:
    client = XClient(http, bearer_token=standin.user_token, base=standin.url)
    with pytest.raises(ServiceRefused, match="app-only bearer token"):
        list(client.sweep(start=START - timedelta(days=30), end=END, min_likes=0, max_reads=100))


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ümlaut"])
def test_a_token_that_cannot_be_one_is_refused_unseen(http: httpx.Client, token: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        XClient(http, bearer_token=token, base="https://example.org")

    assert raised.value.setting == "X_BEARER_TOKEN"
    assert str(raised.value).startswith("X_BEARER_TOKEN is not set." if not token else "X_BEARER_TOKEN has spaces")


def test_the_base_url_may_carry_a_prefix(tweets: Tweets, clock: time_machine.Traveller, http: httpx.Client) -> None:
    with XStandin(tweets, prefix="/proxy/x") as standin:
        result = XClient(http, bearer_token=standin.bearer_token, base=standin.url + "/").lookup(["1"])

    assert (standin.url.endswith("/proxy/x"), set(result.gone)) == (True, {"1"})


def test_a_redirect_is_not_followed_with_the_token(x: XClient, standin: XStandin) -> None:
    standin.fault("/2/", Reply(302, b"", {"Location": standin.url + "/2/tweets"}))

    with pytest.raises(ServiceRefused, match="check X_API_BASE"):
        x.lookup(["1"])
    assert len(standin.requests) == 1
