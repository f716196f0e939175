"""Pictures of papers and days, for places where their links are shared."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from digests.models import Entry, in_published_digest
from digests.page_cache.subjects import shows
from digests.reader.made_once import of_coming
from digests.reader.pages.days import expect_visible, kept_private
from digests.reader.pages.entries import entries_of
from digests.reader.pages.loading import visible_paper
from digests.reader.texts import texts_of_entries, texts_of_papers
from digests.templatetags.reading import day_text
from papers.models import Paper
from papers.rendered.stored import Texts

PNG = "image/png"
NAMES = 12
TITLES_OF_DAY = 3


@require_safe
def paper(request: HttpRequest, arxiv_id: str) -> HttpResponse:
    """Send the picture of a paper that has a page; three queries."""
    from digests.reader.pictures.drawing import paper_card  # Pillow takes longer to load than most pages to make

    found = of_coming(_cards, arxiv_id)
    if found is None:
        raise Http404("No paper that readers may see")
    texts, one = found.texts, found.paper
    below = f"hot on {day_text(found.listed_on)}" if found.listed_on else ""
    drawn = paper_card(texts.line_text(one.title), texts.names(one.authors)[:NAMES], arxiv_id, below)
    return shows(HttpResponse(drawn, content_type=PNG), texts_of=[one], appearances_of=[one])


class _Card(NamedTuple):
    """What a paper's picture shows."""

    paper: Paper
    listed_on: date | None
    """The newest day whose published list has it."""
    texts: Texts


def _cards(arxiv_ids: Collection[str]) -> dict[str, _Card]:
    """Those of the papers that have a page; three queries."""
    papers = list(Paper.objects.filter(visible_paper(), arxiv_id__in=arxiv_ids).order_by())
    rows = Entry.objects.filter(in_published_digest(), paper__in=papers).order_by("digest__date")
    days = dict(rows.values_list("paper", "digest__date"))
    texts = texts_of_papers(papers)
    return {paper.arxiv_id: _Card(paper, days.get(paper.pk), texts) for paper in papers}


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
    papers = [(texts.line_text(entry.title), entry.paper.arxiv_id) for entry in entries[:TITLES_OF_DAY]]
    return day_card(f"{day:%A}, {day_text(day)}", papers, len(entries))
