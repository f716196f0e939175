"""What the search index holds of papers."""

from django.db import models


class IndexedPaper(models.Model):
    """A paper in the search index (`papers/search/`), which keeps the text: FTS5 under the row's standing, or a tsvector
    column."""

    is_derived = True  # made again from the papers (`manage.py index_papers --rebuild`)

    paper_id = models.BigIntegerField(primary_key=True)
    standing = models.BigIntegerField(unique=True, help_text="Hotness in doublings, day and paper in one number")

    def __str__(self) -> str:
        return f"{self.paper_id} at {self.standing}"


class UnindexedPaper(models.Model):
    """A note made by a trigger: the paper is new, changed or gone, and the search index doesn't know yet."""

    is_derived = True  # made again from the papers (`manage.py index_papers --rebuild`)

    paper_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.paper_id)
