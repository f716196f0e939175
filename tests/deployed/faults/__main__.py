"""Prints what each fault cost, and fails where one was not survived."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.deployed.faults import disks, load, machines, processes, small, stores
from tests.deployed.faults.suffering import BACK_WITHIN_S, HEAD, Faults, NotSurvived
from tests.deployed.machine import Alerts, machine, until
from tests.deployed.rehearsal import (
    DAYS,
    PAPERS_A_DAY,
    TWEETS_A_DAY,
    collect_and_publish,
    past_listing_days,
    say,
    web_ready,
)
from tests.standins.running import services

ALL = {
    "kills": processes.kills,
    "lost_machine": processes.lost_machine,
    "redis": stores.redis_away,
    "postgres": stores.postgres_away,
    "failover": stores.failover,
    "disk": disks.full_mirror,
    "var_disk": small.full_var,
    "load": load.ten_times,
    "migration": load.migration,
    "clocks": machines.clocks,
    "network": machines.network,
    "poison": processes.poisoned,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", default=list(ALL), help=f"of {', '.join(ALL)}")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a new folder for all of it, with every log, kept afterwards")
    options = parser.parse_args()
    chosen = options.faults
    if unknown := set(chosen) - set(ALL):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(ALL)}")
    folder = options.keep or Path(tempfile.mkdtemp(prefix="hotpapers-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL's user has to get in
    days = past_listing_days(datetime.now(UTC).date())
    began = {"first_day": days[0], "days": DAYS, "papers_a_day": PAPERS_A_DAY, "tweets_a_day": TWEETS_A_DAY}
    with services(lambda: datetime.now(UTC), **began) as made, Alerts() as alerts:  # type: ignore[arg-type]
        settings = made.environment() | {"ARXIV_REQUEST_INTERVAL": "0.1", "OEMBED_REQUEST_INTERVAL": "0.05"}
        with machine(folder, settings | {"ALERT_WEBHOOKS": f"slack+{alerts.url}/hook"}) as on:
            on.start()
            until(lambda: len(web_ready(on)) == 2, 120, "both web servers are ready")
            page = collect_and_publish(on, days)
            on.manage("publish_digest", str(days[0]), "--despite-findings")  # this one comes and goes; the other one is read
            faults = Faults(on, made, alerts, page, str(days[0]))
            until(faults.all_run, BACK_WITHIN_S, "all runs")
            until(faults.is_settled, BACK_WITHIN_S, "nothing new is collected")  # the follower may still read the last hours
            try:
                for name in chosen:
                    ALL[name](faults)
            except (NotSurvived, RuntimeError, TimeoutError, subprocess.CalledProcessError) as error:
                say(f"Not survived: {error}\nLogs are in {folder}; alerts: {alerts.texts[-3:]}")
                return 1
            finally:
                for row in [HEAD, ["---"] * len(HEAD), *faults.rows]:
                    print("| " + " | ".join(row) + " |")
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
    sys.exit(main())
