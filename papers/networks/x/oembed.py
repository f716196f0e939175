"""X's oEmbed endpoint: name, handle, text, language and day of one tweet, free and without a key, but without counts.

Public description: https://docs.x.com/x-for-websites/oembed-api
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import httpx

from papers.networks.base import Embed, Protected, Texts
from papers.sources.answer_headers import retry_after_s
from papers.sources.gate import Gate
from papers.sources.http import Answer, Gone, Malformed, RateLimited, SourceError, Transient, base_url, fetch, retrying
from papers.text.embed import ANSWER, read_date, unescape

PUBLISHERS = frozenset({"publish.x.com", "publish.twitter.com"})
"""X moved between these two hosts more than once; each has redirected to the other."""
MAX_BYTES = 256 * 1024
LONGEST_NAME = 200


class OEmbedClient(Texts):
    """Asks for one tweet at a time, through the gate. Transient errors are tried again a few times.

    Raises Gone or Protected where X no longer shows the tweet, Malformed where the answer is not exactly a tweet (or another
    one), and Transient for everything else, also where X takes us for a robot: the stored copy then stays.
    """

    name: ClassVar = "oembed"
    title: ClassVar = "X oEmbed"

    def __init__(
        self,
        client: httpx.Client,
        *,
        gate: Gate,
        base: str,
        attempts: int = 3,
        max_wait_s: float = 60,
        deadline_s: float = 30,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._gate = gate
        self._base = base_url(base, setting="OEMBED_BASE")
        host = httpx.URL(self._base).host
        self._redirect_hosts = PUBLISHERS if host in PUBLISHERS else {host}
        self._attempts = attempts
        self._max_wait_s = max_wait_s
        self._deadline_s = deadline_s
        self._sleep = sleep

    @classmethod
    def open(cls, client: httpx.Client, settings: Any, *, gate: Callable[[str, float], Gate], attempts: int) -> Self:
        return cls(client, gate=gate(cls.name, settings.OEMBED_REQUEST_INTERVAL), base=settings.OEMBED_BASE, attempts=attempts)

    def embed(self, status_id: str, handle: str = "") -> Embed:
        """The tweet. X finds it by the id alone: the handle may be an old one or the placeholder `i`."""
        # A lifetime of 100 years stands in the answer (`cache_age`); a tweet that is deleted tomorrow makes it void.
        asked = {
            "url": f"https://x.com/{handle or 'i'}/status/{status_id}",
            "omit_script": "1",
            "hide_thread": "1",
            "dnt": "1",
            "lang": "en",
        }

        def once() -> Embed:
            with self._gate as gate:
                answer = fetch(
                    self._client,
                    "GET",
                    f"{self._base}/oembed",
                    params=asked,
                    max_bytes=MAX_BYTES,
                    deadline_s=self._deadline_s,
                    redirect_hosts=self._redirect_hosts,
                )
                if answer.status == 429:
                    gate.hold(retry_after_s(answer.headers) or 0)
            return _read(answer, status_id)

        return retrying(once, attempts=self._attempts, max_wait_s=self._max_wait_s, sleep=self._sleep)


def _read(answer: Answer, status_id: str) -> Embed:
    try:
        parsed = json.loads(answer.body)
    except (ValueError, RecursionError):
        parsed = None
    body = parsed if isinstance(parsed, dict) else {}
    if answer.status != 200:
        raise _error(answer, body)
    at: dict[str, Any] = {"url": answer.url, "status": 200}
    markup = body.get("html")
    if body.get("type") != "rich" or not isinstance(markup, str):
        raise Transient("oEmbed did not answer with a post.", **at)
    match = ANSWER.fullmatch(markup)
    if match is None:
        raise Malformed("oEmbed answered with HTML that is not exactly one post.", **at)
    if match["status_id"] != status_id:
        raise Malformed("oEmbed answered with a different post from the one we asked for.", **at)
    name = unescape(match["name"])
    if len(name) > LONGEST_NAME:
        raise Malformed(f"oEmbed answered with a name of more than {LONGEST_NAME} characters.", **at)
    try:
        posted_on = read_date(match["date"])
    except ValueError as error:
        raise Malformed("oEmbed answered with a date that doesn't exist.", **at) from error
    return Embed(
        status_id=status_id,
        name=name,
        handle=match["handle"],
        language=match["lang"],
        direction="rtl" if match["dir"] == "rtl" else "ltr",
        body_html=match["body"],
        posted_on=posted_on,
    )


def _error(answer: Answer, body: Mapping[str, Any]) -> SourceError:
    at: dict[str, Any] = {"url": answer.url, "status": answer.status}
    wait_s = retry_after_s(answer.headers)
    match answer.status:
        case 404 | 410:
            return Gone(f"X no longer shows this post ({answer.status}).", **at)
        case 403 if re.search("not authorized to see this", str(body.get("error"))):
            return Protected("This post's author is protected (403).", **at)
        case 429:
            asked = "" if wait_s is None else f"; retrying in {wait_s:.0f} s"
            return RateLimited(f"oEmbed asked us to slow down{asked}.", wait_s=wait_s, **at)
        case 400:
            return Malformed("oEmbed rejected our request (400); this is a bug in Hot Papers.", **at)
        case status if 300 <= status < 400 and status != 304:  # that one leads nowhere
            return Transient(f"oEmbed redirects us to another host ({status}), which we don't follow.", **at)
        case status:
            return Transient(f"oEmbed is not available now ({status}).", wait_s=wait_s, **at)
