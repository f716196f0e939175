"""The ranking rules."""

from typing import Any

from django.db import models
from django.db.models import Q

from papers import network_words

THRESHOLDS = {
    "hot_score": "hot from",
    "shown_tweet_score": "show posts from",
    "shown_tweets": "posts per paper",
    "one_tweet_per_author": "one post per author",
}
"""What each threshold is called."""


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


class RulesChange(models.Model):
    """One change of the rules for the whole site: who made it and when, and what each rule was before and became."""

    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=150, help_text="The administrator's name")
    changes = models.JSONField(help_text="Triples: the rule, or a weight as network.count; before; after")

    class Meta:
        ordering = ["-at", "-pk"]

    @property
    def editor(self) -> str:
        return self.by

    @property
    def said(self) -> str:
        """What became of the rules: `hot from 50, was 60; Bluesky replies × 0.5, was × 0`."""
        return "; ".join(_said(*one) for one in self.changes)

    def __str__(self) -> str:
        return f"{self.by} at {self.at:%Y-%m-%d %H:%M:%SZ}"


def _said(rule: str, before: Any, after: Any) -> str:
    network, dot, count = rule.partition(".")
    if dot:
        return f"{network_words.title(network)} {network_words.plural(network, count)} × {after:g}, was × {before:g}"
    if isinstance(after, bool):
        return f"{THRESHOLDS.get(rule, rule)}: {'yes' if after else 'no'}"
    return f"{THRESHOLDS.get(rule, rule)} {after:,}, was {before:,}"
