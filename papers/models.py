"""What the world says: papers, the tweets that mention them, and their counts over time.

A foreign key has no index of its own (`db_index=False`) where a unique constraint begins with it and serves as one.
"""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from papers import clock
from papers.networks.registry import FRAMES, KINDS, OPEN
from papers.shown import lists
from papers.text.folding import Folded
from papers.text.identifiers import ARXIV_ID, CATEGORY


@lru_cache(maxsize=10_000)  # a list's page asks for sixty
def paper_address(arxiv_id: str) -> str:
    return reverse("paper", args=[arxiv_id])


class Paper(models.Model):
    """One arXiv paper, as the site shows it."""

    class AnnouncedAs(models.TextChoices):
        NEW = "new", "new"
        CROSS = "cross", "cross-listed"

    class ListingSource(models.TextChoices):
        FEED = "feed", "the day's feed"
        CATCHUP = "catchup", "the catch-up page"
        WINDOW = "window", "the submission times (approximate)"
        POST = "post", "a post of the old site"
        EDITOR = "editor", "an editor"

    arxiv_id = models.CharField(
        "arXiv id",
        max_length=32,
        unique=True,
        validators=[RegexValidator(f"^{ARXIV_ID}\\Z")],
        help_text="Without its version: 2010.04296",
    )
    title = models.TextField(help_text="Exactly as arXiv gave it")
    abstract = models.TextField(blank=True, help_text="Exactly as arXiv gave it, on one line")
    authors = models.JSONField(default=list, blank=True, help_text="Names in the paper's order")
    listing_date = models.DateField(db_index=True, help_text="The day (UTC) on which arXiv announced it")
    listing_source = models.CharField("listing date from", max_length=8, choices=ListingSource, default=ListingSource.EDITOR)
    announced_as = models.CharField(
        max_length=5,
        choices=AnnouncedAs,
        default=AnnouncedAs.NEW,
        help_text="Cross-listed: its primary category lies outside the archives that are collected",
    )
    version = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="arXiv's version of the text above; null where not known"
    )
    comment = models.TextField(blank=True, help_text="The authors' comment on arXiv")
    submitted_at = models.DateTimeField(null=True, editable=False, help_text="When version 1 was submitted")
    is_settled = models.BooleanField(
        "text is settled", default=False, help_text="A published digest shows it: newer texts wait for an editor"
    )
    newer = models.JSONField(null=True, blank=True, editable=False)
    """A newer version of a settled text, awaiting an editor: version, title, abstract, authors, categories."""
    is_sample = models.BooleanField("sample data", default=False, editable=False)

    class Meta:
        ordering = ["-listing_date", "arxiv_id"]
        constraints = [
            models.CheckConstraint(condition=Q(arxiv_id__regex=f"^{ARXIV_ID}\\Z"), name="paper_arxiv_id_without_version"),
            models.CheckConstraint(condition=~Q(title=""), name="paper_has_a_title"),
        ]
        indexes = [models.Index(fields=["listing_date"], condition=Q(newer__isnull=False), name="paper_newer_waits")]

    def __str__(self) -> str:
        return f"{self.arxiv_id} {self.title}"

    def get_absolute_url(self) -> str:
        return paper_address(self.arxiv_id)

    @property
    def abs_url(self) -> str:
        return f"https://arxiv.org/abs/{self.arxiv_id}"

    @property
    def pdf_url(self) -> str:
        return f"https://arxiv.org/pdf/{self.arxiv_id}"


class PaperCategory(models.Model):
    """One of a paper's arXiv categories; position 0 is the primary one."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="categories", db_index=False)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32)

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "paper categories"
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="paper_category_position_unique"),
            models.UniqueConstraint(fields=["code", "paper"], name="paper_category_once"),
            models.CheckConstraint(condition=Q(code__regex=f"^{CATEGORY}\\Z"), name="paper_category_well_formed"),
        ]

    def __str__(self) -> str:
        return self.code


def of_live_tweet() -> Q:
    """Rows whose tweet is still there. Not by equality: SQLite, which keeps no statistics, would begin with the index of
    states, at nearly all tweets that there are."""
    return ~Q(tweet__state__in=[state for state in Tweet.State if state != Tweet.State.LIVE])


class TweetQuerySet(models.QuerySet["Tweet"]):
    def readable(self) -> Self:
        """The tweets of X whose counts it can tell: no sample data."""
        return self.filter(network=Tweet.Network.X, is_sample=False)

    def of_open_networks(self) -> Self:
        """The tweets of the networks that may be read at no price; no sample data."""
        return self.filter(network__in=OPEN, is_sample=False)

    def due(self, *, now: datetime) -> Self:
        """Those to ask the network for, also the ones that are gone and looked for."""
        return self.filter(next_read_at__lte=now, is_excluded=False).order_by("next_read_at")

    def live(self) -> Self:
        return self.filter(state=Tweet.State.LIVE)

    def due_for_refresh(self, *, now: datetime) -> Self:
        """The tweets to ask the network for, the most valuable first, for the day on which the budget is short.

        A live tweet is read once a UTC day at most, unless today's digest shows it. One that is gone is looked for when it is
        due. First come those that today's digest shows, then those on papers of the last week, which may enter a digest; of
        each the highest scores, and then the most overdue.
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


class Tweet(models.Model):
    """One post on a social network; for X its status. A retweet is not stored as a tweet."""

    class Network(models.TextChoices):
        X = "x", "X"

    class Direction(models.TextChoices):
        LTR = "ltr", "left to right"
        RTL = "rtl", "right to left"

    class State(models.TextChoices):
        LIVE = "live", "live"
        DELETED = "deleted", "deleted"
        PROTECTED = "protected", "protected or suspended author"
        WITHHELD = "withheld", "withheld"

    network = models.CharField(max_length=16, default=Network.X, help_text="By its name in papers.networks.registry")
    status_id = models.CharField("id", max_length=255, help_text="The network's own: for X the number in the address")
    author_name = models.CharField(max_length=200, blank=True)
    author_handle = models.CharField(max_length=255, blank=True, help_text="Without the @")
    language = models.CharField(max_length=16, default="und", help_text="BCP 47, as the network guessed it; und = not known")
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.LTR)
    body_html = models.TextField(blank=True, help_text="Text, entities, <br> and <a href> only, as the network gave it")
    posted_at = models.DateTimeField(db_index=True, editable=False, help_text="For X from the status id")
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
    retweets = models.PositiveIntegerField(null=True, editable=False, help_text="Of X; null before the first reading")
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
            models.Index(fields=["next_read_at"], condition=Q(next_read_at__isnull=False), name="tweet_due"),
            models.Index(fields=["state", "posted_at"], name="tweet_by_state"),
            models.Index(fields=["author_id"], name="tweet_by_author"),
            models.Index(fields=["posted_at"], condition=Q(is_excluded=True), name="tweet_excluded"),
            models.Index(Folded("author_handle"), name="tweet_by_handle"),
            models.Index(Folded("author_name"), name="tweet_by_name"),
        ]

    def __str__(self) -> str:
        return f"@{self.author_handle or '?'} {self.status_id}"

    def clean(self) -> None:
        kind = KINDS.get(self.network)
        if kind is None:
            raise ValidationError({"network": f"There is no network {self.network!r}."})
        if not kind.is_id(self.status_id):
            raise ValidationError({"status_id": f"This isn't the id of a post on {kind.title}."})
        self.posted_at = kind.posted_at(self.status_id) or self.posted_at or clock.now()

    @property
    def url(self) -> str:
        """The post's own page."""
        return KINDS[self.network].page(self.status_id, self.author_handle)

    @property
    def counted(self) -> dict[str, int]:
        """What its network counts, by that network's names, as last read; empty before the first reading."""
        told = {"retweets": self.retweets, "favorites": self.favorites} | self.counts
        return {name: count for name, count in told.items() if count is not None}

    @property
    def embed_url(self) -> str:
        """Its network's page of this post alone, made for frames; empty where the network has none."""
        return FRAMES[self.network](self.status_id, settings) if self.network in FRAMES else ""


class Mention(models.Model):
    """A tweet mentions a paper; one tweet may mention several."""

    tweet = models.ForeignKey(Tweet, models.CASCADE, related_name="mentions")
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="mentions", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "tweet"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.tweet_id} mentions {self.paper_id}"


class Provenance(models.TextChoices):
    """Where counts come from. The two are never added up or compared with each other."""

    POST = "post", "a post of the old site (counted retweets several times)"
    NETWORK = "network", "read from the network"


class PaperMeasurement(models.Model):
    """A paper's counts, summed over its tweets, at a moment."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="measurements", db_index=False)
    read_at = models.DateTimeField()
    provenance = models.CharField(max_length=8, choices=Provenance)
    retweets = models.PositiveIntegerField()
    favorites = models.PositiveIntegerField()

    class Meta:
        ordering = ["read_at"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "provenance", "read_at"], name="paper_measured_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.retweets} retweets, {self.favorites} favorites at {self.read_at:%Y-%m-%d %H:%M:%SZ}"


class TweetMeasurement(models.Model):
    """A tweet's counts at a moment."""

    tweet = models.ForeignKey(Tweet, models.CASCADE, related_name="measurements", db_index=False)
    read_at = models.DateTimeField()
    provenance = models.CharField(max_length=8, choices=Provenance)
    retweets = models.PositiveIntegerField()
    favorites = models.PositiveIntegerField()

    class Meta:
        ordering = ["read_at"]
        constraints = [
            models.UniqueConstraint(fields=["tweet", "provenance", "read_at"], name="tweet_measured_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.retweets} retweets, {self.favorites} favorites at {self.read_at:%Y-%m-%d %H:%M:%SZ}"


class UnmatchedMention(models.Model):
    """A tweet mentions a paper that is not collected (yet); it becomes a Mention when the paper comes."""

    tweet = models.ForeignKey(Tweet, models.CASCADE, related_name="unmatched_mentions", db_index=False)
    arxiv_id = models.CharField(max_length=32, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tweet", "arxiv_id"], name="unmatched_mention_once")]

    def __str__(self) -> str:
        return f"{self.tweet_id} mentions {self.arxiv_id}"


class CollectionDay(models.Model):
    """What became of one listing day: what arXiv announced, what of it is here, and what has to be done still."""

    class State(models.TextChoices):
        NOT_ANNOUNCED = "not_announced", "not announced yet"
        COLLECTING = "collecting", "collecting"
        COMPLETE = "complete", "complete"
        PARTIAL = "partial", "partial"
        FAILED = "failed", "failed"
        QUIET = "quiet", "quiet (weekend or holiday)"

    date = models.DateField("listing day", unique=True)
    state = models.CharField(max_length=13, choices=State, default=State.NOT_ANNOUNCED)
    reason = models.CharField(
        max_length=2000, blank=True, help_text="A few sentences: why the state is what it is, and what to do"
    )
    listing_source = models.CharField(max_length=8, choices=Paper.ListingSource, blank=True)
    expected_new = models.PositiveIntegerField(null=True, help_text="According to arXiv's listing; null where unknown")
    found_new = models.PositiveIntegerField(default=0)
    expected_cross = models.PositiveIntegerField(null=True)
    found_cross = models.PositiveIntegerField(default=0)
    papers_done_at = models.DateTimeField(
        null=True, help_text="When all announced papers had been collected, with their abstracts"
    )
    swept_until = models.DateTimeField(null=True, help_text="Posts on X have been collected up to this moment")
    sweep_token = models.TextField(blank=True, editable=False, help_text="Where an unfinished sweep goes on")
    sweep_end = models.DateTimeField(null=True, editable=False, help_text="The end of that sweep")
    tweets_found = models.PositiveIntegerField("posts found on X", default=0)
    tweets_done_at = models.DateTimeField("posts on X done at", null=True, help_text="When the day was searched to its end")
    next_try_at = models.DateTimeField(null=True, help_text="Not before; null for as soon as possible")
    claimed_until = models.DateTimeField(null=True, editable=False, help_text="Claimed by a worker until then")
    acknowledged_at = models.DateTimeField(null=True, help_text="When someone acknowledged that the day failed")
    acknowledged_by = models.CharField(max_length=150, blank=True)
    acknowledged_reason = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-date"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="complete") | Q(papers_done_at__isnull=False),
                name="collection_day_complete_has_papers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.get_state_display()}"


class ReadBudget(models.Model):
    """Paid reads of posts in a UTC day ("2026-11-22") or month ("2026-11"), with those that are reserved."""

    period = models.CharField(max_length=10, unique=True)
    reads = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.period}: {self.reads}"


class PaidRead(models.Model):
    """The ledger: one paid call, what it read, and what it cost at X's published price."""

    class Purpose(models.TextChoices):
        SWEEP = "sweep", "sweep of a day"
        REFRESH = "refresh", "counts read again"
        ROOT = "root", "root of a thread"

    at = models.DateTimeField(db_index=True)
    purpose = models.CharField(max_length=8, choices=Purpose)
    reserved = models.PositiveIntegerField(help_text="Posts that the call could have read at most")
    reads = models.PositiveIntegerField(null=True, help_text="Posts that it read; null while it runs, or where it was cut off")
    cost_microdollars = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["purpose", "at"], name="paid_read_by_purpose")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%SZ} {self.purpose}: {self.reads}"


class NetworkDay(models.Model):
    """What one network gave for one UTC day. A network that is off, or fails, hides no other's."""

    date = models.DateField()
    network = models.CharField(max_length=16)
    found = models.PositiveIntegerField(default=0, help_text="Posts of the day that have been collected")
    collected_until = models.DateTimeField(null=True, help_text="Posts have been collected up to this moment")
    collected_at = models.DateTimeField(null=True, help_text="When they were last collected")
    missed = models.JSONField(default=list, blank=True, help_text="Gaps: pairs of moments (ISO 8601, UTC)")

    class Meta:
        ordering = ["-date", "network"]
        constraints = [models.UniqueConstraint(fields=["date", "network"], name="network_once_a_day")]

    def __str__(self) -> str:
        return f"{self.network} on {self.date}"


class StreamPlace(models.Model):
    """How far the stream of a network was heard, and which process follows it at present."""

    network = models.CharField(max_length=16, unique=True)
    cursor = models.BigIntegerField(null=True, help_text="Microseconds since 1970; kept with the posts found until then")
    leader = models.CharField(max_length=100, blank=True, help_text="The process that follows the stream; all others wait")
    leader_until = models.DateTimeField(null=True, help_text="By the real clock; then another one may")
    heard_at = models.DateTimeField(null=True, help_text="When something last arrived")
    is_live = models.BooleanField(default=False, help_text="Everything up to now has been received")

    def __str__(self) -> str:
        return f"stream of {self.network}"


class SourceHealth(models.Model):
    """How a service outside answered last; a refusal stays until it answers again."""

    class Service(models.TextChoices):
        ARXIV = "arxiv", "arXiv"
        X = "x", "X"
        OEMBED = "oembed", "X oEmbed"

    class State(models.TextChoices):
        OK = "ok", "answers"
        FAILING = "failing", "fails for now"
        REFUSED = "refused", "refuses until someone acts"

    service = models.CharField(max_length=16, unique=True, help_text="One of Service, or a network's name")
    state = models.CharField(max_length=8, choices=State, default=State.OK)
    message = models.CharField(max_length=500, blank=True)
    setting = models.CharField(max_length=40, blank=True, help_text="The setting to check")
    since = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="The last good answer")
    failed_at = models.DateTimeField(null=True, help_text="The last failure")

    class Meta:
        verbose_name_plural = "source health"

    def __str__(self) -> str:
        return f"{self.title} {self.get_state_display()}"

    @property
    def title(self) -> str:
        """The service as people call it."""
        network, _, part = self.service.partition("-")
        if network in KINDS:
            return f"{KINDS[network].title}'s {part}" if part else KINDS[network].title
        return dict(self.Service.choices).get(self.service, self.service)


class SourceDay(models.Model):
    """What one source gave for one day, and how asking it goes."""

    day = models.ForeignKey(CollectionDay, models.CASCADE, related_name="sources", db_index=False)
    source = models.CharField(max_length=16, choices=SourceHealth.Service)
    attempts = models.PositiveIntegerField(default=0, help_text="Failed attempts in a row")
    message = models.CharField(max_length=500, blank=True, help_text="Why the last one failed; empty where it was answered")
    failing_since = models.DateTimeField(null=True, help_text="When the first of them failed")
    is_refused = models.BooleanField(default=False, help_text="It fails until someone acts")
    left_out = models.JSONField(default=list, help_text="Records that could not be read: name, and what each lacks")
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "source"], name="source_once_a_day")]

    def __str__(self) -> str:
        return f"{self.source} for {self.day_id}"


class SavedRules(models.Model):
    """The rules of ranking that an administrator saved on the desk: one row, or none where the settings' hold."""

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


class PaperAuthor(models.Model):
    """A name in a paper's list of authors, to find the papers of a name by. Kept by the search index; names are not persons."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="author_names", db_index=False)
    position = models.PositiveIntegerField()
    name = models.TextField(help_text="As people read it")
    key = models.CharField(max_length=100, help_text="Without case and accents, as in an address: yann-lecun")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["paper", "position"], name="paper_author_position_unique")]
        indexes = [models.Index(fields=["key", "paper"], name="paper_author_key")]

    def __str__(self) -> str:
        return self.name


class IndexedPaper(models.Model):
    """A paper in the search index (`papers/search/`), which has the rest of it: FTS5 by the standing, or a column of tsvector."""

    paper_id = models.BigIntegerField(primary_key=True)
    standing = models.BigIntegerField(unique=True, help_text="Hotness in doublings, day and paper in one number")

    def __str__(self) -> str:
        return f"{self.paper_id} at {self.standing}"


class UnindexedPaper(models.Model):
    """A note of the database's triggers: the paper came, changed or went, and the search index does not know yet."""

    paper_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.paper_id)


class RenderedText(models.Model):
    """A stranger's or editor's text as safe HTML and as plain text; whoever shows the text looks for it by `key`.

    Equal texts of a paper, of what a day prints otherwise, and of corrections share a row. Kept by `papers/rendered/`.
    """

    key = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of kind and source")
    kind = models.CharField(max_length=8)
    html = models.TextField(help_text="Safe; empty where the kind has none, or for trouble")
    text = models.TextField(help_text="Plain Unicode text; the source where there was trouble")
    version = models.PositiveSmallIntegerField(db_index=True, help_text="Of the renderer that made it")
    trouble = models.CharField(max_length=8, blank=True, help_text="Why it shows its source: time, memory, failed")
    table = models.CharField(max_length=64, help_text="Where the text stood when it was rendered first")
    row_id = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "texts that show their source"  # those that the admin lists
        indexes = [models.Index(fields=["key"], condition=~Q(trouble=""), name="rendered_text_trouble")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.table} {self.row_id}"


class UnrenderedRow(models.Model):
    """A note of the database's triggers: a text of the row came or changed, and may not be rendered yet.

    A row may be noted several times: a change that comes while its text is being rendered is not lost.
    """

    table = models.CharField(max_length=64, help_text="Empty: all texts were noted before this, what is of an older version goes")
    row_id = models.BigIntegerField()
    claimed_until = models.DateTimeField(null=True, help_text="Claimed by a worker until then")

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"
