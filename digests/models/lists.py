"""A day's digest, its papers in order, and the tweets shown under each."""

from datetime import UTC, date
from functools import lru_cache
from typing import Any, Self, TypeAlias, cast

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString

from digests.models.states import DigestReview, DigestStatus
from papers.models import Paper, Provenance, Tweet, WithCleanBody
from papers.networks.registry import OLD_NETWORK
from papers.text.embed import unescape


class DigestQuerySet(models.QuerySet["Digest"]):
    def published(self) -> Self:
        """The digests that readers may see."""
        return self.filter(status=Digest.Status.PUBLISHED)

    def mirrored(self) -> Self:
        """The digests that the mirror holds: the published ones, without sample data."""
        return self.published().filter(is_sample=False)

    def before(self, day: date | None) -> Self:
        """The digests of earlier listing days; all if the day is None."""
        return self.filter(date__lt=day) if day else self

    def with_neighbours(self) -> Self:
        """Each with `older_day` and `newer_day`, the listing days of the neighbouring published digests (None at an end)."""
        published = Digest.objects.published()
        older = published.filter(date__lt=OuterRef("date")).order_by("-date")
        newer = published.filter(date__gt=OuterRef("date")).order_by("date")
        return self.annotate(older_day=Subquery(older.values("date")[:1]), newer_day=Subquery(newer.values("date")[:1]))

    def with_titles(self, entries: "models.QuerySet[Entry] | None" = None) -> Self:
        """Each with its entries (of those given), as a list of titles needs them; one query more."""
        entries = Entry.objects.all() if entries is None else entries
        return self.prefetch_related(Prefetch("entries", entries.select_related("paper").defer("paper__abstract")))

    def with_everything(self) -> Self:
        """Each with its entries, their papers, categories and tweets, as its page prints them; three queries more."""
        entries = Entry.objects.select_related("paper").prefetch_related(
            "paper__categories", Prefetch("shown_tweets", ShownTweet.objects.select_related("tweet"))
        )
        return self.prefetch_related(Prefetch("entries", entries))

    def between(self, since: date | None, until: date | None) -> Self:
        """The digests of listing days from `since` to `until`, both included; None leaves that end open."""
        return self.filter(Q(date__gte=since) if since else Q(), Q(date__lte=until) if until else Q())


_AllDrafts = models.Manager.from_queryset(DigestQuerySet)


class DaysManager(_AllDrafts["Digest"]):
    """One digest a day: leaves out corrections that are being prepared."""

    def get_queryset(self) -> DigestQuerySet:
        digests: Any = super().get_queryset()
        return cast(DigestQuerySet, digests.filter(corrects=None))

    def published(self) -> DigestQuerySet:
        """Those that readers may see. Corrections are drafts; to ask for that as well makes SQLite choose another index."""
        return Digest.all_drafts.published()


def in_published_digest(entry: str = "") -> Q:
    """Entries of published digests, or what `entry` leads from (`entry__` from a shown post). Written as an inequality: SQLite
    keeps no statistics and would start from the index of states, at nearly all digests."""
    return ~Q(**{f"{entry}digest__status__in": [status for status in Digest.Status if status != Digest.Status.PUBLISHED]})


@lru_cache(maxsize=1000)
def digest_address(day: date, name: str = "digest") -> str:
    return reverse(name, args=[day])


class Digest(models.Model):
    """The hot papers of one arXiv listing day.

    A published digest is corrected on a copy, a draft of the same day that `corrects` it. When the copy is published, its rows
    replace the digest's own (digests/publishing/correcting.py). `Digest.objects` leaves the copies out; `Digest.all_drafts` has
    all.
    """

    Status: TypeAlias = DigestStatus
    Review: TypeAlias = DigestReview

    date = models.DateField("listing day", help_text="The day (UTC) on which arXiv announced the papers")
    corrects = models.OneToOneField("self", models.CASCADE, null=True, editable=False, related_name="correction")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    written_at = models.DateTimeField(help_text="When the list was made; whole seconds, shown in UTC in its Markdown")
    published_at = models.DateTimeField(
        null=True, editable=False, help_text="When readers first saw it; for an old post, when it was written"
    )
    publish_at = models.DateTimeField(null=True, editable=False, help_text="When it is to be published; null = by hand")
    publish_zone = models.CharField(
        max_length=64, blank=True, editable=False, help_text="The time zone in which that was said: Europe/Berlin"
    )
    goes_out_at = models.DateTimeField(
        null=True, editable=False, help_text="An editor has published it, and until then can take that back; nobody sees it yet"
    )
    goes_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    goes_out_note = models.TextField(blank=True, editable=False, help_text="Of a correction: what readers are told of it then")
    goes_out_replaces = models.PositiveIntegerField(null=True, editable=False, help_text="Of a correction: what it may replace")
    is_held = models.BooleanField(default=False, editable=False, help_text="The site’s own rule does not publish it")
    review = models.CharField(max_length=7, choices=DigestReview, default=DigestReview.NONE, blank=True, editable=False)
    review_at = models.DateTimeField(null=True, editable=False, help_text="When that was said")
    review_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    intro = models.TextField("intro", blank=True, help_text="The editors’ words on the day, in Markdown")
    changed_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0, editable=False, help_text="Grows by 1 with each change")
    proposed = models.PositiveIntegerField(default=0, editable=False)
    """The revision at which the site last proposed the list: while it is the current one, no editor has touched it."""
    imported_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    """SHA-256 of the Markdown as the last import left it: while it still matches, no editor has changed the digest."""
    is_sample = models.BooleanField("sample data", default=False, editable=False)
    papers = models.ManyToManyField(Paper, through="Entry", related_name="digests")

    objects = DaysManager()
    all_drafts = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-date"]
        base_manager_name = "all_drafts"
        constraints = [
            models.UniqueConstraint(fields=["date"], condition=Q(corrects=None), name="digest_once_a_day"),
            models.CheckConstraint(
                condition=Q(corrects=None) | Q(status=DigestStatus.DRAFT), name="digest_correction_is_a_draft"
            ),
            models.CheckConstraint(condition=Q(status__in=DigestStatus.values), name="digest_status_known"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False) | ~Q(status=DigestStatus.PUBLISHED), name="digest_published_has_a_time"
            ),
        ]
        indexes = [models.Index(fields=["status", "-date"], name="digest_by_status_and_day")]
        permissions = [("publish_digest", "Can publish and withdraw digests")]

    def __str__(self) -> str:
        return f"Hot Papers {self.date}"

    def get_absolute_url(self) -> str:
        return digest_address(self.date)

    @property
    def is_editable(self) -> bool:
        """Whether the list may change: once it is published, only a correction of it may, and until it goes out it waits."""
        return self.status != DigestStatus.PUBLISHED and self.goes_out_at is None

    @property
    def markdown_url(self) -> str:
        return digest_address(self.date, "digest-markdown")


SCORE = Cast("retweets", models.BigIntegerField()) + F("favorites") + F("extra_points")
"""Retweets and favorites together, as in the index of the hottest; their sum may not fit an integer."""


class Entry(models.Model):
    """One paper of a digest, with the counts from when the list was made."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="entries", db_index=False)  # the constraints index it
    position = models.PositiveSmallIntegerField(help_text="From 1, the hottest first")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="entries")
    retweets = models.PositiveIntegerField(default=0)
    favorites = models.PositiveIntegerField(default=0)
    counts = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What other networks than X counted, by network and its own names"
    )
    extra_points = models.IntegerField(
        default=0, editable=False, help_text="The score then, without retweets and favorites; may be negative"
    )
    read_at = models.DateTimeField(
        "counts read at", help_text="The moment the counts were read; whole seconds, UTC in the Markdown"
    )
    provenance = models.CharField("counts from", max_length=8, choices=Provenance, default=Provenance.NETWORK)
    printed_otherwise = models.JSONField(
        null=True,
        blank=True,
        help_text="Null, or what this day's page prints otherwise than the paper's: title, abstract, authors, categories",
    )
    note = models.TextField(blank=True, help_text="The editors’ word on the paper, in Markdown")
    is_pinned = models.BooleanField("pinned", default=False, help_text="Suggestions to move it are not made")
    moves = models.PositiveIntegerField(default=0, editable=False, help_text="How often an editor moved it")
    tweets = models.ManyToManyField(Tweet, through="ShownTweet", related_name="entries")

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["digest", "position"], name="entry_position_unique"),
            models.UniqueConstraint(fields=["digest", "paper"], name="entry_paper_once_a_day"),
            models.CheckConstraint(condition=Q(position__gte=1), name="entry_position_from_1"),
            models.CheckConstraint(condition=Q(provenance__in=Provenance.values), name="entry_provenance_known"),
        ]
        indexes = [models.Index("provenance", SCORE.desc(), F("id").desc(), name="entry_hottest")]

    def __str__(self) -> str:
        return f"{self.position}. {self.paper}"

    @property
    def counted(self) -> dict[str, dict[str, int]]:
        """The counts by network, in each network's own terms; X appears only if it counted something or no other network did."""
        of_x = {"retweets": self.retweets, "favorites": self.favorites}
        return {**({OLD_NETWORK: of_x} if any(of_x.values()) or not self.counts else {}), **self.counts}

    @property
    def otherwise(self) -> dict[str, Any]:
        """What this list prints instead of the record."""
        return self.printed_otherwise or {}

    @property
    def title(self) -> str:
        return str(self.otherwise.get("title", self.paper.title))

    @property
    def abstract(self) -> str:
        return str(self.otherwise.get("abstract", self.paper.abstract))

    @property
    def authors(self) -> list[str]:
        return list(self.otherwise.get("authors", self.paper.authors))

    @property
    def category_codes(self) -> list[str]:
        """The paper's categories, the primary one first."""
        printed = self.otherwise.get("categories")
        return [category.code for category in self.paper.categories.all()] if printed is None else list(printed)

    @property
    def counts_are_inflated(self) -> bool:
        """Whether the counts are the old site's, which added a tweet's retweets once for each retweet that it found."""
        return self.provenance == Provenance.POST and not self.digest.is_sample


class ShownTweet(WithCleanBody):
    """A tweet under an entry. The same tweet may be shown twice, as in some old posts."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="shown_tweets", db_index=False)  # the constraint indexes it
    position = models.PositiveSmallIntegerField(help_text="From 1, the best first")
    tweet = models.ForeignKey(Tweet, models.PROTECT, related_name="shown")
    printed_otherwise = models.JSONField(
        null=True,
        blank=True,
        help_text="Null, or what this day's page prints otherwise than the tweet's: language, direction, body, name, handle, day",
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="shown_tweet_position_unique"),
            models.CheckConstraint(condition=Q(position__gte=1), name="shown_tweet_position_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.tweet}"

    @property
    def otherwise(self) -> dict[str, Any]:
        """What this list prints instead of the record."""
        return self.printed_otherwise or {}

    @property
    def language(self) -> str:
        return str(self.otherwise.get("language", self.tweet.language))

    @property
    def direction(self) -> str:
        return str(self.otherwise.get("direction", self.tweet.direction))

    @property
    def body_html(self) -> str:
        """As the network gave it; to be shown, there is `shown_html`."""
        return str(self.otherwise.get("body", self.tweet.body_html))

    @property
    def shown_html(self) -> SafeString:
        """The body as safe HTML; until it is cleaned, its escaped source."""
        return self.safe_body(self.body_html) if "body" in self.otherwise else self.tweet.shown_html

    @property
    def author_name(self) -> str:
        """Plain text, though post files hold names as HTML."""
        printed = self.otherwise.get("name")
        return self.tweet.author_name if printed is None else unescape(printed)

    @property
    def author_handle(self) -> str:
        return str(self.otherwise.get("handle", self.tweet.author_handle))

    @property
    def day(self) -> date:
        """The day (UTC) of the tweet, as printed."""
        printed = self.otherwise.get("day")
        return self.tweet.posted_at.astimezone(UTC).date() if printed is None else date.fromisoformat(printed)
