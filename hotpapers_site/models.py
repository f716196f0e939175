"""How often passwords were tried."""

from django.db import models


class PasswordTries(models.Model):
    """Tries within one span of time, of an account, from an address, or of both together."""

    key = models.CharField(max_length=80, primary_key=True)
    """The kind, and a hash of the rest: nobody's name or address is kept here."""
    number = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "password tries"
