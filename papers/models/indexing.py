"""What the search index holds of papers."""

from django.db import models


class IndexedPaper(models.Model):
    """A paper in the search index (`papers/search/`), which keeps the text: FTS5 under the row's standing, or a tsvector
    column."""

    is_derived = True  # made again from the papers (`manage.py index_papers --rebuild`)

    paper_id = models.BigIntegerField(primary_key=True)
    standing = models.BigIntegerField(unique=True, help_text="Hotness, day and paper in one number")

    def __str__(self) -> str:
        return f"{self.paper_id} at {self.standing}"


class UnindexedPaper(models.Model):
    """A note made by a trigger: the paper is new, changed or gone, and the search index doesn't know yet."""

    is_derived = True  # made again from the papers (`manage.py index_papers --rebuild`)

    paper_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.paper_id)


class IndexedPost(models.Model):
    """A post in the search index, which has its words: FTS5 by the post's key, or a column of tsvector."""

    is_derived = True  # see IndexedPaper

    tweet_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.tweet_id)


class UnindexedPost(models.Model):
    """A note of the database's triggers, as of papers. The posts of a paper that is noted need none: they come with it."""

    is_derived = True  # see IndexedPaper

    tweet_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.tweet_id)


class SearchWord(models.Model):
    """A word of titles and of authors' names, as searches know which words there are, and how they are spelled."""

    is_derived = True  # see IndexedPaper

    word = models.CharField(max_length=40, unique=True, help_text="Plain: without case and accents")
    papers = models.PositiveIntegerField(default=0, help_text="How many papers came with it in their title")
    names = models.PositiveIntegerField(default=0, help_text="How many came with it in an author's name")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(word=""), name="search_word_has_letters")]

    def __str__(self) -> str:
        return self.word


class MisspelledWord(models.Model):
    """One of the keys by which a misspelled word is looked up: what two words a slip apart have in common.

    The database does not check that the word is there: PostgreSQL would look for each by itself, and read the whole table each
    time in a connection that first looked while it was empty.
    """

    is_derived = True  # see IndexedPaper

    key = models.BigIntegerField(help_text="A checksum of the word's beginning without one of its letters, or whole")
    word = models.ForeignKey(SearchWord, models.CASCADE, db_index=False, db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "word"], name="misspelled_word_key_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.word_id}"
