"""What editors are told of."""

from django.conf import settings
from django.db import models

from digests.models.comments import Comment


class NoticeKind(models.TextChoices):
    DAY_READY = "day_ready", "day ready"
    REVIEW_WANTED = "review_wanted", "review wanted"
    CHANGES_WANTED = "changes_wanted", "changes wanted"
    MENTIONED = "mentioned", "mentioned"
    PUBLISHED = "published", "published"
    FAILED = "failed", "something failed"


class Notice(models.Model):
    """Something that happened, which editors are told of once."""

    Kind = NoticeKind

    key = models.CharField(max_length=120, unique=True, help_text="Of what happened: it is told once")
    kind = models.CharField(max_length=14, choices=NoticeKind)
    day = models.DateField("listing day", null=True)
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author = models.CharField(max_length=310, blank=True, help_text="Their name then; empty for the site itself")
    at = models.DateTimeField(db_index=True)
    details = models.JSONField(default=dict, help_text="What its sentence says beside that; digests/notices/sentences.py")
    told = models.JSONField(default=list, help_text="The webhooks by which it was told")

    def __str__(self) -> str:
        return self.key


class Received(models.Model):
    """A notice to one editor."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="received", db_index=False)  # the constraint indexes it
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)
    is_mail_due = models.BooleanField(default=False, help_text="It is to be sent by mail, and was not yet")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "editor"], name="received_once")]
        indexes = [models.Index(fields=["editor"], condition=models.Q(read_at=None), name="received_unread")]

    def __str__(self) -> str:
        return f"{self.notice} to {self.editor}"


class NoticesByMail(models.Model):
    """An editor wants notices by mail."""

    editor = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address = models.EmailField(max_length=254)

    def __str__(self) -> str:
        return f"{self.editor}: {self.address}"
