"""Editors' decisions beside the list: papers that are not for a day, findings that are ignored, and who has a desk open."""

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


class Waiver(models.Model):
    """An editor's decision to ignore a finding of the check before publication."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="waivers", db_index=False)
    finding = models.CharField(max_length=400, help_text="Its key, as digests/publishing/checking.py makes it")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "finding"], name="waiver_once")]

    def __str__(self) -> str:
        return self.finding


class Presence(models.Model):
    """An editor has a day's desk open, and is at a place of it (digests/desk/presence.py). Of two windows the last one to say so
    counts."""

    day = models.DateField("listing day")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    place = models.CharField(max_length=60, blank=True, help_text="note:2611.00001, title:…, row:… or intro")
    wrote_at = models.DateTimeField(null=True, help_text="When they were last heard of typing there; null if they are not")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "editor"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.editor} at {self.day}"
