"""Commits what changed in a git target's folder: one commit for each publication, correction and withdrawal, with its reason."""

from contextlib import suppress
from typing import Protocol

from digests.mirror.manifest import NAME, Manifest, ManifestError
from digests.mirror.targets import Target
from digests.models import Digest, PublicEvent
from papers.plurals import counted

MOST = 50
"""The most days that get a commit each; more days at once, as in the first run, share one commit."""
LONGEST_NOTE = 60


class RunsGit(Protocol):
    def __call__(self, *arguments: str, given: bytes = b"") -> str: ...

    def commit(self, name: str) -> str: ...


def commit_changes(git: RunsGit, target: Target) -> None:
    """Commit what differs from the last commit. Each commit has a manifest that is right for it."""
    prefix = f"{target.path}/" if target.path else ""
    final = Manifest.parse((target.files / NAME).read_bytes())
    before = _manifest_of_head(git, prefix, final)
    every = sorted({prefix + name for manifest in (final, before) for name in (NAME, *manifest.names())})
    _stage(git, every)
    changed = [name for name in git("diff-index", "--cached", "--name-only", "-z", *_base(git)).split("\0") if name]
    days: dict[str, list[str]] = {}
    for name in changed:
        inside = name.removeprefix(prefix)
        listed = final.get(inside) or before.get(inside)
        if listed and listed.digest and before.options == final.options:
            days.setdefault(listed.digest, []).append(inside)
    if 1 < len(days) <= MOST and len(before):
        git("reset", "--quiet", *(["HEAD"] if git.commit("HEAD") else []))
        for day in _in_order(days):
            for inside in days[day]:
                before.set(inside, final.get(inside))
            _stage(git, [prefix + inside for inside in days[day]])
            blob = git("hash-object", "-w", "--stdin", given=before.write()).strip()
            git("update-index", "--add", "--cacheinfo", f"100644,{blob},{prefix}{NAME}")
            _commit(git, _message(day, is_new=_is_new(git, prefix + days[day][0])))
        _stage(git, every)
    if git("diff-index", "--cached", "--name-only", *_base(git)).strip():
        if len(days) == 1:
            [(day, names)] = days.items()
            _commit(git, _message(day, is_new=_is_new(git, prefix + names[0])))
        else:
            _commit(git, f"Publish {len(days)} days" if days else "Bring the mirror up to date")


def _stage(git: RunsGit, names: list[str]) -> None:
    """Stage these files alone, whatever else is in the folder, and also if the repository ignores them."""
    git("update-index", "--add", "--remove", "--replace", "-z", "--stdin", given="\0".join([*names, ""]).encode())


def _base(git: RunsGit) -> list[str]:
    return ["HEAD"] if git.commit("HEAD") else [git("hash-object", "-t", "tree", "-w", "--stdin").strip()]


def _manifest_of_head(git: RunsGit, prefix: str, final: Manifest) -> Manifest:
    if git.commit("HEAD") and git("ls-tree", "--name-only", "HEAD", "--", prefix + NAME).strip():
        with suppress(ManifestError):  # somebody pushed another one
            return Manifest.parse(git("cat-file", "blob", f"HEAD:{prefix}{NAME}").encode())
    return Manifest(final.options)


def _is_new(git: RunsGit, name: str) -> bool:
    return not git.commit("HEAD") or not git("ls-tree", "--name-only", "HEAD", "--", name).strip()


def _in_order(days: dict[str, list[str]]) -> list[str]:
    """Return the events in the order in which they happened; days without an event come first."""
    last: dict[str, tuple[object, int]] = {}
    for day, at, pk in (
        PublicEvent.objects.filter(digest__date__in=days).order_by("at", "pk").values_list("digest__date", "at", "pk")
    ):
        last[str(day)] = (at.timestamp(), pk)
    return sorted(days, key=lambda day: (*last.get(day, (0.0, 0)), day))


def _message(day: str, *, is_new: bool) -> str:
    """Return the message, such as `Publish 2021-05-12: 13 papers`; for a correction, the editors' words."""
    digest = Digest.objects.filter(date=day).first()
    event = PublicEvent.objects.filter(digest=digest).order_by("-at", "-pk").first() if digest else None
    note = " ".join(event.note.split())[:LONGEST_NOTE] if event else ""
    if digest is None or digest.status != Digest.Status.PUBLISHED:
        return f"Withdraw {day}{f': {note}' if note else ''}"
    if is_new:
        return f"Publish {day}: {counted(digest.entries.count(), 'paper')}"
    if event and event.kind == PublicEvent.Kind.CORRECTED:
        return f"Correct {day}{f': {note}' if note else ''}"
    return f"Refresh the counts of {day}" if event and event.kind == PublicEvent.Kind.COUNTS else f"Update {day}"


def _commit(git: RunsGit, message: str) -> None:
    git("commit", "--quiet", "--cleanup=verbatim", "--file=-", given=f"{message}\n".encode())
