"""Generated stories of Hacker News and daily papers of Hugging Face about given papers, whose counts follow the world's clock."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from tests.standins.hackernews import Story
from tests.standins.huggingface import DailyPaper
from tests.standins.tweets import LISTINGS, NEVER

FIRST_ID = 91_000_000
URLS = (
    "https://arxiv.org/abs/{id}",
    "https://arxiv.org/pdf/{id}",
    "http://arxiv.org/pdf/{id}v1.pdf",
    "https://www.alphaxiv.org/abs/{id}",
    "https://hf.co/papers/{id}",
)


class WorldStory(Story):
    """A story that follows the world's clock: its points and comments, and whether it was deleted or killed."""

    def __init__(self, id: int, posted_at: datetime, url: str | None, paper: str, now: Callable[[], datetime], peak: int) -> None:
        self.paper, self.now, self.peak = paper, now, peak
        self.ends_at, self.is_killed = NEVER, False
        super().__init__(id, posted_at, url, title=f"Synthetic story {id} <about> a paper", author=f"reader_{id % 50}")

    def counted(self, at: datetime) -> dict[str, int]:
        """No points are told of the first ten minutes."""
        share = 1 - 2 ** (-max(0.0, (at - self.posted_at) / timedelta(hours=4)))
        comments = {"comments": int(self.peak * share) // 3}
        return comments if at - self.posted_at < timedelta(minutes=10) else {"points": 1 + int(self.peak * share), **comments}

    def is_live(self, at: datetime) -> bool:
        return at < self.ends_at

    def _ignore(self, value: object) -> None:
        """The clock says it."""

    points = property(lambda self: self.counted(self.now()).get("points"), _ignore)
    comments = property(lambda self: self.counted(self.now())["comments"], _ignore)
    deleted = property(lambda self: not self.is_killed and self.now() >= self.ends_at, _ignore)
    dead = property(lambda self: self.is_killed and self.now() >= self.ends_at, _ignore)


class WorldDailyPaper(DailyPaper):
    """A daily paper whose upvotes and comments follow the world's clock."""

    def __init__(self, arxiv_id: str, listed_at: datetime, now: Callable[[], datetime], peak: int, *, moved: bool) -> None:
        self.now, self.peak = now, peak
        super().__init__(arxiv_id, listed_at, moved=moved)

    def counted(self, at: datetime) -> dict[str, int]:
        share = 1 - 2 ** (-max(0.0, (at - self.listed_at) / timedelta(hours=10)))
        return {"upvotes": 1 + int(self.peak * share), "comments": int(self.peak * share) // 12}

    def _ignore(self, value: object) -> None:
        """The clock says it."""

    upvotes = property(lambda self: self.counted(self.now())["upvotes"], _ignore)
    comments = property(lambda self: self.counted(self.now())["comments"], _ignore)


def stories(
    listings: Iterable[tuple[str, date]], now: Callable[[], datetime], *, per_day: int, seed: int = 0
) -> list[WorldStory]:
    """So many a listing day, oldest first: several about some papers, and some about none."""
    draw = random.Random(seed)
    made: list[WorldStory] = []
    for day, papers in _by_day(listings):
        for number in range(per_day):
            paper = draw.choice(papers[: max(1, per_day // 2)])
            posted_at = datetime.combine(day, time(), UTC) + timedelta(hours=2 + min(draw.expovariate(1 / 12), 90))
            url = LISTINGS[0] if number % 9 == 8 else URLS[number % len(URLS)].format(id=paper)
            peak = min(int(4 * draw.paretovariate(0.8)), 900)
            id = FIRST_ID + len(made)
            story = WorldStory(id, posted_at.replace(microsecond=0), url, "" if number % 9 == 8 else paper, now, peak)
            if number % 11 == 3:
                story.ends_at, story.is_killed = story.posted_at + timedelta(hours=draw.randrange(3, 40)), number % 2 == 0
            made.append(story)
    return sorted(made, key=lambda story: story.posted_at)


def daily_papers(
    listings: Iterable[tuple[str, date]], now: Callable[[], datetime], *, per_day: int, seed: int = 0
) -> list[WorldDailyPaper]:
    """So many of a listing day's papers, listed there on the day itself or up to two days later."""
    draw = random.Random(seed)
    made: list[WorldDailyPaper] = []
    for day, papers in _by_day(listings):
        for number, paper in enumerate(draw.sample(papers, min(per_day, len(papers)))):
            listed_at = datetime.combine(day, time(), UTC) + timedelta(
                days=draw.choice((0, 1, 1, 2)), seconds=draw.randrange(3600, 80_000)
            )
            peak = min(int(5 * draw.paretovariate(0.9)), 600)
            made.append(WorldDailyPaper(paper, listed_at, now, peak, moved=number % 3 == 0))
    return made


def _by_day(listings: Iterable[tuple[str, date]]) -> list[tuple[date, list[str]]]:
    grouped = groupby(sorted(listings, key=lambda listing: listing[1]), key=lambda listing: listing[1])
    return [(day, [paper for paper, _ in of_day]) for day, of_day in grouped]
