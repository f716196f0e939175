"""The stand-ins together, over one world whose clock runs by itself."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.standins.arxiv import ArxivStandin
from tests.standins.bluesky import PASSWORD, BlueskyStandin
from tests.standins.bluesky_embed import BlueskyEmbedStandin
from tests.standins.bluesky_world import BlueskyWorld
from tests.standins.embed import EmbedStandin
from tests.standins.hackernews import HackerNewsStandin
from tests.standins.huggingface import HuggingFaceStandin
from tests.standins.jetstream import JetstreamStandin
from tests.standins.listed_world import daily_papers, stories
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
    skies: BlueskyWorld
    arxiv: ArxivStandin
    x: XStandin
    oembed: OEmbedStandin
    embed: EmbedStandin
    bluesky_embed: BlueskyEmbedStandin
    bluesky: BlueskyStandin
    streams: tuple[JetstreamStandin, JetstreamStandin]
    hackernews: HackerNewsStandin
    huggingface: HuggingFaceStandin

    def environment(self) -> dict[str, str]:
        """What the product has to be told to use them, with a key for each service that has one."""
        return self.keyless() | {
            "X_BEARER_TOKEN": self.x.bearer_token,
            "BLUESKY_HANDLE": self.bluesky.handle,
            "BLUESKY_APP_PASSWORD": PASSWORD,
        }

    def keyless(self) -> dict[str, str]:
        """The same without any key."""
        bases = {f"ARXIV_{name}_BASE": self.arxiv.url for name in ("API", "RSS", "WEB")}
        bases |= {"X_API_BASE": self.x.url, "OEMBED_BASE": self.oembed.url, "X_EMBED_BASE": self.embed.url}
        bases |= {f"HACKERNEWS_{name}_BASE": self.hackernews.url for name in ("API", "ITEM")}
        return bases | {
            "BLUESKY_API_BASE": self.bluesky.url,
            "BLUESKY_EMBED_BASE": self.bluesky_embed.url,
            "BLUESKY_STREAM": ",".join(stream.url for stream in self.streams),
            "HUGGINGFACE_API_BASE": self.huggingface.url,
            "NETWORKS": "x,bluesky,hackernews,huggingface",
        }


@contextlib.contextmanager
def services(
    clock: Callable[[], datetime], *, first_day: date, days: int, papers_a_day: int, tweets_a_day: int
) -> Iterator[Services]:
    """A world of so many listing days, on local servers: so many posts a day on X, a fifth on Bluesky, a few elsewhere."""
    world = RunningWorld(clock, first_day=first_day, days=days, papers_a_day=papers_a_day)
    announced = [
        (paper.arxiv_id, day) for day in world.days for paper in world.announced(day, ARCHIVES)["new"] if paper.listed_on == day
    ]
    tweets = Tweets(announced, now=clock, per_day=tweets_a_day)
    skies = BlueskyWorld(announced, now=clock, per_day=tweets_a_day // 5)
    with contextlib.ExitStack() as servers:
        start = servers.enter_context
        made = Services(
            world,
            tweets,
            skies,
            start(ArxivStandin(world)),
            start(XStandin(tweets)),
            start(OEmbedStandin(tweets)),
            start(EmbedStandin()),
            start(BlueskyEmbedStandin()),
            start(BlueskyStandin(clock)),
            (start(JetstreamStandin(clock, timetable=skies.events)), start(JetstreamStandin(clock, timetable=skies.events))),
            start(HackerNewsStandin(clock)),
            start(HuggingFaceStandin(clock)),
        )
        for stream in made.streams:
            # By a fast clock 36 hours are over before a busy machine has started a process.
            stream.lookback = timedelta(days=30)
        made.bluesky.add(*skies.posts)
        made.hackernews.add(*stories(announced, clock, per_day=min(30, papers_a_day)))
        made.huggingface.add(*daily_papers(announced, clock, per_day=min(60, papers_a_day // 2)))
        yield made
