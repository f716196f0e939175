"""What was erased on request."""

from django.conf import settings
from django.db import models


class Erasure(models.Model):
    """A post, or all posts of an author, erased on request; what it was is kept only as a hash, to know it if it comes again."""

    class Subject(models.TextChoices):
        POST = "post", "a post"
        AUTHOR = "author", "an author"

    network = models.CharField(max_length=16)
    subject = models.CharField(max_length=6, choices=Subject)
    key = models.CharField(max_length=64, help_text="SHA-256 of the network, the subject and the network's id or the handle")
    posts = models.PositiveIntegerField(help_text="Posts that were here")
    reason = models.CharField(max_length=200, help_text="Who asked, without personal data: a ticket, for example")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Null for the operator"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["key"], name="erased_once")]
        indexes = [models.Index(fields=["-at", "-id"], name="erasure_newest")]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} on {self.network} at {self.at:%Y-%m-%d %H:%M:%SZ}"
