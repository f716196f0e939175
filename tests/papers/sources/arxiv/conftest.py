"""arXiv's stand-in, and a client that asks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from papers.sources import http
from papers.sources.arxiv.client import ArxivClient
from tests.papers.sources.arxiv.reading_arxiv import reader
from tests.standins.arxiv import ArxivStandin
from tests.standins.world import World


@pytest.fixture
def standin() -> Iterator[ArxivStandin]:
    with ArxivStandin(World()) as server:
        yield server


@pytest.fixture(scope="module")
def full_world() -> World:
    """A thousand new papers a day; by Friday there are more than 2,000 entries."""
    return World(papers_a_day=1000)


@pytest.fixture
def arxiv(standin: ArxivStandin, tmp_path: Path) -> Iterator[ArxivClient]:
    with http.client() as client:
        yield reader(client, standin, tmp_path)
