"""What is new since an editor last visited a day's desk. A visit is recorded when the page is opened, never by a poll."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Max, Min

from digests.models import Visit
from papers.models import Mention, Paper

ONE_VISIT = timedelta(minutes=30)
"""If the page is opened again within this time, it is the same visit: a reload hides nothing."""
KEPT_FOR = timedelta(days=180)


def arrive(day: date, editor: User, *, now: datetime) -> None:
    """Record that the editor opens the desk. New is what came after the previous visit; during the first visit, what came since
    it began. Five queries."""
    last = Visit.objects.filter(day=day, editor=editor).first()
    paper = Paper.objects.aggregate(newest=Max("pk"))["newest"] or 0
    mention = Mention.objects.aggregate(newest=Max("pk"))["newest"] or 0
    seen = (last.seen_paper, last.seen_mention) if last else (paper, mention)
    if last and now - last.opened_at > ONE_VISIT:
        seen = (last.newest_paper, last.newest_mention)
    values = {"opened_at": now, "newest_paper": paper, "newest_mention": mention}
    row = Visit(day=day, editor=editor, seen_paper=seen[0], seen_mention=seen[1], **values)
    changed = [*values, "seen_paper", "seen_mention"]
    Visit.objects.bulk_create([row], update_conflicts=True, unique_fields=["day", "editor"], update_fields=changed)
    Visit.objects.filter(opened_at__lt=now - KEPT_FOR).delete()


def new_papers(day: date, editor: User, papers: Collection[int]) -> set[int]:
    """Return those of these papers (primary keys) that came, or got their first post, since the editor's last visit; two
    queries."""
    visit = Visit.objects.filter(day=day, editor=editor).first()
    if visit is None:
        return set()
    first = Mention.objects.filter(paper__in=papers).order_by().values("paper").annotate(first=Min("pk"))
    posted = first.filter(first__gt=visit.seen_mention).values_list("paper", flat=True)
    return {pk for pk in papers if pk > visit.seen_paper} | set(posted)
