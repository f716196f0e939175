"""The comments of a day, as the desk shows them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.utils.safestring import SafeString

from digests.desk.pulse import of_comments
from digests.models import Comment
from digests.models.editors import name_of
from papers.models import Paper
from papers.rendered.kinds import Kind
from papers.rendered.stored import Renders, Texts


@dataclass(frozen=True)
class Open:
    """How many comments are unresolved."""

    by_paper: Counter[str]
    """Numbers by arXiv id; the key for the whole list is empty."""
    pulse: str
    """Changes whenever a comment of the day changes."""

    @property
    def of_list(self) -> int:
        return self.by_paper[""]


def open_comments(day: date) -> Open:
    """Return the numbers; one query."""
    rows = list(Comment.objects.filter(day=day).order_by().values_list("paper__arxiv_id", "resolved_at", "changed_at"))
    number = Counter(paper or "" for paper, resolved, _ in rows if resolved is None)
    return Open(number, of_comments([changed for *_, changed in rows]))


@dataclass(frozen=True)
class CommentRow:
    comment: Comment
    html: SafeString
    """Safe HTML; until it is rendered, the text as it was typed."""
    resolved_by: str
    is_own: bool


@dataclass(frozen=True)
class Thread:
    """The comments on one paper, or on the whole list."""

    paper: Paper | None
    title: str
    """Plain text; empty for the list."""
    rows: list[CommentRow]

    @property
    def number(self) -> str:
        """Return the paper's arXiv id; empty for the list."""
        return self.paper.arxiv_id if self.paper else ""

    @property
    def number_open(self) -> int:
        return sum(row.comment.resolved_at is None for row in self.rows)


def threads(day: date, user: User, *, fresh: Iterable[Comment] = (), renderer: Renders | None = None) -> list[Thread]:
    """Return the list's thread first, then the papers' threads, oldest first. Two queries.

    `fresh` comments are rendered at once, in a process with a limit; workers render the others.
    """
    found = list(Comment.objects.filter(day=day).select_related("paper", "resolved_by").defer("paper__abstract"))
    papers = {one.paper_id: one.paper for one in found}
    notes = [(Kind.NOTE, one.text) for one in found]
    texts = Texts([*notes, *((Kind.LINE, paper.title) for paper in papers.values() if paper)])
    told = {one.pk: texts.note(one.text) for one in found}
    if renderer and (new := {one.pk: one.text for one in found if one in list(fresh)}):
        at_once = Texts((Kind.NOTE, text) for text in new.values())
        at_once.complete(renderer)
        told |= {pk: at_once.note(text) for pk, text in new.items()}
    by_paper: dict[int | None, list[CommentRow]] = {None: []}
    for one in found:
        row = CommentRow(one, told[one.pk], name_of(one.resolved_by), one.by_id == user.pk)
        by_paper.setdefault(one.paper_id, []).append(row)
    return [Thread(paper := papers.get(pk), texts.line_text(paper.title) if paper else "", rows) for pk, rows in by_paper.items()]
