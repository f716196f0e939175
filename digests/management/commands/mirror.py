"""`manage.py mirror`: the static copies."""

import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from digests.mirror.disk import is_in_use
from digests.mirror.profiles.registry import PROFILES
from digests.mirror.running import TROUBLES, FolderInUse, differences, run, targets, unpushed, write
from digests.mirror.targets import Kind, Posts, Target, Withdrawn
from digests.mirror.writing import FileState
from digests.models import Digest
from papers import clock
from papers.management.collecting import a_path, day
from papers.plurals import counted

DIFFERENCES = {
    FileState.NEW: "is missing",
    FileState.CHANGED: "differs",
    FileState.REMOVED: "should not be there",
}
HTML = "html"


class Command(BaseCommand):
    help = "Bring the mirrors up to date (all that MIRRORS names, or those given). Exits 1 when one is not right afterwards."

    requires_system_checks: list[str] = []  # they take longer than a changed day; `check` and the web server make them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="the mirrors to bring up to date (all)")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
        what.add_argument("--rebuild", action="store_true", help="look at each file, not only at what changed since the last run")
        parser.add_argument(
            "--since", type=day, metavar="YYYY-MM-DD", help="look at each file of this listing day and later ones"
        )
        parser.add_argument("--to", type=a_path, metavar="DIR", help="a folder that the settings do not name (with --profile)")
        parser.add_argument("--profile", choices=[*PROFILES, HTML], help="what the files of --to look like")
        parser.add_argument("--posts", choices=[str(one) for one in Posts], help="with --to: how posts are shown (markup)")
        parser.add_argument(
            "--withdrawn", choices=[str(one) for one in Withdrawn], help="with --to: what becomes of withdrawn days (remove)"
        )

    def handle(self, *args: Any, names: list[str], check: bool, rebuild: bool, since: date | None, **options: Any) -> None:
        chosen = _chosen(names, options["to"], options["profile"], options["posts"], options["withdrawn"])
        failed = []
        for target in chosen:
            try:
                failed += self.check_one(target, since) if check else self.bring(target, since, rebuild=rebuild, options=options)
            except (FolderInUse, *TROUBLES) as error:
                failed.append(
                    str(error) if str(error).startswith((f"{target.name}/", f"{target.name}:")) else f"{target.name}: {error}"
                )
        if failed:
            raise CommandError("\n".join(failed))

    def check_one(self, target: Target, since: date | None) -> list[str]:
        """Print what differs, and return a sentence about it if anything does. Raises one of TROUBLES."""
        if not target.files.is_dir():
            return [f"{target.name}: there is no folder {target.files}; run `manage.py mirror` without --check to make it"]
        found, unmade = differences(target, since=since)
        if found and is_in_use(target.files):
            return [f"{target.name}: a run is writing there, so nothing can be said now; check again when it has ended"]
        for name, state in found:
            self.stdout.write(f"{target.files / name}: {DIFFERENCES[state]}")
        if found:
            unmade += [
                f"{target.name}: {counted(len(found), 'file differs', 'files differ')} from what readers see; "
                "give --rebuild instead of --check to repair it."
            ]
        if unmade:
            return unmade
        if waiting := unpushed(target):
            return [f"{target.name}: {waiting}; run `manage.py mirror {target.name}` to push."]
        self.stdout.write(f"{target.name}: up to date")
        return []

    def bring(self, target: Target, since: date | None, *, rebuild: bool, options: dict[str, Any]) -> list[str]:
        """Bring the target up to date, and return what a person has to see to. Raises one of TROUBLES, FolderInUse."""
        is_counted = target.kind != Kind.HTML and (rebuild or since or not target.files.is_dir())
        total = Digest.objects.mirrored().between(since, None).count() if is_counted else None
        quiet = None if options["verbosity"] else True
        with tqdm(total=total, unit=" files", desc=target.name, disable=quiet, delay=0.5) as bar:
            how: dict[str, Any] = {"since": since, "rebuild": rebuild, "processes": os.cpu_count() or 1}
            how["tell"] = lambda *_: bar.update()
            report = write(target, **how) if options["to"] else run(target, clock.now(), **how)
        counts = Counter(report.counts)
        if options["verbosity"]:
            self.stdout.write(
                f"{target.name}: {counts[FileState.NEW]} new, {counts[FileState.CHANGED]} changed, "
                f"{counts[FileState.REMOVED]} removed, {counts[FileState.SAME]} looked at and unchanged"
            )
        return report.theirs + report.unmade


def _chosen(names: list[str], to: Path | None, profile: str | None, posts: str | None, withdrawn: str | None) -> list[Target]:
    if to is not None:
        if names or not profile:
            raise CommandError("--to DIR goes with --profile NAME and without names of mirrors.", returncode=2)
        try:
            if to.exists() and not to.is_dir():
                raise CommandError(f"{to} is a file; give a folder.", returncode=2)
            place = to.resolve()
        except (OSError, RuntimeError) as error:  # a name that is too long, a folder that may not be read, links in a circle
            why = error.strerror if isinstance(error, OSError) else "links lead in a circle"
            raise CommandError(f"{to} cannot be a folder: {why}; give another one.", returncode=2) from error
        if owner := next((one for one in targets().values() if place.is_relative_to(one.folder.resolve())), None):
            raise CommandError(f"{to} belongs to the mirror {owner.name}: run `manage.py mirror {owner.name}`.", returncode=2)
        kind = Kind.HTML if profile == HTML else Kind.FOLDER
        shown, gone = Posts(posts or Posts.MARKUP), Withdrawn(withdrawn or Withdrawn.REMOVE)
        return [Target(str(to), to, kind=kind, profile=profile, posts=shown, withdrawn=gone)]
    for option, given in (("--profile", profile), ("--posts", posts), ("--withdrawn", withdrawn)):
        if given:
            raise CommandError(f"{option} goes with --to DIR; the settings say it of a mirror that has a name.", returncode=2)
    known = targets()
    if unknown := [name for name in names if name not in known]:
        raise CommandError(f'No mirror is called "{unknown[0]}"; the settings have {", ".join(known) or "none"}.', returncode=2)
    if not known:
        raise CommandError(
            "No mirror is set up. Name one in MIRRORS (see README), or give a folder: --to DIR --profile NAME.", returncode=2
        )
    return [known[name] for name in dict.fromkeys(names)] if names else list(known.values())
