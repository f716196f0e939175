"""An answer of X's API as a JSON object, or as the error that its status stands for. https://docs.x.com/x-api"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from papers.networks.api import PASSING
from papers.networks.strict_json import items, mapping, read_json, text_of, whole_number
from papers.sources.answer_headers import clock_doubt, retry_after_s
from papers.sources.http import (
    Answer,
    ClockWrong,
    Malformed,
    OutOfCredit,
    RateLimited,
    ServiceRefused,
    SourceError,
    Transient,
)

PARAMETER = re.compile(r"[a-z_.]{1,40}")
"""Other names are none of ours, and may hold what no database keeps."""
RATE_WINDOW_S = 900.0
UNTOLD_WAIT_S = 5.0


def read_answer(answer: Answer, now: datetime) -> Mapping[str, Any]:
    """The JSON object of a good answer; else the error that it stands for. Bodies are never quoted: X repeats ids in them."""
    body = read_json(answer.body)
    if answer.status != 200:
        raise _error(answer, mapping(body), now)
    if not isinstance(body, dict):
        raise Transient("X did not answer with a JSON object.", url=answer.url, status=200)
    return body


def _error(answer: Answer, body: Mapping[str, Any], now: datetime) -> SourceError:
    at: dict[str, Any] = {"url": answer.url, "status": answer.status}
    problem = text_of(body.get("type")).rstrip("/").rpartition("/")[2]
    match answer.status:
        case 400:
            told = (mapping(mapping(error).get("parameters")) for error in items(body.get("errors")))
            named = {name for names in told for name in names if PARAMETER.fullmatch(name)}
            wrong = f" (parameters: {', '.join(sorted(named))[:200]})" if named else ""
            if doubt := clock_doubt(answer.headers):
                return ClockWrong(f"X rejected our times{wrong}. {doubt}", **at)
            return Malformed(f"X rejected our request{wrong}; this is a bug in Hot Papers.", **at)
        case 401:
            return ServiceRefused(
                "X rejected the token in X_BEARER_TOKEN (401). Set it to your app's app-only bearer token.",
                setting="X_BEARER_TOKEN",
                **at,
            )
        case 402:
            return OutOfCredit(
                "The X account of X_BEARER_TOKEN has no credits left (402). Recharge it in X's developer console.", **at
            )
        case 403:
            if problem == "unsupported-authentication":
                advice = "it needs an app-only bearer token, not a user's."
            else:
                advice = "enroll the app in pay-per-use access in X's developer console, or use the token of an app that is."
            return ServiceRefused(
                f"X does not let the app of X_BEARER_TOKEN read this (403): {advice}", setting="X_BEARER_TOKEN", **at
            )
        case 429 if problem == "usage-capped" or body.get("title") == "UsageCapExceeded":
            return OutOfCredit(
                "The monthly cap of reads of X_BEARER_TOKEN's account is used up (429). Raise it, or wait for the next month.",
                **at,
            )
        case 429:
            wait_s = _wait_s(answer, now)
            return RateLimited(f"X asked us to slow down; retrying in {wait_s:.0f} s.", wait_s=wait_s, **at)
        case status if status in PASSING:
            return Transient(f"X is not available ({status}).", wait_s=retry_after_s(answer.headers), **at)
        case status:
            return ServiceRefused(f"There is no X API at this address ({status}); check X_API_BASE.", setting="X_API_BASE", **at)


def _wait_s(answer: Answer, now: datetime) -> float:
    """Until the rate window begins anew; a reset in the past means that it has, an absent one that nobody knows."""
    reset = whole_number(answer.headers.get("x-rate-limit-reset", ""))
    if reset is None:
        return retry_after_s(answer.headers) or UNTOLD_WAIT_S
    return min(max(reset - now.timestamp(), 1.0), RATE_WINDOW_S)
