"""What has been collected of each day, from which source, and how the sources answer."""

from typing import TypeAlias

from django.db import models
from django.db.models import Q

from papers.models.papers import Paper
from papers.networks.registry import KINDS, texts


class DayState(models.TextChoices):
    NOT_ANNOUNCED = "not_announced", "not announced yet"
    COLLECTING = "collecting", "collecting"
    COMPLETE = "complete", "complete"
    PARTIAL = "partial", "partial"
    FAILED = "failed", "failed"
    QUIET = "quiet", "quiet (weekend or holiday)"


class CollectionDay(models.Model):
    """The state of one listing day: what arXiv announced, what of it is here, and what is still to do."""

    State: TypeAlias = DayState

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
    tweets_found = models.PositiveIntegerField("posts found", default=0, help_text="On all networks")
    tweets_done_at = models.DateTimeField("posts done at", null=True, help_text="When the day had been searched to its end")
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
                condition=~Q(state=DayState.COMPLETE) | Q(papers_done_at__isnull=False),
                name="collection_day_complete_has_papers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.get_state_display()}"


class NetworkDay(models.Model):
    """What one network gave for one UTC day. A network that is off or failing never hides another's."""

    date = models.DateField()
    network = models.CharField(max_length=16)
    found = models.PositiveIntegerField(default=0, help_text="Posts of the day that have been collected")
    collected_until = models.DateTimeField(null=True, help_text="Posts have been collected up to this moment")
    collected_at = models.DateTimeField(null=True, help_text="When they were last collected")
    done_at = models.DateTimeField(null=True, help_text="When a sweep had reached the day's end")
    sweep_token = models.TextField(blank=True, editable=False, help_text="Where an unfinished sweep goes on")
    sweep_end = models.DateTimeField(null=True, editable=False, help_text="The end of that sweep")
    missed = models.JSONField(
        default=list, blank=True, help_text="Gaps: from, to (ISO 8601, UTC); where a search refused, why, and what it left out"
    )

    is_beginning_noted = models.BooleanField(
        default=False,
        db_default=False,
        help_text="What was before its stream was first listened to is, or was, a gap",
    )

    class Meta:
        ordering = ["-date", "network"]
        constraints = [models.UniqueConstraint(fields=["date", "network"], name="network_once_a_day")]

    def __str__(self) -> str:
        return f"{self.network} on {self.date}"


class StreamPlace(models.Model):
    """How far a network's stream has been heard, and which process follows it now."""

    network = models.CharField(max_length=16, unique=True)
    cursor = models.BigIntegerField(null=True, help_text="Microseconds since 1970; kept with the posts found until then")
    leader = models.CharField(max_length=100, blank=True, help_text="The process that follows the stream; all others wait")
    leader_until = models.DateTimeField(null=True, help_text="By the real clock; then another one may")
    began_at = models.DateTimeField(null=True, help_text="From when on it was listened to; null where nobody knows any more")
    heard_at = models.DateTimeField(null=True, help_text="When something last arrived")
    is_live = models.BooleanField(default=False, help_text="Everything up to now has been received")

    def __str__(self) -> str:
        return f"stream of {self.network}"


class SourceHealth(models.Model):
    """How an outside service answered last; a refusal stays until it answers again."""

    class Service(models.TextChoices):
        """Those that are no networks."""

        ARXIV = "arxiv", "arXiv"

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
    wait_until = models.DateTimeField(null=True, help_text="It asked then not to be asked again before this moment")

    class Meta:
        verbose_name_plural = "source health"

    def __str__(self) -> str:
        return f"{self.title} {self.get_state_display()}"

    @property
    def title(self) -> str:
        """The service's name for people."""
        network, _, part = self.service.partition("-")
        if network in KINDS:
            return f"{KINDS[network].title}'s {part}" if part else KINDS[network].title
        others = {one.name: one.title for one in texts().values()} | dict(self.Service.choices)
        return others.get(self.service, self.service)


class SourceDay(models.Model):
    """What one source gave for one day, and how the attempts went."""

    day = models.ForeignKey(CollectionDay, models.CASCADE, related_name="sources", db_index=False)
    source = models.CharField(max_length=16, help_text="One of Service, or a network's name")
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
