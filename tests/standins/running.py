"""The stand-ins together, over one world whose clock runs by itself."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tests.standins.arxiv import ArxivStandin
from tests.standins.embed import EmbedStandin
from tests.standins.oembed import OEmbedStandin
from tests.standins.tweets import Tweets
from tests.standins.world import World
from tests.standins.x import XStandin

ARCHIVES = ["cs", "stat.ML"]
"""What the product collects where no setting says otherwise."""


class RunningWorld(World):
    """A world that shows what arXiv shows at the moment that its clock gives."""

    def __init__(self, clock: Callable[[], datetime], *, first_day: date, days: int, papers_a_day: int, seed: int = 1) -> None:
        self._clock = clock
        super().__init__(first_day=first_day, days=days, papers_a_day=papers_a_day, seed=seed)

    @property
    def now(self) -> datetime:
        return self._clock()

    @now.setter
    def now(self, moment: datetime) -> None:
        """Ignored: the clock says it."""


@dataclass(frozen=True)
class Services:
    world: RunningWorld
    tweets: Tweets
    arxiv: ArxivStandin
    x: XStandin
    oembed: OEmbedStandin
    embed: EmbedStandin

    def environment(self) -> dict[str, str]:
        """What the product has to be told to use them."""
        bases = {f"ARXIV_{name}_BASE": self.arxiv.url for name in ("API", "RSS", "WEB")}
        bases |= {"X_API_BASE": self.x.url, "OEMBED_BASE": self.oembed.url, "X_EMBED_BASE": self.embed.url}
        return bases | {"X_BEARER_TOKEN": self.x.bearer_token, "NETWORKS": "x"}


@contextlib.contextmanager
def services(
    clock: Callable[[], datetime], *, first_day: date, days: int, papers_a_day: int, tweets_a_day: int
) -> Iterator[Services]:
    """A world of so many listing days, on local servers."""
    world = RunningWorld(clock, first_day=first_day, days=days, papers_a_day=papers_a_day)
    announced = [
        (paper.arxiv_id, day) for day in world.days for paper in world.announced(day, ARCHIVES)["new"] if paper.listed_on == day
    ]
    tweets = Tweets(announced, now=clock, per_day=tweets_a_day)
    with ArxivStandin(world) as arxiv, XStandin(tweets) as x, OEmbedStandin(tweets) as oembed, EmbedStandin() as embed:
        yield Services(world, tweets, arxiv, x, oembed, embed)
