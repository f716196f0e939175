"""No answer tells a stranger that there is a draft: nothing that it says, no header, and no work that it takes."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.models import Digest
from papers.models import CollectionDay, Paper
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)
AT = datetime(2021, 5, 12, 20, tzinfo=UTC)
ID = "2105.99999"
HIDDEN: dict[str, dict[str, Any]] = {
    "draft": {"status": Digest.Status.DRAFT},
    "scheduled": {"status": Digest.Status.DRAFT, "publish_at": datetime(2099, 1, 1, tzinfo=UTC), "publish_zone": "UTC"},
    "held": {"status": Digest.Status.DRAFT, "is_held": True},
    "withdrawn before readers saw it": {"status": Digest.Status.WITHDRAWN},
}
ADDRESSES = [
    *(f"/posts/hot-papers-{DAY}{form}" for form in ("", "/", ".md", ".png")),
    *(f"/papers/{ID}{form}" for form in ("", ".png", ".bib", ".ris", ".csl.json", "v1", "/")),
    *("/", "/archive", "/archive/2021", "/archive/2021/05", "/days", f"/days/{DAY}", "/rising", "/hottest/ever", "/hottest/2021-05"),
    *("/rss.xml", "/feed.atom", "/feed.json", "/weekly.atom", "/weekly.json", "/papers.atom", "/papers.json", "/papers.bib"),
    *(f"/papers{form}?period={DAY}" for form in ("", ".atom", ".json", ".bib", ".ris", ".csl.json")),
    *("/papers", "/categories/cs.CV", "/authors/zoe-example", "/papers?category=cs.CV", "/papers.json?category=cs.CV"),
    *("/search?q=unicorn", "/search?q=unicorn&in=posts", f"/search?q={ID}", "/search?q=zoe", "/search/suggest?q=unicor"),
    *("/sitemap.xml", "/sitemap-pages.xml", "/sitemap-2021-05.xml", "/export.zip"),
]  # fmt: skip


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    content: bytes
    queries: int


def answers(client: Client) -> dict[str, Answer]:
    """By address: what is said, and how many queries it took."""
    found = {}
    with time_machine.travel(AT, tick=False):
        for address in ADDRESSES:
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
                content = answer.getvalue()
            headers = dict(answer.headers)
            if address == "/export.zip":
                del headers["ETag"]  # another one after whatever is written: a reading of counts, a paper that nobody lists
            found[address] = Answer(answer.status_code, headers, content, len(queries))
    return found


def differing(before: dict[str, Answer], after: dict[str, Answer]) -> dict[str, list[Any]]:
    """By address: the parts of the answers that differ, before and after."""
    return {
        address: [pair for pair in zip(old, after[address], strict=True) if pair[0] != pair[1]]
        for address, old in before.items()
        if old != after[address]
    }


def a_paper(**fields: Any) -> Paper:
    paper = make_paper(arxiv_id=ID, title="A unicorn", listing_date=DAY, authors=["Zoe Example"], categories=("cs.CV",), **fields)
    make_tweet(paper, body_html="A unicorn indeed", author_name="Zoe")
    return paper


def hide(paper: Paper, fields: dict[str, Any]) -> None:
    make_entry(make_digest(DAY, intro="Unicorns", published_at=None, **fields), paper, *paper.tweets.all())
    index_changed()
    render_changed()


def published_elsewhere() -> None:
    """Something that readers may see, of another day."""
    make_digest(date(2020, 3, 4), papers=1)
    index_changed()
    render_changed()


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_paper_that_stands_in_a_draft_alone_looks_like_none(client: Client, fields: dict[str, Any]) -> None:
    published_elsewhere()
    nothing = answers(client)

    hide(a_paper(listing_source=Paper.ListingSource.POST), fields)

    assert differing(nothing, answers(client)) == {}


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_collected_day_with_a_draft_looks_like_one_without(client: Client, fields: dict[str, Any]) -> None:
    published_elsewhere()
    CollectionDay.objects.create(date=DAY, state=CollectionDay.State.COMPLETE, papers_done_at=AT)
    paper = a_paper(listing_source=Paper.ListingSource.FEED)
    index_changed()
    render_changed()
    without = answers(client)

    hide(paper, fields)

    assert differing(without, answers(client)) == {}


def test_a_day_looks_the_same_to_somebody_who_is_signed_in_and_may_not_see_drafts() -> None:
    reader = make_client(make_user())
    nothing = answers(reader)

    hide(a_paper(listing_source=Paper.ListingSource.POST), HIDDEN["draft"])

    assert differing(nothing, answers(reader)) == {}
