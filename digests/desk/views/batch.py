"""Changes that waited in the browser, in one request; and a request for what the page lacks, without a change."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from digests.desk.request_body import Body
from digests.desk.responses import EDIT, answer, as_told, desk_action
from digests.desk.views import actions, bulk, context
from digests.editing.conflicts import Conflict, Refused
from papers.fetching import NotFetched, Unknown

QUEUED = {**actions.ACTIONS, **bulk.ACTIONS, **context.ACTIONS}
"""By name."""
MOST = 100
"""The most changes in a request; the page sends the rest in the next one."""
ALONE = {"add_tweet", "rules_preview", "save_rules", "refresh_counts", "undo", "changes"}
"""Actions that are sent alone: they ask other services, answer with more than a sentence, or are never queued."""


@desk_action("digests.view_digest")
def read(request: HttpRequest, day: date, body: Body) -> str:
    """Answer with what the page lacks."""
    return ""


@desk_action(EDIT)
def changes(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Make each change in its own transaction, in order; answer with the result of each, then with the rows that changed. If
    they are sent again, they change nothing."""
    wanted = body.get("changes")
    if not isinstance(wanted, list) or not wanted or len(wanted) > MOST:
        raise Refused(f"A request has 1 to {MOST} changes. Reload the page.")
    results = [_result(request, day, one) for one in wanted]
    said = " ".join(one["said"] for one in results if "said" in one)
    return answer(request, day, said, body, results=results)


def _result(request: HttpRequest, day: date, wanted: Any) -> dict[str, Any]:
    name, body = (wanted.get("action"), wanted.get("body")) if isinstance(wanted, dict) else (None, None)
    if not isinstance(name, str) or name not in QUEUED or name in ALONE or not isinstance(body, dict):
        return {"kind": "refused", "error": "Unknown change. Reload the page."}
    action = QUEUED[name]
    if not request.user.has_perm(action.right):
        return {"kind": "refused", "error": "You don’t have permission to do this. Ask an administrator."}
    try:
        return {"kind": "done", "said": str(action.act(request, day, body))}
    except (Refused, Unknown, NotFetched) as refusal:
        return {"kind": "refused", "error": str(refusal)}
    except Conflict as conflict:
        return {"kind": "conflict", "conflict": as_told(conflict, body)}
