"""arXiv's newer versions of a text that is settled, because a published digest shows it or an editor corrected it."""

from django.db import transaction

from papers.models import Paper, PaperCategory


@transaction.atomic
def take_newer(paper: Paper) -> bool:
    """Let the waiting version be the paper's text. False where none waits (any more)."""
    locked = Paper.objects.select_for_update().get(pk=paper.pk)
    if locked.newer is None:
        return False
    newer, locked.newer = locked.newer, None
    locked.version, locked.title, locked.abstract = newer["version"], newer["title"], newer["abstract"]
    locked.authors = newer["authors"]
    locked.save(update_fields=["newer", "version", "title", "abstract", "authors"])
    locked.categories.all().delete()
    PaperCategory.objects.bulk_create(
        PaperCategory(paper=locked, position=position, code=code) for position, code in enumerate(newer["categories"])
    )
    return True
