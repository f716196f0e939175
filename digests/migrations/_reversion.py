"""Changes that django-reversion kept before migration 0010, read from its tables and made rows of ListChange.

The words below are those that earlier versions of this software wrote; they are frozen here, and nothing else reads them.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

TEXTS = ("body", "name", "handle")
ENTRY: dict[str, Any] = {
    "retweets": 0, "favorites": 0, "read_at": None, "provenance": "network", "printed_otherwise": None, "note": "",
    "is_pinned": False, "moves": 0,
}  # fmt: skip
SETTINGS: dict[str, Any] = {
    "status": "draft", "written_at": None, "published_at": None, "publish_at": None, "publish_zone": "", "is_held": False,
    "is_sample": False,
}  # fmt: skip
ID = r"(?P<paper>\S+)"
PATTERNS = [
    (re.compile(pattern, re.DOTALL), action)
    for pattern, action in (
        (r"before its first change here", "before"),
        (rf"note of {ID}", "noted"),
        (rf"title of {ID}", "titled"),
        (rf"tweets of {ID}", "tweets_chosen"),
        (rf"tweet added to {ID}", "tweet_added"),
        (rf"direction of a tweet of {ID}", "tweet_direction"),
        (rf"{ID} added", "added"),
        (rf"{ID} taken out", "removed"),
        (rf"{ID} moved to (?P<to>[0-9]+)", "moved"),
        (rf"{ID} pinned", "pinned"),
        (rf"{ID} no longer pinned", "unpinned"),
        (r"intro", "intro"),
        (r"changed in the admin’s form", "form"),
        (r"imported again", "imported"),
        (r"published(?P<is_scheduled> as scheduled)?", "published"),
        (r"withdrawn", "withdrawn"),
        (r"to be published at (?P<at>[-0-9]+ [:0-9]+) (?P<zone>\S+)", "scheduled"),
        (r"no longer to be published by itself", "unscheduled"),
        (r"not published at its time: the check stops it", "stopped"),
        (r"correction begun", "correction_begun"),
        (r"correction published: (?P<note>.*)", "correction_published"),
        (r"correction dropped", "correction_dropped"),
        (r"undone: (?P<undone>.*)", "undone"),
        (r"restored: (?P<day>[-0-9]{10}) (?P<time>[:0-9]{5}) UTC, (?P<restored>.*)", "restored"),
    )
]


def parsed(comment: str) -> tuple[str, str | None, dict[str, Any]]:
    """Action, arXiv id of the paper, and details of what an old comment says."""
    for pattern, action in PATTERNS:
        if found := pattern.fullmatch(comment):
            said = found.groupdict()
            return action, said.get("paper"), _details(action, said)
    return "other", None, {"said": comment}


def _details(action: str, said: dict[str, Any]) -> dict[str, Any]:
    if action == "moved":
        return {"to": int(said["to"])}
    if action == "published":
        return {"is_scheduled": bool(said["is_scheduled"])}
    if action == "scheduled":
        return {"at": said["at"], "zone": said["zone"]}
    if action == "correction_published":
        is_counts_alone = said["note"] == "counts refreshed"
        return {"note": "" if is_counts_alone else said["note"], "is_counts_alone": is_counts_alone}
    if action in ("undone", "restored"):
        of, paper, details = parsed(said[action])
        at = f"{said['day']}T{said['time']}:00+00:00" if action == "restored" else None
        return {"of": {"change": None, "action": of, "paper": paper, "at": at, "details": details}}
    return {}


def revisions(cursor: Any) -> Iterator[dict[str, Any]]:
    """Each kept list in the order in which it was kept: `digest` (its primary key), `by`, `at`, `comment`, `fields`, `document`."""
    cursor.execute("SELECT id, model FROM django_content_type WHERE app_label = 'digests'")
    models = dict(cursor.fetchall())
    cursor.execute("SELECT id, date_created, comment, user_id FROM reversion_revision ORDER BY id")
    for revision, at, comment, by in cursor.fetchall():
        cursor.execute(
            "SELECT object_id, content_type_id, serialized_data FROM reversion_version WHERE revision_id = %s ORDER BY id", [revision]
        )
        rows = defaultdict(list)
        for object_id, kind, text in cursor.fetchall():
            [row] = json.loads(text)
            rows[models.get(kind)].append((object_id, row["pk"], row["fields"]))
        for object_id, pk, fields in rows["digest"]:
            entries = [(key, one) for _, key, one in rows["entry"] if one["digest"] == pk]
            shown = [one for _, _, one in rows["showntweet"]]
            yield {
                "digest": int(object_id), "by": by, "at": at, "comment": comment, "fields": fields,
                "document": _document(fields, entries, shown),
            }  # fmt: skip


def _document(
    fields: dict[str, Any], entries: list[tuple[int, dict[str, Any]]], shown: list[dict[str, Any]]
) -> dict[str, Any]:
    tweets = defaultdict(list)
    for one in sorted(shown, key=lambda row: row["position"]):
        printed = {key: value for key, value in (_value(one.get("printed_otherwise")) or {}).items() if key not in TEXTS}
        tweets[one["entry"]].append({"tweet": one["tweet"], "printed_otherwise": printed or None})
    return {
        "intro": fields.get("intro", ""),
        "settings": {name: fields.get(name, default) for name, default in SETTINGS.items()},
        "entries": [
            {
                **{name: fields.get(name, default) for name, default in ENTRY.items()},
                "paper_id": fields["paper"],
                "printed_otherwise": _value(fields.get("printed_otherwise")),
                "tweets": tweets[pk],
            }
            for pk, fields in sorted(entries, key=lambda entry: entry[1]["position"])
        ],
    }


def _value(kept: Any) -> Any:
    """JSON columns were kept as values, or as their text."""
    return json.loads(kept) if isinstance(kept, str) else kept
