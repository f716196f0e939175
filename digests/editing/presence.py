"""Who has a day's desk open, where on it they are, and what they are writing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2s

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from digests.editing.columns import TEXTS
from digests.models import Digest, Entry, Presence, Received
from digests.models.editors import name_of
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts
from papers.text.identifiers import ARXIV_ID

THERE_FOR = timedelta(seconds=30)
"""How long an editor counts as being at the desk: the page reports every ten seconds."""
WRITING_FOR = timedelta(seconds=25)
"""How long an editor counts as typing after the last report of it."""
AHEAD = timedelta(minutes=1)
"""Who was seen later than so long from now was seen before the clock was set back, and may be gone. Clocks of two machines may
differ a little."""
KEPT_FOR = timedelta(days=1)
PLACE = re.compile(rf"intro|(?:{'|'.join(text.name for text in TEXTS)}|row):(?:{ARXIV_ID})")
WINDOW = re.compile(r"[0-9-]{1,24}")
WRITES = {"intro": "the intro", **{text.name: f"the {text.of} “{{}}”" for text in TEXTS}}


@dataclass(frozen=True)
class Other:
    """Another editor at the desk."""

    name: str
    place: str
    """As `Presence.place`; empty if they are nowhere in particular."""
    is_writing: bool

    @property
    def field(self) -> str:
        return self.place.partition(":")[0]

    @property
    def paper(self) -> str:
        """Return the paper's arXiv id; empty if the place is not on a paper."""
        return self.place.partition(":")[2]


def read_place(text: str) -> str:
    """Read a place as the page sends it; empty for anything else."""
    return text if len(text) <= 60 and PLACE.fullmatch(text) else ""


def read_window(text: str) -> str:
    """Read the name of a window as its page sends it; empty for anything else."""
    return text if WINDOW.fullmatch(text) else ""


def arrive(day: date, editor: AbstractBaseUser, place: str = "", *, window: str = "", is_writing: bool = False) -> None:
    """Record that the editor has the desk open now in this window, at this place. One statement."""
    now = timezone.now()
    wrote_at = now if is_writing and place else None
    row = Presence(day=day, editor_id=editor.pk, window=window, seen_at=now, place=place, wrote_at=wrote_at)
    keys, told = ["day", "editor", "window"], ["seen_at", "place", "wrote_at"]
    Presence.objects.bulk_create([row], update_conflicts=True, unique_fields=keys, update_fields=told)


def others(day: date, editor: AbstractBaseUser) -> list[Other]:
    """Return the other editors at the desk, by name; one query."""
    return others_and_unread(day, editor)[0]


def others_and_unread(day: date, editor: AbstractBaseUser) -> tuple[list[Other], int]:
    """Return the other editors, and how many notices this editor, who has arrived, has not read; one query.

    An editor with several windows is where they write, otherwise at the place of the newest window that has one.
    """
    now = timezone.now()
    received = Received.objects.filter(editor=OuterRef("editor"), read_at=None).order_by().values("editor")
    number = Coalesce(Subquery(received.annotate(number=Count("pk")).values("number")), 0)
    there = Presence.objects.filter(_seen_lately(now), day=day).select_related("editor").annotate(unread=number)
    rows = list(there.order_by("pk"))
    found: dict[int, Other] = {}
    for row in rows:
        one = Other(name_of(row.editor), row.place, bool(row.place and row.wrote_at and row.wrote_at > now - WRITING_FOR))
        known = found.get(row.editor_id)
        if known is None or (one.is_writing, bool(one.place)) >= (known.is_writing, bool(known.place)):
            found[row.editor_id] = one
    found.pop(editor.pk, None)
    unread = next((row.unread for row in rows if row.editor_id == editor.pk), 0)
    return sorted(found.values(), key=lambda one: (one.name, one.place)), unread


def version(there: Sequence[Other], unread: int) -> str:
    """Return a text that stays the same as long as the same editors are at the same places and no notice comes; empty if there
    are none."""
    return blake2s(repr((there, unread)).encode(errors="replace"), digest_size=8).hexdigest() if there or unread else ""


def writing(there: Iterable[Other], digest: Digest | None) -> list[str]:
    """Return what each editor who is typing writes: "Bob is writing the note on “…”", with the titles of the list. Two queries,
    none if nobody is typing."""
    writers = [one for one in there if one.is_writing]
    listed = Entry.objects.filter(digest=digest, paper__arxiv_id__in={one.paper for one in writers} - {""})
    printed = {entry.paper.arxiv_id: entry.title for entry in listed.select_related("paper")} if writers else {}
    texts = Texts((Kind.LINE, title) for title in printed.values())
    titles = {number: texts.line_text(title) for number, title in printed.items()}
    return [f"{one.name} is writing {WRITES[one.field].format(titles.get(one.paper, one.paper))}" for one in writers]


def writing_on(digests: Iterable[Digest], editor: AbstractBaseUser) -> dict[int, list[str]]:
    """Return what others are writing on the days of these digests at this moment, by digest; one query if nobody is typing."""
    by_day = {digest.date: digest for digest in digests}
    now = timezone.now()
    typing = Presence.objects.filter(_seen_lately(now), day__in=by_day, wrote_at__gt=now - WRITING_FOR)
    days = typing.exclude(place="").exclude(editor_id=editor.pk).order_by().values_list("day", flat=True).distinct()
    return {by_day[day].pk: writing(others(day, editor), by_day[day]) for day in days}


def _seen_lately(now: datetime) -> Q:
    return Q(seen_at__gt=now - THERE_FOR, seen_at__lt=now + AHEAD)


def forget() -> None:
    Presence.objects.filter(seen_at__lt=timezone.now() - KEPT_FOR).delete()
