"""Editors' decisions beside the list: papers that are not for a day, what is ignored, and who has a desk open, and had."""

from django.conf import settings
from django.db import models

from digests.models.lists import Digest
from papers.models import Paper


class Dismissal(models.Model):
    """An editor's "not today": the paper does not enter the day's list and is no longer suggested."""

    day = models.DateField("listing day")
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="dismissals", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "day"], name="dismissal_once")]
        indexes = [models.Index(fields=["day"], name="dismissal_by_day")]

    def __str__(self) -> str:
        return f"{self.paper_id} is not for {self.day}"


class IgnoredCoverage(models.Model):
    """An editor's decision that it doesn't matter for this day what a past list had of a paper."""

    day = models.DateField("listing day")
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64, help_text="What is ignored, as digests/desk/context/covered.py names it")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "paper", "key"], name="ignored_coverage_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.paper_id} on {self.day}"


class IgnoredFinding(models.Model):
    """An editor's decision to ignore a finding of the check before publication."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="ignored_findings", db_index=False)
    finding = models.CharField(max_length=400, help_text="Its key, as digests/publishing/checking.py makes it")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "finding"], name="ignored_finding_once")]

    def __str__(self) -> str:
        return self.finding


class Presence(models.Model):
    """An editor has a day's desk open in a window, and is at a place of it (digests/editing/presence.py)."""

    day = models.DateField("listing day")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    window = models.CharField(max_length=24, blank=True, help_text="Which of the editor’s windows, as its page calls itself")
    seen_at = models.DateTimeField()
    place = models.CharField(max_length=60, blank=True, help_text="note:2611.00001, title:…, row:… or intro")
    wrote_at = models.DateTimeField(null=True, help_text="When they were last heard of typing there; null if they are not")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "editor", "window"], name="presence_once_a_window")]

    def __str__(self) -> str:
        return f"{self.editor} at {self.day}"


class Visit(models.Model):
    """An editor's visits of a day's desk: what was here at the last one, so that what came since can be marked."""

    day = models.DateField("listing day")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(help_text="When the page was last opened")
    newest_paper = models.BigIntegerField(help_text="The newest paper when the page was last opened, by primary key")
    newest_mention = models.BigIntegerField(help_text="The newest mention of a paper then")
    seen_paper = models.BigIntegerField(help_text="The newest paper at the end of the visit before this one")
    seen_mention = models.BigIntegerField(help_text="The newest mention of a paper then")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "editor"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.editor} at {self.day}"
