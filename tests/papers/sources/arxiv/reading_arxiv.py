"""An arXiv client on the stand-in, and what the world announced."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx

from papers.sources.arxiv.announcement import Announcement, Counts
from papers.sources.arxiv.client import ArxivClient
from papers.sources.gate import Gate
from tests.standins.arxiv import ArxivStandin
from tests.standins.world import World

SETS = ("cs", "stat.ML")

INTERVAL_S = 0.01
"""20 of them, 0.2 s, are what a minute is at arXiv's 3 s."""


def reader(client: httpx.Client, standin: ArxivStandin, folder: Path, **options: Any) -> ArxivClient:
    gate = Gate("arxiv", INTERVAL_S, folder=folder)
    return ArxivClient(client, gate=gate, api_base=standin.url, rss_base=standin.url, web_base=standin.url, **options)


def truth(world: World, day: date, how: Any, sets: tuple[str, ...] = SETS) -> Announcement:
    """What an announcement of the world says, sorted."""
    kinds = world.announced(day, sets)
    sections = [sorted(paper.arxiv_id for paper in papers) for papers in (kinds["new"], kinds["cross"])]
    replaced = sorted(paper.arxiv_id for paper in kinds["replace"] + kinds["replace-cross"])
    counts = Counts(len(sections[0]), len(sections[1]), len(replaced))
    return Announcement(day, how, tuple(sections[0]), tuple(sections[1]), tuple(replaced), counts)
