"""The days as a mirror's files: which changed, and what each file should hold now."""

import os
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from itertools import islice

from django.conf import settings
from django.db import connection, connections

from digests.markdown.composing import CHUNK, Row, compose_rows, rows_in_chunks
from digests.mirror import failed_pages
from digests.mirror.made_with import DAYS, software
from digests.mirror.manifest import ListedFile, Manifest
from digests.mirror.profiles import pages
from digests.mirror.profiles.registry import PROFILES
from digests.mirror.targets import Target, Withdrawn
from digests.mirror.writing import File, Staged, stage, stage_removal
from digests.models import Digest, DigestQuerySet, Entry, PublicEvent
from digests.parallel import shared_out
from papers.rows import select

A_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""The other kind of mirror, which the folder may have had, leaves addresses of pages."""


class Days:
    """The days in the form of the target's profile (see updating.Source)."""

    def __init__(self, target: Target) -> None:
        self._target, self.folder, self._profile = target, target.files, PROFILES[target.profile]
        self.unmade: dict[str, str] = {}
        self.options = {
            "profile": target.profile,
            "posts": str(target.posts),
            "withdrawn": str(target.withdrawn),
            "site": settings.SITE_URL,
            "software": software(DAYS),
        }

    def files(self, since: date | None) -> Iterator[File]:
        yield from self._published(Digest.objects.mirrored().between(since, None))
        yield from self._tombstones(withdrawn().between(since, None))

    def surplus(self, manifest: Manifest, wanted: set[str], since: date | None) -> Iterator[str]:
        """Return unwanted files, including those of withdrawn days that an older version of this site left here."""
        wanted = wanted | self._kept()
        for name, listed in manifest.items():
            if name not in wanted and (since is None or listed.digest >= str(since)):
                yield name
        for day in withdrawn().between(since, None).order_by("date").values_list("date", flat=True).iterator():
            name = self._profile.file_of(day)
            if name not in wanted and name not in manifest and os.path.lexists(self.folder / name):
                yield name

    def changed(self, manifest: Manifest, subjects: frozenset[str], touched: Mapping[str, ListedFile]) -> Generator[Staged]:
        days = {listed.digest for listed in touched.values() if listed.digest}
        days |= set(filter(A_DAY.fullmatch, failed_pages.left_by_last_run(self.folder)))
        return self._stage_some(manifest, days_of(subjects) | set(map(date.fromisoformat, days)))

    def everything(self, manifest: Manifest, since: date | None, processes: int) -> Generator[Staged]:
        made = set[str]()
        spans = list(_spans(Digest.objects.mirrored().between(since, None)))
        if processes > 1 and not connection.in_atomic_block and len(spans) > 1:
            connections.close_all()  # each makes its own
            shares = shared_out(partial(self._share, manifest), [spans[number::processes] for number in range(processes)])
        else:
            shares = self._share(manifest, spans)
        with closing(shares):
            for staged, failed in shares:
                self.unmade |= failed
                made.update(one.name for one in staged)
                yield from staged
        for file in self._tombstones(withdrawn().between(since, None)):
            made.add(file.name)
            yield stage(self.folder, manifest, file)
        for name in list(self.surplus(manifest, made, since)):
            yield stage_removal(self.folder, manifest, name)

    def _stage_some(self, manifest: Manifest, wanted: set[date]) -> Generator[Staged]:
        made, some = set(), iter(sorted(wanted))
        while chunk := list(islice(some, CHUNK)):
            for file in self._published(Digest.objects.mirrored().filter(date__in=chunk)):
                made.add(file.name)
                yield stage(self.folder, manifest, file)
            for file in self._tombstones(withdrawn().filter(date__in=chunk)):
                made.add(file.name)
                yield stage(self.folder, manifest, file)
        made |= self._kept()
        for name in map(self._profile.file_of, sorted(wanted)):
            if name not in made and name in manifest:
                yield stage_removal(self.folder, manifest, name)

    def _share(self, manifest: Manifest, spans: list[tuple[date, date]]) -> Generator[tuple[list[Staged], dict[str, str]]]:
        for span in spans:
            with closing(self._published(Digest.objects.mirrored().between(*span))) as published:
                staged = [stage(self.folder, manifest, file) for file in published]
            yield staged, self.unmade

    def _published(self, digests: DigestQuerySet) -> Generator[File]:
        for rows in rows_in_chunks(digests):
            yield from self._made(rows)

    def _made(self, rows: Sequence[Row]) -> list[File]:
        """Return the files of these days. A day that raises an error is noted in `unmade`."""
        try:
            days = compose_rows(rows)
            written = pages.write(self._profile, self._target.posts, [composed.post for composed in days])
        except Exception as error:
            if not failed_pages.is_its_own(error):
                raise
            if len(rows) > 1:
                return [file for row in rows for file in self._made([row])]
            failed_pages.note(self.unmade, str(rows[0].date), error)
            return []
        return [
            File(self._profile.file_of(day.post.day), text.encode(), str(day.post.day), day.revision)
            for day, text in zip(days, written, strict=True)
        ]

    def _kept(self) -> set[str]:
        """Return the files of days that could not be made."""
        return {self._profile.file_of(date.fromisoformat(day)) for day in self.unmade}

    def _tombstones(self, digests: DigestQuerySet) -> Iterator[File]:
        """Return the files of these withdrawn days, if the target keeps such files."""
        if self._target.withdrawn == Withdrawn.REMOVE:
            return
        rows = list(digests.order_by("date"))
        events = {}
        for event in PublicEvent.objects.filter(digest__in=rows, kind=PublicEvent.Kind.WITHDRAWN).order_by("at", "pk"):
            events[event.digest_id] = event
        for digest in rows:
            text = pages.tombstone(self._profile, digest, events.get(digest.pk))
            yield File(self._profile.file_of(digest.date), text.encode(), str(digest.date), digest.revision)


def withdrawn() -> DigestQuerySet:
    """Return the days that readers once saw and do not see now."""
    return Digest.objects.filter(published_at__isnull=False, status=Digest.Status.WITHDRAWN, is_sample=False)


def days_of(subjects: Iterable[str]) -> set[date]:
    """Return the days whose files show the subjects. Of a paper, they show what arXiv says; the counts are the list's own."""
    days, papers = set(), set()
    for subject in subjects:
        kind, _, key = subject.partition(":")
        if kind in ("digest", "post"):
            days.add(date.fromisoformat(key))
        elif kind == "text":
            papers.add(int(key))
    listing = {pk for (pk,) in select(Entry, ["digest"], "paper", papers)} if papers else set()
    return days | {_as_date(day) for (day,) in select(Digest, ["date"], "id", listing)} if listing else days


def _as_date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def _spans(digests: DigestQuerySet) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each batch of digests."""
    found = digests.order_by("date").values_list("date", flat=True).iterator()
    while some := list(islice(found, CHUNK)):
        yield some[0], some[-1]
