"""arXiv papers, their categories and their authors."""

from functools import cached_property, lru_cache

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from papers.models.rendering import RenderedText
from papers.text.identifiers import ARXIV_ID, CATEGORY
from papers.text.rendered_keys import LINE, key_of


@lru_cache(maxsize=10_000)  # a list's page asks for sixty
def paper_address(arxiv_id: str) -> str:
    return reverse("paper", args=[arxiv_id])


class Paper(models.Model):
    """One arXiv paper."""

    class AnnouncedAs(models.TextChoices):
        NEW = "new", "new"
        CROSS = "cross", "cross-listed"

    class ListingSource(models.TextChoices):
        FEED = "feed", "the day's feed"
        CATCHUP = "catchup", "the catch-up page"
        WINDOW = "window", "the submission times (approximate)"
        POST = "post", "a post of the old site"
        EDITOR = "editor", "an editor"

    arxiv_id = models.CharField(
        "arXiv id",
        max_length=32,
        unique=True,
        validators=[RegexValidator(f"^{ARXIV_ID}\\Z")],
        help_text="Without its version: 2010.04296",
    )
    title = models.TextField(help_text="Exactly as arXiv gave it")
    abstract = models.TextField(blank=True, help_text="Exactly as arXiv gave it, on one line")
    authors = models.JSONField(default=list, blank=True, help_text="Names in the paper's order")
    listing_date = models.DateField(db_index=True, help_text="The day (UTC) on which arXiv announced it")
    listing_source = models.CharField("listing date from", max_length=8, choices=ListingSource, default=ListingSource.EDITOR)
    announced_as = models.CharField(
        max_length=5,
        choices=AnnouncedAs,
        default=AnnouncedAs.NEW,
        help_text="Cross-listed: its primary category lies outside the archives that are collected",
    )
    version = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="arXiv's version of the text above; null where not known"
    )
    comment = models.TextField(blank=True, help_text="The authors' comment on arXiv")
    submitted_at = models.DateTimeField(null=True, editable=False, help_text="When version 1 was submitted")
    is_settled = models.BooleanField(
        "text is settled", default=False, help_text="A published digest shows it: newer texts wait for an editor"
    )
    newer = models.JSONField(null=True, blank=True, editable=False)
    """A newer version that awaits an editor because the text is settled: version, title, abstract, authors, categories."""
    is_sample = models.BooleanField("sample data", default=False, editable=False)

    class Meta:
        ordering = ["-listing_date", "arxiv_id"]
        constraints = [
            models.CheckConstraint(condition=Q(arxiv_id__regex=f"^{ARXIV_ID}\\Z"), name="paper_arxiv_id_without_version"),
            models.CheckConstraint(condition=~Q(title=""), name="paper_has_a_title"),
        ]
        indexes = [models.Index(fields=["listing_date"], condition=Q(newer__isnull=False), name="paper_newer_waits")]

    def __str__(self) -> str:
        return f"{self.arxiv_id} {self.plain_title}"

    @cached_property
    def plain_title(self) -> str:
        """The title as people read it, once it is rendered; until then its source. One query, unless a page set it for all of
        its papers (`papers.rendered.stored.set_plain_titles`)."""
        rendered = RenderedText.objects.filter(key=key_of(LINE, self.title), trouble="").values_list("text", flat=True)
        return next(iter(rendered), self.title)

    def get_absolute_url(self) -> str:
        return paper_address(self.arxiv_id)

    @property
    def is_public(self) -> bool:
        """Whether readers may see the paper even if no published list has it: arXiv announced it to us, or a list had it once.

        A paper known only from a draft's post is not public, and neither is a sample.
        """
        return not self.is_sample and (self.listing_source != self.ListingSource.POST or self.is_settled)

    @classmethod
    def public(cls, prefix: str = "") -> Q:
        """Papers for which `is_public` is true, found through these relations (`paper__`)."""
        return Q(**{f"{prefix}is_sample": False}) & cls.findable(prefix)

    @classmethod
    def findable(cls, prefix: str = "") -> Q:
        """Papers that a search may find: all but those that are known from drafts alone."""
        return ~Q(**{f"{prefix}listing_source": cls.ListingSource.POST}) | Q(**{f"{prefix}is_settled": True})

    @property
    def abs_url(self) -> str:
        return f"https://arxiv.org/abs/{self.arxiv_id}"

    @property
    def pdf_url(self) -> str:
        return f"https://arxiv.org/pdf/{self.arxiv_id}"


class PaperCategory(models.Model):
    """One of a paper's arXiv categories; position 0 is the primary one."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="categories", db_index=False)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32)

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "paper categories"
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="paper_category_position_unique"),
            models.UniqueConstraint(fields=["code", "paper"], name="paper_category_once"),
            models.CheckConstraint(condition=Q(code__regex=f"^{CATEGORY}\\Z"), name="paper_category_well_formed"),
        ]

    def __str__(self) -> str:
        return self.code


class PaperAuthor(models.Model):
    """One author name of a paper, for finding papers by name. Kept by the search index; a name is not a person."""

    is_derived = True  # see IndexedPaper

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="author_names", db_index=False)
    position = models.PositiveIntegerField()
    name = models.TextField(help_text="As people read it")
    key = models.CharField(max_length=100, help_text="Without case and accents, as in an address: yann-lecun")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["paper", "position"], name="paper_author_position_unique")]
        indexes = [models.Index(fields=["key", "paper"], name="paper_author_key")]

    def __str__(self) -> str:
        return self.name
