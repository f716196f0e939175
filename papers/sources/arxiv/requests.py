"""One request to arXiv at a time, through the gate; retried if that helps, otherwise raised as the error it stands for.

https://info.arxiv.org/help/api/tou.html asks for one connection and one request every three seconds, over all our machines and
over feeds, pages and API together.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

import httpx

from papers.sources.answer_headers import retry_after_s
from papers.sources.gate import LONGEST_HOLD_S, Gate
from papers.sources.http import Answer, Malformed, RateLimited, ServiceRefused, Transient, fetch, onward, retrying

MAX_BYTES = 32 * 1024 * 1024
EMPTY_TRIES = 3
"""How often a page is asked for when it comes back empty though something is due."""
Read = TypeVar("Read")
Parameters = Mapping[str, str | int]


class GatedRequests:
    """Requests through `gate`, tried up to `attempts` times as long as no wait exceeds `max_wait_s`.

    After 429 and 503 we wait as long as arXiv asks, at least 20 intervals of the gate (a minute at three seconds), doubled each
    time up to an hour; meanwhile the gate is closed for everybody.
    """

    def __init__(self, client: httpx.Client, gate: Gate, *, attempts: int, max_wait_s: float, deadline_s: float) -> None:
        self._client = client
        self._gate = gate
        self._attempts = attempts
        self._max_wait_s = max_wait_s
        self._deadline_s = deadline_s
        self._limited_in_a_row = 0

    def read(
        self,
        url: str,
        parameters: Parameters,
        read: Callable[[Answer], Read],
        *,
        accept: Collection[int],
        attempts: int | None = None,
    ) -> Read:
        """What `read` makes of the answer, whose status must be one of `accept`."""
        return retrying(
            lambda: read(self._get(url, parameters, accept)),
            attempts=attempts or self._attempts,
            max_wait_s=self._max_wait_s,
            first_wait_s=self._gate.interval_s,
        )

    def _get(self, url: str, parameters: Parameters, accept: Collection[int]) -> Answer:
        answer = self._ask(url, parameters)
        # A class may have another, canonical name. Followed here, so that this request keeps the interval, too.
        if (moved := onward(answer)) and (moved.host, moved.port) == (httpx.URL(url).host, httpx.URL(url).port):
            answer = self._ask(str(moved), {})
        if answer.status in accept:
            return answer
        at, status = answer.url, answer.status
        if status == 403:
            raise ServiceRefused(
                "arXiv denies us access (403). Stop collecting, set CONTACT_EMAIL to an address you read, and see "
                "https://info.arxiv.org/help/robots.html before you continue.",
                setting="CONTACT_EMAIL",
                url=at,
                status=status,
            )
        if status >= 500:
            raise Transient(f"arXiv has an internal error (status {status}).", url=at, status=status)
        raise Malformed(f"arXiv answered with status {status}; expected {' or '.join(map(str, accept))}.", url=at, status=status)

    def _ask(self, url: str, parameters: Parameters) -> Answer:
        with self._gate:
            answer = fetch(self._client, "GET", url, params=parameters, max_bytes=MAX_BYTES, deadline_s=self._deadline_s)
            if answer.status not in (429, 503):
                self._limited_in_a_row = 0
                return answer
            wait_s = min(20 * self._gate.interval_s * 2**self._limited_in_a_row, LONGEST_HOLD_S)
            wait_s = max(wait_s, retry_after_s(answer.headers) or 0)
            self._limited_in_a_row += 1
            self._gate.hold(wait_s)
        text = f"arXiv asked us to wait (status {answer.status}); retrying in {wait_s:.0f} s."
        raise RateLimited(text, url=answer.url, status=answer.status, wait_s=wait_s)
