"""How often passwords were tried, what became of accounts, and who leads where one process may."""

from django.conf import settings
from django.db import models


class PasswordTries(models.Model):
    """Tries within one span of time, of an account, from an address, or of both together."""

    key = models.CharField(max_length=80, primary_key=True)
    """The kind, and a hash of the rest: nobody's name or address is kept here."""
    number = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "password tries"


class Lease(models.Model):
    """Which process does what only one may do; by the database's clock."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=150, blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder or 'nobody'}"


class SecurityEvent(models.Model):
    """Something that concerns the safety of an account."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "signed in"
        LIMIT_REACHED = "limit_reached", "too many wrong passwords"
        PASSWORD_CHANGED = "password_changed", "changed the password"
        FACTOR_ADDED = "factor_added", "set up a second factor"
        FACTOR_REMOVED = "factor_removed", "removed the second factor"
        WRONG_CODE = "wrong_code", "entered a wrong code"
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

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="event_by_user")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M:%SZ}"
