"""The days as a mirror's files: which changed, and what each holds now."""

from collections.abc import Generator, Iterable, Iterator
from datetime import date

from digests.markdown.composing import compose_in_chunks
from digests.mirror.profiles import pages
from digests.mirror.profiles.registry import PROFILES
from digests.mirror.targets import Target, Withdrawn
from digests.mirror.writing import File
from digests.models import Digest, DigestQuerySet, Entry, PublicEvent
from papers.rows import select


def files(target: Target, digests: DigestQuerySet) -> Generator[File]:
    """The files of these published days."""
    profile = PROFILES[target.profile]
    for chunk in compose_in_chunks(digests):
        written = pages.write(profile, target.posts, [composed.post for composed in chunk])
        for composed, text in zip(chunk, written, strict=True):
            day = composed.post.day
            yield File(profile.file_of(day), text.encode(), str(day), composed.revision)


def tombstones(target: Target, digests: DigestQuerySet) -> Iterator[File]:
    """The files of these withdrawn days, where the target keeps any."""
    if target.withdrawn == Withdrawn.REMOVE:
        return
    profile = PROFILES[target.profile]
    rows = list(digests.order_by("date"))
    events = {}
    for event in PublicEvent.objects.filter(digest__in=rows, kind=PublicEvent.Kind.WITHDRAWN).order_by("at", "pk"):
        events[event.digest_id] = event
    for digest in rows:
        text = pages.tombstone(profile, digest, events.get(digest.pk))
        yield File(profile.file_of(digest.date), text.encode(), str(digest.date), digest.revision)


def withdrawn() -> DigestQuerySet:
    """The days that readers saw and do not see now."""
    return Digest.objects.filter(published_at__isnull=False, status=Digest.Status.WITHDRAWN, is_sample=False)


def days_of(subjects: Iterable[str]) -> set[date] | None:
    """The days that show the subjects; None where one of their digests is gone, so that its day is not known."""
    numbers: dict[str, set[int]] = {"digest": set(), "paper": set()}
    for subject in subjects:
        kind, _, number = subject.partition(":")
        if kind in numbers:
            numbers[kind].add(int(number))
    listing = {pk for (pk,) in select(Entry, ["digest"], "paper", numbers["paper"])} if numbers["paper"] else set()
    wanted = listing | numbers["digest"]
    found = dict(select(Digest, ["id", "date"], "id", wanted)) if wanted else {}
    return None if numbers["digest"] - set(found) else {_as_date(day) for day in found.values()}


def _as_date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
