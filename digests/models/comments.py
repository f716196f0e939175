"""What editors say to each other about a day's list and its papers."""

from django.conf import settings
from django.db import models

from papers.models import Paper


class Comment(models.Model):
    """An editor's words to the others. Never shown to readers, never exported."""

    day = models.DateField("listing day", db_index=True, help_text="Stays when the list is deleted")
    paper = models.ForeignKey(Paper, models.CASCADE, null=True, related_name="+", help_text="Null: about the whole list")
    text = models.TextField(help_text="In Markdown")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author = models.CharField(max_length=310, help_text="Their name then, which stays when the account is deleted")
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(help_text="The last moment at which anything of it changed")
    token = models.CharField(max_length=40, help_text="Made by the page, so that a comment that is sent twice is one")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["by", "token"], name="comment_once")]

    def __str__(self) -> str:
        return f"{self.author} on {self.day}"
