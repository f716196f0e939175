"""Publishing and withdrawing several digests from their list in the admin."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib.auth.models import User
from django.http import HttpRequest

from digests.editing.conflicts import MACHINE
from digests.editing.history import changes
from digests.editing.presence import writing_on
from digests.editing.sentences import said_of
from digests.models import Digest
from digests.publishing.checking import findings_of
from digests.publishing.status import publish, withdraw
from papers import clock
from papers.admin.bulk import BulkChange
from papers.plurals import counted

LONGEST_NOTE = 2_000


class StatusChange(BulkChange[Digest]):
    change: ClassVar[Callable[..., bool]]

    def name(self, record: Digest) -> str:
        return str(record.date)

    def looks(self, record: Digest) -> str:
        shown: Any = record
        changed = f"{record.changed_at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
        return f"{record.get_status_display()}, {counted(shown.papers_number, 'paper')}, changed {changed} UTC"

    def since(self, record: Digest, moment: datetime) -> list[str]:
        since = [one for one in reversed(changes(record)) if one.at >= moment]
        return [f"{said} ({one.editor or MACHINE})" for one, said in zip(since, said_of(since), strict=True)]

    def carry_out(self, records: Sequence[Digest], request: HttpRequest) -> list[Digest]:
        now = clock.now()
        return [one for one in records if type(self).change(one, now=now, by=request.user, seen=one.revision)]


class Publish(StatusChange):
    action = "publish_selected"
    verb = "Publish"
    done = "Published"
    change = publish

    def __init__(self, request: HttpRequest) -> None:
        self.by = cast(User, request.user)

    def look_up(self, records: Sequence[Digest]) -> None:
        self.findings = findings_of(records, clock.now())
        self.writers = writing_on(records, self.by)

    def left_alone(self, record: Digest) -> str:
        """A day that the desk would not publish is left alone."""
        if record.status == Digest.Status.PUBLISHED:
            return "already published"
        stopping = [one.text for one in self.findings[record.pk] if one.stops]
        return f"stopped by the check (fix or ignore each finding on its desk): {' '.join(stopping)}" if stopping else ""

    def effect(self, record: Digest) -> str:
        again = " again" if record.published_at else ""
        told = f"readers will see it{again}; from then on, newer versions of its papers wait for an editor"
        writers = self.writers.get(record.pk, [])
        return f"{told}. {'. '.join(writers)}: what is not saved yet can only be added in a correction" if writers else told


class Withdraw(StatusChange):
    action = "withdraw_selected"
    verb = "Withdraw"
    done = "Withdrawn"
    change = withdraw
    note = "note"
    """The name of the field for a public note; the confirmation asks for it."""

    def left_alone(self, record: Digest) -> str:
        return "" if record.status == Digest.Status.PUBLISHED else "not published"

    def effect(self, record: Digest) -> str:
        return "readers no longer see it; its page and Markdown disappear"

    def carry_out(self, records: Sequence[Digest], request: HttpRequest) -> list[Digest]:
        """With the words for readers that the form asks for."""
        now, note = clock.now(), request.POST.get(self.note, "")[:LONGEST_NOTE].replace("\0", "")
        change, by = type(self).change, cast(User, request.user)
        return [one for one in records if change(one, now=now, by=by, seen=one.revision, note=note)]
