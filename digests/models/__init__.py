"""A day's list, the decisions beside it, and its history."""

from digests.models.changes import ListChange, PublicEvent
from digests.models.comments import Comment
from digests.models.decisions import Dismissal, IgnoredCoverage, IgnoredFinding, Presence, Visit
from digests.models.lists import (
    SCORE,
    DaysManager,
    Digest,
    DigestQuerySet,
    Entry,
    ShownTweet,
    digest_address,
    in_published_digest,
)
from digests.models.mirrors import MirrorHealth
from digests.models.note_templates import NoteTemplate
from digests.models.notices import Notice, NoticesByMail, Received

__all__ = [
    "SCORE",
    "Comment",
    "DaysManager",
    "Digest",
    "DigestQuerySet",
    "Dismissal",
    "Entry",
    "IgnoredCoverage",
    "IgnoredFinding",
    "ListChange",
    "MirrorHealth",
    "NoteTemplate",
    "Notice",
    "NoticesByMail",
    "Presence",
    "PublicEvent",
    "Received",
    "ShownTweet",
    "Visit",
    "digest_address",
    "in_published_digest",
]
