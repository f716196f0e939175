"""`manage.py refresh_engagement`: read counts again, and fetch the texts of posts that are shown."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from papers import clock
from papers.access import networks
from papers.access.connections import Sources, sources
from papers.collecting.open_days import tell_unread
from papers.counts.embedding import embed, to_embed
from papers.counts.refreshing_open import refresh_posts
from papers.counts.refreshing_paid import refresh
from papers.management.collecting import told
from papers.models import Tweet
from papers.networks.registry import KINDS
from papers.plurals import counted
from papers.sources.http import SourceError
from papers.sources.left_out import told as unread


class Command(BaseCommand):
    help = (
        "Read the counts of the posts that are due again, then fetch the texts of those that are shown; exits 0 only when all "
        "counts were read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="read every live post now, even if it was read today")

    def handle(self, *args: Any, all: bool, **options: Any) -> None:
        failed = [error for name in networks.on() if (error := self.refresh_open(name, all))]
        self.stdout.writelines(f"{why}\n" for why in networks.off().values())
        with told():
            if networks.paid_is_on():
                self.refresh_paid(all)
            if failed:
                raise failed[-1]

    def refresh_open(self, name: str, all: bool) -> SourceError | None:
        """Refresh the counts of a free network; returns the error if it failed."""
        now, title = clock.now(), KINDS[name].title
        of_network = Tweet.objects.of_open_networks().filter(network=name)
        due = of_network.live() if all else of_network.due(now=now)
        try:
            with networks.opened(name) as network:
                done = refresh_posts(network, due.order_by("-posted_at"), now=now)
            tell_unread(name, done.unreadable, now=now)
        except SourceError as error:
            self.stderr.write(f"{title}: {error}")
            return error
        self.stdout.write(f"{title}: {done}.")
        if done.unreadable:
            self.stderr.write(f"{title}: {counted(len(done.unreadable), 'post')} could not be read: {unread(done.unreadable)}.")
        return None

    def refresh_paid(self, all: bool) -> None:
        now = clock.now()
        due = Tweet.objects.readable().live().order_by("-posted_at") if all else Tweet.objects.due_for_refresh(now=now)
        tweets = list(due.only("status_id", "state"))
        with sources() as opened:
            with tqdm(total=len(tweets), unit=" posts", disable=None, leave=False) as bar:
                done = refresh(tweets, now=now, sources=opened, progress=lambda read: bar.update(read - bar.n))
            self.stdout.write(f"Posts: {done}.")
            self.embed(opened)

    def embed(self, opened: Sources) -> None:
        """Fetch texts. A text that fails now is reported but fails nothing: it will be tried again."""
        now = clock.now()
        tweets = to_embed(now)
        try:
            with tqdm(total=len(tweets), unit=" texts", disable=None, leave=False) as bar:
                done = embed(tweets, now=now, sources=opened, progress=lambda fetched: bar.update(fetched - bar.n))
        except SourceError as error:
            self.stderr.write(f"Some posts' texts weren't fetched: {error} The next run tries again.")
        else:
            self.stdout.write(f"Texts: {done.stored:,} fetched, {done.gone:,} gone, {done.failed:,} failed.")
