"""How X words its answers, its partial errors and its failures, in each of the ways in which it has done so."""

import json
from collections.abc import Mapping
from typing import Any

from tests.standins.serving import FAULTS, JSON, Reply

PROBLEMS = ("https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/")
NOT_FOUND = ("resource-not-found", "Not Found Error", "Could not find tweet with ids: [{}].")
UNAUTHORIZED = (
    "not-authorized-for-resource",
    "Authorization Error",
    "Sorry, you are not authorized to see the Tweet with ids: [{}].",
)
DISALLOWED = ("disallowed-resource", "Disallowed Resource", "Access to the Tweet with ids [{}] is disallowed.")
MISSING = {"deleted": NOT_FOUND, "protected": UNAUTHORIZED, "suspended": UNAUTHORIZED, "disallowed": DISALLOWED}


def reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(body).encode(), {**JSON, **(headers or {})})


def problem(status: int, title: str, kind: str = "about:blank", **more: Any) -> Reply:
    return reply({"title": title, "detail": title, "type": kind, "status": status, **more}, status)


def invalid(parameter: str, value: str, message: str) -> Reply:
    body = {
        "errors": [{"parameters": {parameter: [value]}, "message": f"Invalid '{parameter}': {message}"}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS[1] + "invalid-request",
    }
    return reply(body, 400)


def failures(now: int) -> dict[str, Reply]:
    """X's own, by name; `now` in seconds since 1970."""
    past, soon = {"x-rate-limit-reset": str(now - 60)}, {"x-rate-limit-reset": str(now + 30)}
    slow = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
    slow_too = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    credits = "Your enrolled account [1] does not have any credits to fulfill this request."
    enrolment = {"reason": "client-not-enrolled", "required_enrollment": "Synthetic", "client_id": "1"}
    own = {
        "400": invalid("start_time", "x", "synthetic"),
        "401": problem(401, "Unauthorized"),
        "402-older": reply({"title": "CreditsDepleted", "detail": credits, "type": PROBLEMS[0] + "credits"}, 402),
        "402-newer": problem(402, "Payment Required", PROBLEMS[1] + "credits-depleted"),
        "402-empty": Reply(402),
        "403": problem(403, "Client Forbidden", PROBLEMS[1] + "client-forbidden", **enrolment),
        "403-auth": problem(403, "Unsupported Authentication", PROBLEMS[0] + "unsupported-authentication"),
        "404": Reply(404),
        "429": reply(slow, 429, soon),
        "429-newer": reply(slow_too, 429, soon),
        "429-past": reply(slow, 429, past),
        "429-bare": reply(slow_too, 429),
        "429-cap": problem(429, "UsageCapExceeded", PROBLEMS[0] + "usage-capped", period="Monthly", scope="Product"),
    }
    return {**FAULTS, **own}
