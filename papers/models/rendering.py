"""Rendered texts, cleaned bodies of posts, and rows whose texts still have to be rendered."""

from django.db import models
from django.db.models import Q
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


class RenderedText(models.Model):
    """A stranger's or editor's text as safe HTML and as plain text, found by `key`.

    Equal texts share a row: of a paper, of what a list prints instead, of a correction. Kept by `papers/rendered/`.
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


class WithCleanBody(models.Model):
    """A row that holds a post's body, and beside it the body as safe HTML.

    Whoever changes or erases the body, a trigger erases the safe HTML in the same transaction (`papers/rendered/columns.py`).
    """

    safe_html = models.TextField(default="", db_default="", editable=False, help_text="The body, cleaned by a worker")
    safe_version = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="Of the renderer that cleaned it; 0 until then"
    )

    class Meta:
        abstract = True

    def safe_body(self, body_html: str) -> SafeString:
        """The row's body as safe HTML; until it is cleaned, its escaped source."""
        return mark_safe(self.safe_html) if self.safe_version else escape(body_html)  # noqa: S308 (a worker has cleaned it)


class UnrenderedRow(models.Model):
    """A note made by a trigger: a text of the row is new or changed and may not be rendered yet.

    A row may be noted several times, so a change that comes during rendering is not lost.
    """

    table = models.CharField(max_length=64, help_text="Empty: all texts were noted before this, what is of an older version goes")
    row_id = models.BigIntegerField()
    claimed_until = models.DateTimeField(null=True, help_text="Claimed by a worker until then")

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"
