"""Counts read again by one worker and by two, at a source that takes half a second: how much the second one is worth.

Real workers on PostgreSQL and Redis; the stand-in of X answers late, as sources do, and notes when it was asked. A task is one
question about 100 posts and the history of their counts. The database is the limit from some number of workers on: `--workers 8`.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.deployed.machine import Machine, machine, until
from tests.deployed.rehearsal import past_listing_days, say
from tests.standins.running import Services, services
from tests.standins.serving import Reply, Request

LEAST = 1.8
TASKS, POSTS_A_TASK = 60, 100
ANSWER_S = 0.5
POSTS = "Tweet.objects.filter(network='x').order_by('pk').values_list('pk', flat=True)"
SEND = f"""
from papers.models import Tweet
from papers.tasks import refresh_tweets
every = list({POSTS}[:{POSTS_A_TASK}])
for _ in range({TASKS}): refresh_tweets.delay(every)
"""
RUNNING = "from hotpapers_site.models import Heartbeat; print(Heartbeat.objects.filter(queues='collecting').count())"


def slow_down(made: Services) -> list[float]:
    """Let X take its time; return the moments at which it is asked, which grow."""
    asked, answer = list[float](), made.x.answer

    def late(request: Request) -> Reply:
        asked.append(time.monotonic())
        return replace(answer(request), stall_s=ANSWER_S)

    made.x.answer = late  # type: ignore[method-assign]
    return asked


def tasks_a_second(on: Machine, asked: list[float], workers: int) -> float:
    for number in range(workers):
        name = f"worker collecting {number}"
        on.commands[name] = [part.replace("collecting@a", f"collecting@{number}") for part in on.commands["worker collecting a"]]
        on.start(name)
    until(lambda: on.manage("shell", "-v", "0", "-c", RUNNING).strip().endswith(str(workers)), 120, f"{workers} workers run")
    asked.clear()
    on.manage("shell", "-v", "0", "-c", SEND)
    until(lambda: len(asked) >= TASKS, 600, f"{TASKS} tasks by {workers}")
    return (TASKS - 1) / (asked[TASKS - 1] - asked[0])


def measure(on: Machine, made: Services, most: int) -> int:
    on.start("redis")
    day = past_listing_days(datetime.now(UTC).date(), 1)[0]
    on.manage("collect_papers", "--date", str(day))
    on.manage("collect_tweets", "--date", str(day))
    asked = slow_down(made)
    figures = {workers: tasks_a_second(on, asked, workers) for workers in sorted({1, 2, most})}
    for workers, rate in figures.items():
        print(f"{workers} worker{'' if workers == 1 else 's'}: {rate:5.2f} tasks/s, {rate / figures[1]:.2f} x one worker's")
    ratio = figures[2] / figures[1]
    say(f"From one worker to two: {ratio:.2f} x (at least {LEAST:g})")
    return int(ratio < LEAST)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench workers")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="measure also with N (default 2)")
    most = parser.parse_args().workers
    folder = Path(tempfile.mkdtemp(prefix="hotpapers-workers-"))
    folder.chmod(0o755)  # PostgreSQL's user has to get in
    [day] = past_listing_days(datetime.now(UTC).date(), 1)
    began = {"first_day": day, "days": 1, "papers_a_day": 20, "tweets_a_day": 300}
    with services(lambda: datetime.now(UTC), **began) as made:  # type: ignore[arg-type]
        settings = made.environment() | {
            "ARXIV_REQUEST_INTERVAL": "0.1",
            "X_DAILY_READS": "1000000",
            "X_MONTHLY_READS": "1000000",
        }
        with machine(folder, settings) as on:
            status = measure(on, made, most)
    subprocess.run(["rm", "-rf", str(folder)], check=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
