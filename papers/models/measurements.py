"""Counts at a moment."""

from django.db import models

from papers.models.papers import Paper
from papers.models.tweets import Tweet


class Provenance(models.TextChoices):
    """Where counts come from. Counts of different provenance are never added up or compared."""

    POST = "post", "a post of the old site (counted retweets several times)"
    NETWORK = "network", "read from the network"


class PaperMeasurement(models.Model):
    """A paper's counts at a moment, summed over its posts."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="measurements", db_index=False)
    read_at = models.DateTimeField()
    provenance = models.CharField(max_length=8, choices=Provenance)
    retweets = models.PositiveIntegerField()
    favorites = models.PositiveIntegerField()
    counts = models.JSONField(
        default=dict, help_text="What other networks than the old site's counted, by network and its own names"
    )
    extra_points = models.IntegerField(default=0, help_text="The score then, without retweets and favorites; may be negative")

    class Meta:
        ordering = ["read_at"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "provenance", "read_at"], name="paper_measured_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.retweets} retweets, {self.favorites} favorites at {self.read_at:%Y-%m-%d %H:%M:%SZ}"


class TweetMeasurement(models.Model):
    """A post's counts at a moment."""

    tweet = models.ForeignKey(Tweet, models.CASCADE, related_name="measurements", db_index=False)
    read_at = models.DateTimeField()
    provenance = models.CharField(max_length=8, choices=Provenance)
    retweets = models.PositiveIntegerField()
    favorites = models.PositiveIntegerField()
    counts = models.JSONField(default=dict, help_text="What another network than the old site's counted, by its own names")
    extra_points = models.IntegerField(default=0, help_text="Its points then, without retweets and favorites; may be negative")

    class Meta:
        ordering = ["read_at"]
        constraints = [
            models.UniqueConstraint(fields=["tweet", "provenance", "read_at"], name="tweet_measured_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.retweets} retweets, {self.favorites} favorites at {self.read_at:%Y-%m-%d %H:%M:%SZ}"


class ThinnedUntil(models.Model):
    """How far the history of counts has been thinned: by a table and a step of `papers/counts/thinning.py`."""

    name = models.CharField(max_length=64, primary_key=True)
    key = models.BigIntegerField(default=0, help_text="The primary key of the last reading that was looked at")

    def __str__(self) -> str:
        return f"{self.name}: {self.key}"
