"""arXiv's newer versions of a text that is settled, because a published digest shows it or an editor corrected it."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from papers import rows
from papers.list_questions import lists
from papers.models import Paper, PaperCategory


@transaction.atomic
def take_newer(paper: Paper) -> bool:
    """Let the waiting version be the paper's text; published lists go on printing the old one. False where none waits."""
    locked = Paper.objects.select_for_update().get(pk=paper.pk)
    if locked.newer is None:
        return False
    newer, locked.newer = locked.newer, None
    lists().keep_printed(locked.pk, ("title", "abstract", "authors", "categories"))
    locked.version, locked.title, locked.abstract = newer["version"], newer["title"], newer["abstract"]
    locked.authors = newer["authors"]
    locked.save(update_fields=["newer", "version", "title", "abstract", "authors"])
    replace_categories({locked.pk: newer["categories"]})
    return True


def replace_categories(categories: Mapping[int, Sequence[str]]) -> None:
    """Let the papers (primary keys) have these categories, the primary one first, and no others. Two statements."""
    PaperCategory.objects.filter(paper__in=categories).delete()
    values = [[paper, position, code] for paper, codes in categories.items() for position, code in enumerate(codes)]
    rows.insert(PaperCategory, ["paper", "position", "code"], values)
