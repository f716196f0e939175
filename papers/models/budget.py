"""What reading X costs: the reads of a day and a month, and the ledger of calls."""

from django.db import models


class ReadBudget(models.Model):
    """Paid reads in a UTC day ("2026-11-22") or month ("2026-11"), including those reserved."""

    period = models.CharField(max_length=10, unique=True)
    reads = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.period}: {self.reads}"


class PaidRead(models.Model):
    """The ledger: one paid call, what it read, and its cost at X's published price."""

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
