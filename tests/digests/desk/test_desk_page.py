"""The desk's page and its poll."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.models import Digest, Dismissal
from papers.models import CollectionDay, Mention, Paper, PaperMeasurement, Tweet
from tests.digests.desk.conftest import DAY, NOW, READ, make_candidate
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
MOST_QUERIES = 25


def page(client: Client, query: str = "") -> object:
    response = client.get(f"/admin/desk/{DAY}/{query}")
    assert response.status_code == 200
    return response.context["desk"]


def test_page_takes_a_constant_number_of_queries(ann: Client, collected: CollectionDay) -> None:
    counts = []
    for size in (10, 1000):
        add_candidates(size)
        client_page = f"/admin/desk/{DAY}/"
        with CaptureQueriesContext(connection) as queries:
            assert ann.get(client_page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


def add_candidates(size: int) -> None:
    """A list of ten with tweets of every kind, and so many candidates."""
    Digest.objects.all().delete()
    Mention.objects.all().delete()
    Paper.objects.all().delete()
    papers = [make_candidate(60 + n) for n in range(10)]
    Paper.objects.bulk_create(
        Paper(arxiv_id=f"2611.{n:05}", title=f"Paper {n}", authors=["A"], listing_date=DAY) for n in range(size)
    )
    PaperMeasurement.objects.bulk_create(
        PaperMeasurement(paper=paper, read_at=READ, provenance="network", retweets=1, favorites=2) for paper in papers
    )
    digest = make_digest(DAY, status=Digest.Status.DRAFT, published_at=None)
    other = make_paper()
    for paper in [*papers[:9], other]:
        make_entry(digest, paper, make_tweet(paper))
    Dismissal.objects.create(day=DAY, paper=papers[9], at=NOW)
    assert Tweet.objects.count()
