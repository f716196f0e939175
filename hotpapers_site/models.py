"""How often passwords were tried; who leads where one process may; how the product's processes are."""

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
