"""How often passwords were tried, what happened to accounts, who holds which lease, and how processes are."""

from django.conf import settings
from django.db import models


class PasswordTries(models.Model):
    """Tries within one span of time: of an account, from an address, or of both together."""

    key = models.CharField(max_length=80, primary_key=True)
    """The kind, and a hash of the rest: no name or address is kept here."""
    number = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "password tries"


class Lease(models.Model):
    """Which process does what only one may do; by the database's clock."""

    is_derived = True  # of this moment: of no use in a copy

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=150, blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder or 'nobody'}"


class Heartbeat(models.Model):
    """A running process; it writes here every few seconds and removes its row when it ends. Times are the database's."""

    is_derived = True  # of this moment: of no use in a copy

    name = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=16, help_text="web, worker, beat or follower")
    queues = models.CharField(max_length=200, blank=True, help_text="Of a worker, separated by commas")
    host = models.CharField(max_length=150)
    process = models.IntegerField(help_text="Its id on that host")
    started_at = models.DateTimeField()
    beaten_at = models.DateTimeField()
    clock = models.DateTimeField(null=True, help_text="What its machine's own clock showed then")

    def __str__(self) -> str:
        return self.name


class Trouble(models.Model):
    """Something that needs attention, from when it was seen until it is over. Each trouble has at most one open row."""

    key = models.CharField(max_length=120)
    sentence = models.CharField(max_length=1000)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    told = models.JSONField(default=list, help_text="The channels by which it was told")
    told_end = models.JSONField(default=list, help_text="The channels by which its end was told")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)
    acknowledged_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-since", "key"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(ended_at=None), name="trouble_open_once"),
        ]

    def __str__(self) -> str:
        return self.sentence


class TaskRecord(models.Model):
    """How the runs of one kind of task went, over all workers."""

    task = models.CharField(max_length=150, primary_key=True)
    runs = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveBigIntegerField(default=0)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    total_s = models.FloatField(default=0)
    last_at = models.DateTimeField(null=True)
    last_s = models.FloatField(default=0)
    slowest_s = models.FloatField(default=0)
    error = models.CharField(max_length=500, blank=True, help_text="The last one")
    error_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.task


class Tally(models.Model):
    """A number that only grows, over all web processes."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.FloatField(default=0)

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.name}: {self.value:g}"


class SecurityEvent(models.Model):
    """An event that concerns the safety of an account."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "signed in"
        LIMIT_REACHED = "limit_reached", "too many wrong passwords"
        PASSWORD_CHANGED = "password_changed", "changed the password"
        FACTOR_ADDED = "factor_added", "set up a second factor"
        FACTOR_REMOVED = "factor_removed", "removed the second factor"
        KEY_ADDED = "key_added", "added a security key"
        KEY_RENAMED = "key_renamed", "renamed a security key"
        KEY_REMOVED = "key_removed", "removed a security key"
        WRONG_CODE = "wrong_code", "entered a wrong code"
        WRONG_KEY = "wrong_key", "used a wrong security key"
        RECOVERY_CODE = "recovery_code", "signed in with a recovery code"
        CODES_MADE = "codes_made", "made new recovery codes"
        SESSIONS_ENDED = "sessions_ended", "ended other sessions"
        RIGHTS_CHANGED = "rights_changed", "roles or permissions changed"

    kind = models.CharField(max_length=20, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Whose account; null if there is none"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Who did it")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    address = models.CharField(max_length=45, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    told = models.JSONField(default=list, editable=False, help_text="The channels by which it was told")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="event_by_user")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M:%SZ}"
