"""Papers across days: of a category, of an author, the hottest ones, and those on the rise."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from digests.models import Digest, Entry
from digests.views.paging import days_page
from papers.models import PaperCategory


@require_safe
@conditional_page
def category(request: HttpRequest, code: str) -> HttpResponse:
    """The hot papers of an arXiv category by day, the newest first."""
    # Subqueries, unlike joins, let the database look along the days and stop at the page's last one.
    entries = Entry.objects.filter(Exists(PaperCategory.objects.filter(paper=OuterRef("paper"), code=code)))
    digests = Digest.objects.published().filter(Exists(entries.filter(digest=OuterRef("pk"))))
    page = days_page(request, digests.with_titles(entries))
    if not page.digests and not page.newer:
        raise Http404("No published digest lists a paper of this category")
    return render(request, "digests/category.html", {"code": code, "page": page})
