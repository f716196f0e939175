"""The ranking rules."""

from django.db import models
from django.db.models import Q


class SavedRules(models.Model):
    """The ranking rules saved on the desk: one row, or none while the settings' rules hold."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    hot_score = models.PositiveIntegerField(help_text="Papers are hot from this score on")
    shown_tweet_score = models.PositiveIntegerField(
        "shown post score", help_text="Besides a paper's best post, those from this score on are shown"
    )
    shown_tweets = models.PositiveSmallIntegerField("shown posts", help_text="The most posts shown under a paper")
    one_tweet_per_author = models.BooleanField(
        "one post per author", default=False, help_text="Only each author's best post counts for a paper"
    )
    weights = models.JSONField(default=dict, blank=True, help_text="What each count of each network gives; else the defaults")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "saved rules"
        constraints = [models.CheckConstraint(condition=Q(only=True), name="saved_rules_one_row")]

    def __str__(self) -> str:
        return f"hot from {self.hot_score}"
