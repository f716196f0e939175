"""`manage.py status`: how the product runs, what is here, what is missing, what comes next, and what needs attention."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from digests.mirror import health
from hotpapers_site.health import report
from papers import clock, collection_report


class Command(BaseCommand):
    help = (
        "Show how processes, queues, days, budgets, readings and sources are; exits 1 when something needs attention "
        "(`acknowledge` says that it may stay so)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print only JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        collected, system = collection_report.report(clock.now()), report.report()
        system_part = {name: system[name] for name in ("troubles", "processes", "queues", "tasks")}
        needs = [one["sentence"] for one in system["troubles"] if not one["acknowledged"]]
        mirrors = health.report()
        found = collected | {"needs": list(dict.fromkeys(needs)), "system": system_part, "mirrors": mirrors}
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join([collection_report.as_text(collected), *health.as_text(mirrors), *_lines(system)]))
        if needs:
            raise CommandError(
                "Something needs attention." if options["json"] else "\n".join(["Something needs attention:", *found["needs"]])
            )


def _lines(system: dict[str, Any]) -> list[str]:
    lines = [
        f"{one['name']}: {'silent' if one['is_late'] else 'running'}, last heard of {one['heard_at']}"
        for one in system["processes"]
    ]
    for name, one in (system["queues"] or {}).items():
        lines.append(f"Queue {name}: {one['waiting']:,} waiting, the oldest for {one['oldest_s']:.0f} s")
    lines += [_told(one) for one in system["troubles"]]
    return lines


def _told(trouble: dict[str, Any]) -> str:
    """Return its key, which `acknowledge` takes, since when it is known, and what it is or why it can stay."""
    told = f"Trouble “{trouble['key']}”" + (f" since {trouble['since']}" if trouble["since"] else "")
    noted = trouble["acknowledged"]
    return f"{told}, acknowledged by {noted['by']}: {noted['reason']}" if noted else f"{told}: {trouble['sentence']}"
