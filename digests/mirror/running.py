"""One run of a target: its files, what is done after they changed, and what is recorded about the run."""

import logging
from contextlib import suppress
from datetime import date, datetime
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error

from digests.mirror import failed_pages, git, hooks
from digests.mirror.days import Days
from digests.mirror.disk import FolderError, FolderInUse
from digests.mirror.manifest import ManifestError
from digests.mirror.targets import Kind, Target
from digests.mirror.updating import Source, Tell, check, update
from digests.mirror.writing import FileState, Report
from digests.models import MirrorHealth
from digests.parallel import ProcessEnded
from papers.rendered.waiting import render_changed
from papers.text.visible import without_controls

logger = logging.getLogger(__name__)
TROUBLES = (FolderError, ManifestError, ProcessEnded, git.GitError, hooks.HookError)
"""Errors that a run may end with, told in one sentence. FolderInUse is not among them: the next run settles it."""
LONGEST_MESSAGE = 1000
MOST_LOGGED = 20


def targets() -> dict[str, Target]:
    """Return the targets by name, as the settings describe them."""
    return {target.name: target for target in settings.MIRRORS}


def source_of(target: Target) -> Source:
    """Return what the target's files are made from."""
    if target.kind != Kind.HTML:
        return Days(target)
    from digests.mirror.site import Site  # loads all readers' pages, which takes longer than a changed day

    return Site(target)


def write(
    target: Target, *, since: date | None = None, rebuild: bool = False, processes: int = 1, tell: Tell | None = None
) -> Report:
    """Make the target's files what readers see, and push a git target. Raises one of TROUBLES, FolderInUse."""
    render_changed()
    # What a person wrote into a file must not be pushed or built before it is told.
    looks_at_all = target.waits_for_others
    bring = partial(
        update, source_of(target), since=since, rebuild=rebuild, looks_at_all=looks_at_all, processes=processes, tell=tell
    )
    return git.bring(target, bring) if target.kind == Kind.GIT else bring()


def differences(target: Target, *, since: date | None = None) -> tuple[list[tuple[str, FileState]], list[str]]:
    """Return the files that are not what they should be, and a sentence for each page or day that cannot be made."""
    source = source_of(target)
    found = list(check(source, since=since))
    return [(name, state) for name, state in found if state != FileState.SAME], failed_pages.told(source.unmade)


def unpushed(target: Target) -> str:
    """Return what a git target's clone has that the repository lacks, in words, as far as is known here; empty if nothing."""
    return git.waiting(target) if target.kind == Kind.GIT else ""


def run(
    target: Target,
    now: datetime,
    *,
    since: date | None = None,
    rebuild: bool = False,
    processes: int = 1,
    tell: Tell | None = None,
) -> Report:
    """Call `write`, then do what follows; record the outcome. Raises one of TROUBLES, FolderInUse."""
    known = MirrorHealth.objects.filter(name=target.name).first()
    if known and not known.owes and (target.build or target.webhook):
        # A run that is killed after it has changed the files leaves this: the next one does what should have followed.
        MirrorHealth.objects.filter(name=target.name).update(owes=True)
    try:
        report = write(target, since=since, rebuild=rebuild, processes=processes, tell=tell)
        if report.changed or (known and known.owes):
            _remember(target, now, known, owes=True)
            hooks.follow(target, report)
    except TROUBLES as error:
        is_for_a_person = not getattr(error, "passes", False)
        state = MirrorHealth.State.REFUSED if is_for_a_person else MirrorHealth.State.WAITING
        # What was committed and not pushed is followed by the hooks once it is.
        owed: dict[str, object] = {"owes": True} if isinstance(error, git.GitError) else {}
        _remember(target, now, known, state=state, message=str(error), **owed)
        raise
    except FolderInUse:
        raise
    except SoftTimeLimitExceeded:
        why = f"a worker's task may not last so long, so the run was stopped; run `manage.py mirror {target.name}` by hand once"
        _remember(target, now, known, state=MirrorHealth.State.REFUSED, message=why)
        raise
    except Exception as error:
        why = (
            f"the run ended in {type(error).__name__} ({error}); it is tried again, and if that goes on, report what the log says"
        )
        with suppress(Error):  # it may be the database that does not answer
            _remember(target, now, known, state=MirrorHealth.State.WAITING, message=why)
        raise
    if told := [*report.theirs, *report.unmade]:
        _remember(target, now, known, state=MirrorHealth.State.REFUSED, message=" ".join(told), owes=False)
    else:
        _remember(target, now, known, owes=False, good_at=now)
    for name, state_of_file in report.changed[:MOST_LOGGED]:
        logger.info("mirror %s: %s %s", target.name, name, state_of_file)
    if len(report.changed) > MOST_LOGGED:
        logger.info("mirror %s: and %s more files", target.name, f"{len(report.changed) - MOST_LOGGED:,}")
    return report


def _remember(target: Target, now: datetime, known: MirrorHealth | None, **values: object) -> None:
    state = values.setdefault("state", MirrorHealth.State.OK)
    message = without_controls(str(values.get("message", "")))[:LONGEST_MESSAGE]  # PostgreSQL stores no NUL
    is_as_before = known is not None and known.state == state
    values |= {"message": message, "ran_at": now, "since": known.since if known and is_as_before else now}
    MirrorHealth.objects.update_or_create(name=target.name, defaults=values)


__all__ = ["TROUBLES", "FolderInUse", "differences", "run", "targets", "unpushed", "write"]
