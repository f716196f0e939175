"""Pictures of papers and days, for places where their links are shared."""

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from digests.models import Entry, in_published_digest
from digests.page_cache.subjects import shows
from digests.reader.pages.days import expect_visible, kept_private
from digests.reader.pages.entries import entries_of
from digests.reader.pages.loading import visible_paper
from digests.reader.texts import texts_of_entries, texts_of_papers
from digests.templatetags.reading import day_text
from papers.models import Paper

PNG = "image/png"
NAMES = 12
TITLES_OF_DAY = 3


@require_safe
def paper(request: HttpRequest, arxiv_id: str) -> HttpResponse:
    """Send the picture of a paper that has a page; three queries."""
    from digests.reader.pictures.drawing import paper_card  # Pillow takes longer to load than most pages to make

    found = get_object_or_404(Paper, visible_paper(), arxiv_id=arxiv_id)
    entry = Entry.objects.filter(in_published_digest(), paper=found).select_related("digest").order_by("-digest__date").first()
    texts = texts_of_papers([found])
    below = f"hot on {day_text(entry.digest.date)}" if entry else ""
    drawn = paper_card(texts.line_text(found.title), texts.names(found.authors)[:NAMES], arxiv_id, below)
    return shows(HttpResponse(drawn, content_type=PNG), texts_of=[found], appearances_of=[found])


@require_safe
def digest(request: HttpRequest, day: date) -> HttpResponse:
    """Send the picture of a day’s list; three queries."""
    shown = expect_visible(request, day)
    entries = entries_of(shown)
    response = kept_private(shown, HttpResponse(day_picture(day, entries), content_type=PNG))
    return shows(response, papers_listed=[str(day)], texts_of=[entry.paper for entry in entries])


def day_picture(day: date, entries: Sequence[Entry]) -> bytes:
    """The picture of a day's list, as PNG; one query."""
    from digests.reader.pictures.drawing import day_card

    texts = texts_of_entries(entries[:TITLES_OF_DAY])
    titles = [texts.line_text(entry.title) for entry in entries[:TITLES_OF_DAY]]
    return day_card(f"{day:%A}, {day_text(day)}", titles, len(entries))
