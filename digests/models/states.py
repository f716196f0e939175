"""How a digest stands: for readers, and among editors."""

from django.db import models


class DigestStatus(models.TextChoices):
    DRAFT = "draft", "draft"
    PUBLISHED = "published", "published"
    WITHDRAWN = "withdrawn", "withdrawn"


class DigestReview(models.TextChoices):
    NONE = "", "not asked for"
    READY = "ready", "ready for review"
    CHANGES = "changes", "changes wanted"
