"""What the search index knows of papers."""

from django.db import models


class IndexedPaper(models.Model):
    """A paper in the search index (`papers/search/`), which has the rest of it: FTS5 by the standing, or a column of tsvector."""

    paper_id = models.BigIntegerField(primary_key=True)
    standing = models.BigIntegerField(unique=True, help_text="Hotness in doublings, day and paper in one number")

    def __str__(self) -> str:
        return f"{self.paper_id} at {self.standing}"


class UnindexedPaper(models.Model):
    """A note of the database's triggers: the paper came, changed or went, and the search index does not know yet."""

    paper_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.paper_id)
