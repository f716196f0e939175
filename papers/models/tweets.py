"""Posts on networks, and the papers they mention."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from papers import clock
from papers.list_questions import lists
from papers.models.papers import Paper
from papers.models.rendering import WithCleanBody
from papers.networks.registry import KINDS, OLD_NETWORK, PAID, open_kinds, texts
from papers.post_keys import PostKey
from papers.text.folding import Folded


def of_live_tweet() -> Q:
    """Rows whose post is still there. Written as an inequality: SQLite keeps no statistics and would start from the index of
    states, at nearly all posts."""
    return ~Q(tweet__state__in=[state for state in Tweet.State if state != Tweet.State.LIVE])


class TweetQuerySet(models.QuerySet["Tweet"]):
    def readable(self) -> Self:
        """The tweets whose counts the network that charges can tell: no sample data."""
        return self.filter(network=PAID.name, is_sample=False)

    def with_texts_elsewhere(self) -> Self:
        """The tweets whose texts another service gives; no sample data."""
        return self.filter(network__in=texts(), is_sample=False)

    def of_open_networks(self) -> Self:
        """The tweets of the networks that may be read at no price; no sample data."""
        return self.filter(network__in=open_kinds(), is_sample=False)

    def due(self, *, now: datetime) -> Self:
        """Those to ask the network for, also the ones that are gone and looked for."""
        return self.filter(next_read_at__lte=now, is_excluded=False).order_by("next_read_at")

    def waiting(self) -> Self:
        """The live ones that are read again. Networks first, for SQLite: see `of_live_tweet`."""
        return self.filter(network__in=KINDS, next_read_at__isnull=False).live()

    def live(self) -> Self:
        """Those that are still there. Not `state="live"`: SQLite would begin with nearly all posts, see `of_live_tweet`."""
        return self.exclude(state__in=[state for state in Tweet.State if state != Tweet.State.LIVE])

    def with_keys(self, keys: Iterable[PostKey]) -> Self:
        """The posts with these keys; an id alone may be that of several networks."""
        ids: defaultdict[str, list[str]] = defaultdict(list)
        for network, id in keys:
            ids[network].append(id)
        wanted = [Q(network=network, status_id__in=of_network) for network, of_network in ids.items()]
        return self.filter(reduce(or_, wanted)) if wanted else self.none()

    def due_for_refresh(self, *, now: datetime) -> Self:
        """The posts to ask the network about, most valuable first, for days when the budget is short.

        A live post is read at most once a UTC day, unless today's list shows it. A post that is gone is looked for when it is
        due. Posts on today's list come first, then those about papers of the last week, which may still be listed; within each,
        the highest scores, then the most overdue.
        """
        today = now.astimezone(UTC).date()
        midnight = datetime.combine(today, time(), UTC)
        recent = Mention.objects.filter(tweet=OuterRef("pk"), paper__listing_date__gt=today - timedelta(days=7))
        return (
            self.readable()
            .filter(next_read_at__lte=now, is_excluded=False)
            .alias(
                is_shown=Case(When(pk__in=lists().tweets_of_day(today), then=1), default=0),
                is_recent=Case(When(Exists(recent), then=1), default=0),
                score=Coalesce(F("retweets") + F("favorites"), 0),
            )
            .filter(Q(read_at=None) | Q(read_at__lt=midnight) | Q(is_shown=1) | ~Q(state=Tweet.State.LIVE))
            .order_by("-is_shown", "-is_recent", "-score", "next_read_at", "pk")
        )


class Tweet(WithCleanBody):
    """One post on a social network; for X its status. A retweet is not stored as a tweet."""

    class Direction(models.TextChoices):
        LTR = "ltr", "left to right"
        RTL = "rtl", "right to left"

    class State(models.TextChoices):
        LIVE = "live", "live"
        DELETED = "deleted", "deleted"
        PROTECTED = "protected", "protected or suspended author"
        WITHHELD = "withheld", "withheld"
        ERASED = "erased", "erased on request"

    network = models.CharField(max_length=16, default=OLD_NETWORK, help_text="By its name in papers.networks.registry")
    status_id = models.CharField("id", max_length=255, help_text="The network's own, as in the post's address")
    author_name = models.CharField(max_length=200, blank=True)
    author_handle = models.CharField(max_length=255, blank=True, help_text="Without the @")
    language = models.CharField(max_length=16, default="und", help_text="BCP 47, as the network guessed it; und = not known")
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.LTR)
    body_html = models.TextField(blank=True, help_text="Text, entities, <br> and <a href> only, as the network gave it")
    posted_at = models.DateTimeField(db_index=True, editable=False, help_text="From the id where that tells it")
    state = models.CharField(max_length=10, choices=State, default=State.LIVE)
    state_since = models.DateTimeField(
        null=True, editable=False, help_text="When a reading first found the state; null while live"
    )
    author_id = models.CharField(max_length=255, blank=True, editable=False, help_text="The network's own id of the author")
    is_excluded = models.BooleanField(
        "excluded", default=False, help_text="Excluded by an editor: it counts for no paper and isn't shown"
    )
    counts = models.JSONField(
        default=dict, editable=False, help_text="What another network than X counts, by its names, as last read"
    )
    retweets = models.PositiveIntegerField(
        null=True, editable=False, help_text="Of the old site's network; null before the first reading"
    )
    favorites = models.PositiveIntegerField(null=True, editable=False)
    replies = models.PositiveIntegerField(null=True, editable=False)
    quotes = models.PositiveIntegerField(null=True, editable=False)
    read_at = models.DateTimeField(null=True, editable=False, help_text="When the counts were last read from the network")
    next_read_at = models.DateTimeField(
        null=True, editable=False, help_text="When they are due again, or the tweet that is gone is looked for; null for never"
    )
    embedded_at = models.DateTimeField(null=True, editable=False, help_text="When name, handle and body were last fetched")
    is_sample = models.BooleanField("sample data", default=False, editable=False)
    papers = models.ManyToManyField(Paper, through="Mention", related_name="tweets")

    objects = TweetQuerySet.as_manager()

    class Meta:
        verbose_name = "post"
        ordering = ["-posted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["network", "status_id"], name="tweet_once_a_network"),
            models.CheckConstraint(condition=~Q(status_id=""), name="tweet_has_an_id"),
            models.CheckConstraint(
                condition=Q(retweets__isnull=True, favorites__isnull=True) | Q(retweets__isnull=False, favorites__isnull=False),
                name="tweet_counts_come_together",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "next_read_at"], condition=Q(next_read_at__isnull=False), name="tweet_network_due"),
            models.Index(fields=["state", "posted_at"], name="tweet_by_state"),
            models.Index(fields=["embedded_at", "id"], condition=Q(embedded_at__isnull=False), name="tweet_with_text"),
            models.Index(fields=["author_id", "network"], name="tweet_by_author_of_network"),
            models.Index(fields=["posted_at"], condition=Q(is_excluded=True), name="tweet_excluded"),
            models.Index(Folded("author_handle"), name="tweet_by_handle"),
            models.Index(Folded("author_name"), name="tweet_by_name"),
        ]

    def __str__(self) -> str:
        return f"@{self.author_handle or '?'} {self.status_id}"

    @property
    def key(self) -> PostKey:
        return PostKey(self.network, self.status_id)

    def clean(self) -> None:
        kind = KINDS.get(self.network)
        if kind is None:
            raise ValidationError({"network": f"There is no network {self.network!r}."})
        if not kind.is_id(self.status_id):
            raise ValidationError({"status_id": f"This isn't the id of a post on {kind.title}."})
        self.posted_at = kind.posted_at(self.status_id) or self.posted_at or clock.now()

    @property
    def shown_html(self) -> SafeString:
        """The body as safe HTML; until it is cleaned, its escaped source."""
        return self.safe_body(self.body_html)

    @property
    def url(self) -> str:
        """The post's own page."""
        return KINDS[self.network].page(self.status_id, self.author_handle)

    @property
    def counted(self) -> dict[str, int]:
        """What its network counts, in the network's own terms, as last read; empty before the first reading."""
        told = {"retweets": self.retweets, "favorites": self.favorites} | self.counts
        return {name: count for name, count in told.items() if count is not None}

    @property
    def embed_url(self) -> str:
        """The network's page of this post alone, made for frames; empty if there is none."""
        return KINDS[self.network].frame(self.status_id, settings) if self.network in KINDS else ""


class Mention(models.Model):
    """A post mentions a paper; one post may mention several."""

    tweet = models.ForeignKey(Tweet, models.CASCADE, related_name="mentions")
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="mentions", db_index=False)
    is_by_hand = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="An editor said so, whatever the post links"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "tweet"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.tweet_id} mentions {self.paper_id}"


class UnmatchedMention(models.Model):
    """A post mentions a paper that is not here yet; it becomes a Mention when the paper arrives."""

    tweet = models.ForeignKey(Tweet, models.CASCADE, related_name="unmatched_mentions", db_index=False)
    arxiv_id = models.CharField(max_length=32, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tweet", "arxiv_id"], name="unmatched_mention_once")]

    def __str__(self) -> str:
        return f"{self.tweet_id} mentions {self.arxiv_id}"
