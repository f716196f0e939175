"""The history of a day's list: each change, for editors, and the events that readers are told about."""

from typing import Any, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Q

from digests.models.editors import name_of
from digests.models.lists import Digest
from papers.models import Paper


class ListChange(models.Model):
    """One change of a list: what was done, and the whole list as it became.

    A burst of saves of one text by one editor is one change, which grows (digests/editing/history.py). Behaviour depends on the
    columns alone; the sentence for people is made when it is shown (digests/editing/sentences.py).
    """

    class Action(models.TextChoices):
        """What was done. `details` holds what each action says beside the paper; its keys are named here."""

        BEFORE = "before", "as it was before the first change"
        PROPOSED = "proposed", "proposed again after new counts"
        IMPORTED = "imported", "imported again"
        ADDED = "added", "added"
        REMOVED = "removed", "removed"
        MOVED = "moved", "moved"  # to: the number, from 1
        ADDED_SEVERAL = "added_several", "several added"  # papers: their arXiv ids
        REMOVED_SEVERAL = "removed_several", "several removed"  # papers
        MOVED_SEVERAL = "moved_several", "several moved to the top"  # papers
        ACCEPTED_ALL = "accepted_all", "suggestions accepted"  # papers
        THRESHOLD = "threshold", "threshold applied"  # score: papers from this one on are hot
        PINNED = "pinned", "pinned"
        UNPINNED = "unpinned", "unpinned"
        NOTED = "noted", "note edited"
        TITLED = "titled", "title edited"
        INTRO = "intro", "intro edited"
        TWEETS_CHOSEN = "tweets_chosen", "posts chosen"
        TWEET_ADDED = "tweet_added", "post added"
        TWEET_DIRECTION = "tweet_direction", "direction of a post changed"
        FORM = "form", "edited in the admin’s form"  # anything may have changed
        PUBLISHED = "published", "published"  # is_scheduled
        WITHDRAWN = "withdrawn", "withdrawn"
        SCHEDULED = "scheduled", "scheduled"  # at: local time as 2026-11-24 09:00, zone: its IANA name
        UNSCHEDULED = "unscheduled", "unscheduled"
        STOPPED = "stopped", "not published on time"
        REVIEW_WANTED = "review_wanted", "ready for review"
        REVIEW_TAKEN_BACK = "review_taken_back", "taken back from review"
        CHANGES_WANTED = "changes_wanted", "changes wanted"
        CORRECTION_BEGUN = "correction_begun", "correction started"
        CORRECTION_PUBLISHED = "correction_published", "correction published"  # note, or is_counts_alone
        CORRECTION_DROPPED = "correction_dropped", "correction discarded"
        RESTORED = "restored", "restored"  # of: the change that was restored, as `ListChange.as_details` has it
        UNDONE = "undone", "undone"  # of: the change that was undone
        OTHER = "other", "other"  # said: the words of an older version of this software, which nothing else is known of

    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="changes", db_index=False)
    day = models.DateField("listing day", help_text="Stays when the list is deleted")
    revision = models.PositiveIntegerField(help_text="The list's revision after the change")
    action = models.CharField(max_length=24, choices=Action)
    paper = models.ForeignKey(Paper, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Null for the site itself"
    )
    at = models.DateTimeField(help_text="Of a burst of saves the last one's moment")
    details = models.JSONField(default=dict)
    document = models.JSONField(help_text="The whole list as it became, without tweets' texts; digests/editing/documents.py")

    class Meta:
        indexes = [models.Index(fields=["digest", "-id"], name="list_change_by_digest")]

    def __str__(self) -> str:
        return f"{self.day}, revision {self.revision}: {self.action}"

    @property
    def editor(self) -> str:
        """The editor's name; empty for the site itself."""
        return name_of(self.by)

    @property
    def as_details(self) -> dict[str, Any]:
        """This change as the details of another one that undid or restored it."""
        return {
            "change": self.pk,
            "action": self.action,
            "paper": self.paper.arxiv_id if self.paper else None,
            "at": self.at.isoformat(),
            "details": self.details,
        }


class EventKind(models.TextChoices):
    PUBLISHED = "published", "published"
    CORRECTED = "corrected", "corrected"
    WITHDRAWN = "withdrawn", "withdrawn"
    COUNTS = "counts", "counts refreshed"


class PublicEvent(models.Model):
    """An event in a digest's history that readers are told about."""

    Kind: TypeAlias = EventKind

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=Kind)
    at = models.DateTimeField()
    note = models.TextField(blank=True, help_text="For readers, in Markdown")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="public_event_kind_known")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%MZ}"
