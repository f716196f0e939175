"""What the collecting commands share: days as arguments, progress bars, errors in one sentence."""

import contextlib
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from papers import clock
from papers.models import CollectionDay
from papers.plurals import counted
from papers.sources.http import SourceError

ARXIV_BEGAN = date(1991, 8, 14)


def add_date(parser: CommandParser, name: str, **options: object) -> None:
    parser.add_argument(name, type=day, metavar="YYYY-MM-DD", **options)  # type: ignore[arg-type]


def day(text: str) -> date:
    """For argparse."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        raise ArgumentTypeError(f"invalid day {text!r}: write it as YYYY-MM-DD, for example {today()}") from None


def a_path(given: str) -> Path:
    """For argparse: a variable of a script may be empty."""
    if not given.strip() or "\0" in given:
        raise ArgumentTypeError("expected a file or a folder (. for this one)")
    return Path(given)


def today() -> date:
    """Today's UTC date: the listing day that arXiv announced last or is about to announce."""
    return clock.now().astimezone(UTC).date()


def past_or_today(day: date | None) -> date:
    """The day that was asked for, or today."""
    if day and day < ARXIV_BEGAN:
        raise CommandError(f"{day} is before arXiv began; give a day from {ARXIV_BEGAN} on.")
    if day and day > today():
        raise CommandError(f"{day} is in the future; give a day up to {today()} (UTC).")
    return day or today()


@contextlib.contextmanager
def told() -> Iterator[None]:
    """End the command with what a source said, in one sentence that names the setting to check."""
    try:
        yield
    except SourceError as error:
        text, setting = str(error), getattr(error, "setting", "")
        raise CommandError(text if setting in text else f"{text} Check {setting}.") from error


@contextlib.contextmanager
def progress_bar(unit: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on stderr if that is a terminal."""
    with tqdm(unit=f" {unit}", disable=None, leave=False) as bar:

        def show(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def summary(day: CollectionDay) -> str:
    """The day in one line."""
    announced = f"{day.found_new:,}" if day.expected_new is None else f"{day.found_new:,} of {day.expected_new:,}"
    papers = "paper" if (day.found_new if day.expected_new is None else day.expected_new) == 1 else "papers"
    return f"{day}. {announced} new {papers}, {counted(day.tweets_found, 'post')}. {day.reason}".rstrip()
