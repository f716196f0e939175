"""The admin's index: in sections whose names say what they hold, our own pages first."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format

from digests.models import Digest, Received
from papers import clock
from papers.models import Paper, RenderedText
from papers.plurals import counted


class Section(NamedTuple):
    title: str
    what: str
    models: tuple[str, ...]
    """In the order of the index; by app and model."""


SECTIONS = (
    Section(
        "Lists", "What readers get. The desk is where they are made.", ("digests.digest", "digests.entry", "digests.notetemplate")
    ),
    Section(
        "Papers and posts",
        "What arXiv announced and what the networks say of it. Correct a text here; a published list keeps what it prints.",
        ("papers.paper", "papers.tweet", "papers.erasure", "papers.renderedtext"),
    ),
    Section(
        "Collection",
        "Whether every day is complete, how the services answer, and what reading X costs. To look at only.",
        ("papers.collectionday", "papers.sourcehealth", "papers.readbudget", "papers.paidread"),
    ),
    Section("People", "Who may sign in, and what each role may do.", ("auth.user", "auth.group")),
)
RECENT = timedelta(days=14)
OPEN_LISTS: dict[str, str] = {
    Digest.Review.READY: "Lists that are ready for review:",
    Digest.Review.CHANGES: "Lists in which an editor wants changes:",
    "draft": "Drafts of the last two weeks, not published yet:",
    "correction": "Corrections that are begun and not published:",
}
REST = Section("System", "Sign-ins and other tables of the software itself.", ())


class EditorsSite(AdminSite):
    site_header = site_title = "Hot Papers"
    index_title = "The editors’ pages"
    logout_template = "admin/logged_out.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        shown: dict[str, Any] = {}
        if request.user.has_perm("digests.view_digest"):
            unread = Received.objects.filter(editor=request.user.pk, read_at=None).count()
            shown = {"waiting": waiting(clock.now().date()), "unread": unread}
        return super().index(request, {**shown, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        there = {model["model"]._meta.label_lower: model for app in apps for model in app["models"]}
        listed = [self._section(section, [there.pop(name) for name in section.models if name in there]) for section in SECTIONS]
        listed.append(self._section(REST, list(there.values())))
        return [section for section in listed if section["models"]]

    @staticmethod
    def _section(section: Section, models: list[Any]) -> dict[str, Any]:
        label = section.title.lower().replace(" ", "-")
        return {
            "name": section.title,
            "what": section.what,
            "app_label": label,
            "app_url": f"/admin/all/#{label}",
            "has_module_perms": True,
            "models": models,
        }


class Waiting(NamedTuple):
    """Something that waits for an editor, with the pages where it is done."""

    says: str
    links: list[tuple[str, str]]
    """Text and address."""


def waiting(today: date) -> list[Waiting]:
    """Return what waits for an editor; three queries."""
    lists: dict[str, list[tuple[str, str]]] = {state: [] for state in OPEN_LISTS}
    open_lists = Digest.all_drafts.filter(status=Digest.Status.DRAFT, date__gt=today - RECENT).order_by("date")
    for day, corrects, review in open_lists.values_list("date", "corrects", "review"):
        lists[review or ("correction" if corrects else "draft")].append((date_format(day, "j M Y"), reverse("desk", args=[day])))
    found = [Waiting(OPEN_LISTS[state], links) for state, links in lists.items() if links]
    if newer := Paper.objects.filter(newer__isnull=False).count():
        papers = f"{counted(newer, 'paper has', 'papers have')} a newer version on arXiv."
        found.append(Waiting(papers, [("Look at them", reverse("admin:papers_paper_changelist", query={"newer": "waits"}))]))
    if troubled := RenderedText.objects.exclude(trouble="").count():
        texts = f"{counted(troubled, 'text shows its', 'texts show their')} source because rendering failed."
        found.append(Waiting(texts, [("Look at them", reverse("admin:papers_renderedtext_changelist"))]))
    return found
