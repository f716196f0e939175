"""The comments of a day, as the desk shows them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.utils.safestring import SafeString

from digests.desk.beat import of_comments
from digests.desk.presence import name_of
from digests.models import Comment
from papers.models import Paper
from papers.rendered.kinds import Kind
from papers.rendered.stored import Renders, Texts


@dataclass(frozen=True)
class Open:
    """How many comments are not resolved."""

    by_paper: Counter[str]
    """By arXiv id; of the whole list under an empty one."""
    beat: str
    """Changes with whatever becomes of a comment of the day."""

    @property
    def of_list(self) -> int:
        return self.by_paper[""]


def open_comments(day: date) -> Open:
    """One query."""
    rows = list(Comment.objects.filter(day=day).order_by().values_list("paper__arxiv_id", "resolved_at", "changed_at"))
    number = Counter(paper or "" for paper, resolved, _ in rows if resolved is None)
    return Open(number, of_comments([changed for *_, changed in rows]))


@dataclass(frozen=True)
class CommentRow:
    comment: Comment
    html: SafeString
    """As it was typed while it is not rendered yet."""
    resolved_by: str
    is_own: bool


@dataclass(frozen=True)
class Thread:
    """What was said of a paper, or of the whole list."""

    paper: Paper | None
    title: str
    """Plain text; empty for the list."""
    rows: list[CommentRow]

    @property
    def number(self) -> str:
        """The paper's arXiv id; empty for the list."""
        return self.paper.arxiv_id if self.paper else ""

    @property
    def number_open(self) -> int:
        return sum(row.comment.resolved_at is None for row in self.rows)


def threads(day: date, user: User, *, fresh: Iterable[Comment] = (), renderer: Renders | None = None) -> list[Thread]:
    """The list's thread first, then the papers' in the order in which they were begun. Two queries.

    The `fresh` ones are rendered now, in a process that is killed at a bound; the others by a worker.
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
