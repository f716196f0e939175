"""How the networks without a key are asked: GET that gives JSON, tried again where that may help, one sentence for each error."""

import contextlib
import json
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from papers.networks.strict_json import mapping, read_json, text_of, whole_number
from papers.sources.answer_headers import retry_after_s
from papers.sources.http import Answer, Malformed, RateLimited, ServiceRefused, SourceError, Transient, base_url, fetch, retrying
from papers.sources.left_out import is_mostly_unread

MAX_BYTES = 32 * 1024 * 1024
LONGEST_WAIT_S = 3600.0
UNTOLD_WAIT_S = 5.0
PASSING = frozenset((*range(201, 300), 304, 408, 425, *range(500, 600)))
"""Statuses of a service that is there, and has no whole answer for now. 200 is a good one."""
MOST_IN_A_ROW = 3
"""Where more questions one after another fail, it is the service that does not answer."""
Params = Mapping[str, str | int | Sequence[str]]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Api:
    """One service's JSON over HTTP. Transient errors are tried again, up to `attempts` times and waits of `max_wait_s`."""

    def __init__(
        self,
        client: httpx.Client,
        base: str,
        *,
        service: str,
        setting: str,
        attempts: int = 3,
        max_wait_s: float = 60,
        deadline_s: float = 60,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`service` is its name for people, `setting` the one that holds `base`. Raises Misconfigured where that cannot be."""
        self.base = base_url(base, setting=setting)
        self.service = service
        self.setting = setting
        self.now = now
        self._client = client
        self._attempts = attempts
        self._max_wait_s = max_wait_s
        self._deadline_s = deadline_s
        self._sleep = sleep

    def get(self, path: str, params: Params | None = None, *, is_odd: Callable[[Any], bool] = lambda body: False) -> Any:
        """The JSON of a good answer. One that `is_odd` contradicts itself, and is asked for again like one that failed."""
        return self.ask("GET", path, params, is_odd=is_odd)[1]

    def ask(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
        is_odd: Callable[[Any], bool] = lambda body: False,
    ) -> tuple[int, Any]:
        """Status and JSON of a good answer, or of one whose status is in `accept` (None where it holds no JSON)."""
        sent = dict(headers or {}) | ({"Content-Type": "application/json"} if body is not None else {})
        query = f"?{urlencode(params, doseq=True)}" if params else ""

        def once() -> tuple[int, Any]:
            answer = fetch(
                self._client,
                method,
                self.base + path + query,
                headers=sent,
                content=None if body is None else json.dumps(body).encode(),
                max_bytes=MAX_BYTES,
                deadline_s=self._deadline_s,
            )
            status, read = self._read(answer, accept)
            if status == 200 and is_odd(read):
                raise self.incomplete()
            return status, read

        return retrying(once, attempts=self._attempts, max_wait_s=self._max_wait_s, sleep=self._sleep)

    def _read(self, answer: Answer, accept: Collection[int]) -> tuple[int, Any]:
        body = read_json(answer.body)
        if answer.status in accept:
            return answer.status, body
        if answer.status != 200:
            raise self._error(answer, mapping(body))
        if body is None and answer.body.strip() != b"null":
            raise Transient(f"{self.service} did not answer with JSON.", url=answer.url, status=200)
        return 200, body

    def _error(self, answer: Answer, body: Mapping[str, Any]) -> SourceError:
        at: dict[str, Any] = {"url": answer.url, "status": answer.status}
        match answer.status:
            case 400:
                named = text_of(body.get("error"))[:60]
                told = f" ({named})" if named.isidentifier() else ""
                return Malformed(f"{self.service} rejected our request{told}; this is a bug in Hot Papers.", **at)
            case 429:
                wait_s = self._wait_s(answer)
                return RateLimited(f"{self.service} asked us to slow down; retrying in {wait_s:.0f} s.", wait_s=wait_s, **at)
            case status if status in PASSING:
                return Transient(f"{self.service} is not available ({status}).", wait_s=retry_after_s(answer.headers), **at)
            case 401 | 403:
                return ServiceRefused(
                    f"{self.service} refuses us access ({answer.status}). Set CONTACT_EMAIL to an address you read, "
                    f"and check {self.setting}.",
                    setting=self.setting,
                    **at,
                )
            case status:
                return ServiceRefused(
                    f"There is no {self.service} at this address ({status}); check {self.setting}.", setting=self.setting, **at
                )

    def _wait_s(self, answer: Answer) -> float:
        """`Retry-After` goes before the others: it is meant for this request, and they tell when a whole quota is there again."""
        if told := retry_after_s(answer.headers):
            return told
        if (reset := _reset(answer.headers)) is None:
            # A moment that has passed, or none at all, says that we are too fast, and nothing else.
            return UNTOLD_WAIT_S
        return min(max(reset - self.now().timestamp() if reset > 10**9 else float(reset), 1.0), LONGEST_WAIT_S)

    def incomplete(self) -> Transient:
        """For an answer that holds less than it says there is."""
        return Transient(f"{self.service} gave an incomplete answer.", url=self.base, status=200)

    def expect(self, expected: str, readable: int, of: int) -> None:
        """Raise Malformed where so few of the records have what we need that the service has changed: otherwise it would look
        like a quiet day."""
        if is_mostly_unread(of - readable, of):
            raise self.malformed(f"{expected} in {of - readable} of {of} records")

    def malformed(self, expected: str) -> Malformed:
        """For an answer with status 200 that lacks what the service documents."""
        return Malformed(f"{self.service} answered without {expected}.", url=self.base, status=200)


def _reset(headers: Mapping[str, str]) -> int | None:
    """A moment (seconds since 1970) with some services, and a number of seconds with others.

    Older drafts of the standard have a header for it, and newer ones a part of `RateLimit`: `"api";r=0;t=55`
    (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/).
    """
    within = re.search(r"\b(?:t|reset)=([0-9]{1,18})", headers.get("ratelimit", "")[:1000])
    told = (headers.get("ratelimit-reset", ""), headers.get("x-ratelimit-reset", ""), within[1] if within else "")
    return next((number for one in told if (number := whole_number(one)) is not None), None)


class EachAlone:
    """Asks many questions so that one that fails costs its own answer alone: the same one may fail every time."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._is_answering = False
        self._trouble: SourceError | None = None

    @contextlib.contextmanager
    def question(self) -> Iterator[None]:
        """Ask one of them. Raises its error unless this question alone may be at fault."""
        try:
            yield
        except (Transient, Malformed) as error:
            self._in_a_row += 1
            if error.status is None or isinstance(error, RateLimited) or self._in_a_row > MOST_IN_A_ROW:
                raise
            self._trouble = error
        else:
            self._in_a_row, self._is_answering = 0, True

    def done(self) -> None:
        """To be called at the end. Raises the last error if no question was answered."""
        if self._trouble and not self._is_answering:
            raise self._trouble
