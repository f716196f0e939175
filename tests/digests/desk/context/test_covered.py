"""What past lists had of a paper, on its row and in quick look."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from digests.desk.context.covered import covered, ignored_on
from digests.models import IgnoredCoverage
from papers.models import Paper
from tests.digests.desk.conftest import DAY, done, make_candidate, send
from tests.digests.desk.desk_requests import refusal
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
TITLE = "Sparse Attention Without Tears"
A_WEEK_AGO = DAY - timedelta(days=7)


def listed(day: date, *papers: Paper, **fields: Any) -> None:
    digest = make_digest(day, **fields)
    for paper in papers:
        make_entry(digest, paper)


def found(paper: Paper) -> list[tuple[str, str, date]]:
    return [(one.kind, one.arxiv_id, one.day) for one in covered({paper.pk: paper}, DAY, [], ignored_on(DAY)).get(paper.pk, [])]


def marks(client: Client, paper: Paper, column: str = "c") -> list[str]:
    page: Any = html.document_fromstring(client.get(f"/admin/desk/{DAY}/").content.decode())
    row = page.get_element_by_id(f"{column}-{paper.arxiv_id}")
    return [" ".join(one.text_content().split()) for one in row.find_class("covered")]


def test_same_paper_a_near_title_and_the_same_authors_are_found() -> None:
    paper = make_paper(title=TITLE, authors=["Ada Éxample", "Bob"], listing_date=DAY)
    near = make_paper(title="Sparse attention without tear", authors=["C"])
    by_ada = make_paper(title="On Lists", authors=["D", "Ada Example"])
    listed(A_WEEK_AGO, paper, near, by_ada)
    listed(DAY - timedelta(days=400), paper)

    assert found(paper) == [
        ("paper", paper.arxiv_id, A_WEEK_AGO),
        ("paper", paper.arxiv_id, DAY - timedelta(days=400)),
        ("title", near.arxiv_id, A_WEEK_AGO),
        ("authors", by_ada.arxiv_id, A_WEEK_AGO),
    ]
    [*_, last] = covered({paper.pk: paper}, DAY, [], ignored_on(DAY))[paper.pk]
    assert (last.names, last.position) == (("Ada Éxample",), 3)


def test_lists_that_readers_do_not_see_and_the_day_itself_cover_nothing() -> None:
    paper = make_paper(title=TITLE, listing_date=DAY)
    for days, status in ((0, "published"), (1, "draft"), (2, "withdrawn")):
        listed(DAY - timedelta(days=days), paper, make_paper(title=TITLE), status=status)
    assert found(paper) == []


def test_authors_are_those_of_thirty_days_and_titles_those_of_a_year() -> None:
    paper = make_paper(title=TITLE, authors=["Ada"], listing_date=DAY)
    for days in (30, 31):
        listed(DAY - timedelta(days=days), make_paper(title=f"By Ada {days}", authors=["Ada"]))
    for days in (365, 366):
        listed(DAY - timedelta(days=days), make_paper(title=TITLE, authors=["B"]))
    assert [(kind, (DAY - day).days) for kind, _, day in found(paper)] == [("title", 365), ("authors", 30)]


def test_a_paper_with_a_near_title_is_not_told_again_for_its_authors() -> None:
    paper = make_paper(title=TITLE, authors=["Ada"], listing_date=DAY)
    listed(A_WEEK_AGO, make_paper(title=TITLE, authors=["Ada"]))
    assert [kind for kind, *_ in found(paper)] == ["title"]


def test_most_authors_in_common_come_first_and_three_are_told() -> None:
    paper = make_paper(title=TITLE, authors=["Ada", "Bob", "Cem"], listing_date=DAY)
    others = [
        make_paper(title=f"{word} thing", authors=names)
        for word, names in {
            "First": ["Bob"],
            "Second": ["Cem", "Bob"],
            "Third": ["Ada"],
            "Fourth": ["Ada"],
            "Fifth": ["Zoe"],
        }.items()
    ]
    listed(A_WEEK_AGO, *others)
    assert [number for _, number, _ in found(paper)] == [others[place].arxiv_id for place in (1, 3, 2)]


def test_row_shows_it_and_ignoring_holds_for_all_editors_and_is_undone(ann: Client, bob: Client, collected: Any) -> None:
    paper = make_candidate(60, title=TITLE, authors=["Ada"])
    listed(A_WEEK_AGO, paper, make_paper(title="Another", authors=["Ada"]))
    assert marks(ann, paper) == ["listed on 13 Nov 2026 + 1 more in quick look Ignore"]
    before = bob.get(f"/admin/desk/{DAY}/").context["desk"].pulse
    key = f"paper:{paper.arxiv_id}:{A_WEEK_AGO}"

    answer = done(ann, "ignore_covered", paper=paper.arxiv_id, covered=key)

    assert answer["said"] == f"“{TITLE}”: ignored what a past list had."
    assert [*answer["rows"]["candidates"]["rows"]] == [paper.arxiv_id]
    assert marks(bob, paper) == ["same author on 13 Nov 2026 Ignore"]
    assert bob.get(f"/admin/desk/{DAY}/state?seen=0&pulse={before}").json()["changed"] is True
    done(bob, "ignore_covered", paper=paper.arxiv_id, covered=key)
    assert IgnoredCoverage.objects.get().by.username == "ann"  # type: ignore[union-attr]
    done(bob, "recall_covered", paper=paper.arxiv_id, covered=key)
    done(bob, "recall_covered", paper=paper.arxiv_id, covered=key)
    assert marks(ann, paper) == ["listed on 13 Nov 2026 + 1 more in quick look Ignore"]


def test_ignoring_is_for_one_day(ann: Client, collected: Any) -> None:
    paper = make_candidate(60)
    listed(A_WEEK_AGO, paper)
    done(ann, "ignore_covered", paper=paper.arxiv_id, covered=f"paper:{paper.arxiv_id}:{A_WEEK_AGO}")
    assert found(paper)[0][0] == "paper"
    tomorrow = covered({paper.pk: paper}, DAY + timedelta(days=1), [], ignored_on(DAY + timedelta(days=1)))[paper.pk]
    assert [one.is_ignored for one in tomorrow] == [False]


def test_listed_papers_are_compared_with_each_other_and_with_past_lists(ann: Client, collected: Any) -> None:
    one, other = make_candidate(90, title=TITLE, authors=["Ada"]), make_candidate(80, title=f"{TITLE}!", authors=["Bob"])
    done(ann, "start")
    assert marks(ann, one, "in") == ["similar to no. 2 Ignore"]
    assert marks(ann, other, "in") == ["similar to no. 1 Ignore"]
    done(ann, "remove", paper=other.arxiv_id, revision=1)
    assert marks(ann, one, "in") == []


def test_quick_look_links_each_and_shows_what_is_ignored(ann: Client, collected: Any) -> None:
    paper = make_candidate(60, title=TITLE, authors=["Ada"])
    other = make_paper(title="<b>On</b> Lists", authors=["Ada"])
    listed(A_WEEK_AGO, paper, other)
    done(ann, "ignore_covered", paper=paper.arxiv_id, covered=f"paper:{paper.arxiv_id}:{A_WEEK_AGO}")

    page: Any = html.document_fromstring(ann.get(f"/admin/desk/{DAY}/look/{paper.arxiv_id}").content.decode())

    [told] = page.find_class("covered-before")
    assert [" ".join(one.text_content().split()) for one in told] == [
        "Featured before: 13 November 2026, 1st of the list Don’t ignore",
        "Ada also wrote <b>On</b> Lists, 2nd of 13 November 2026 Ignore",
    ]
    address = f"/posts/hot-papers-{A_WEEK_AGO}#paper-"
    assert [one.get("href") for one in told.iter("a")] == [address + paper.arxiv_id, address + other.arxiv_id]


WRONG = ["", "paper", "paper:2105.00001:today", "other:2105.00001:2026-11-13", "paper:<b>:2026-11-13"]


def test_only_what_can_be_covered_is_ignored(ann: Client, collected: Any) -> None:
    paper = make_candidate(60)
    for key in WRONG:
        assert refusal(ann, "ignore_covered", paper=paper.arxiv_id, covered=key).endswith("Reload the page.")
    assert not IgnoredCoverage.objects.exists()


def test_who_may_only_look_ignores_nothing(collected: Any) -> None:
    paper = make_candidate(60)
    listed(A_WEEK_AGO, paper)
    viewer = make_client(make_user(group="Viewer"))
    assert send(viewer, "ignore_covered", paper=paper.arxiv_id, covered="x").status_code == 403
    assert marks(viewer, paper) == ["listed on 13 Nov 2026"]


def test_it_takes_four_queries_however_many_papers_and_lists(ann: Client) -> None:
    taken = []
    for size in (3, 60):
        papers = {paper.pk: paper for paper in (make_paper(title=f"Title {n} of {size}") for n in range(size))}
        listed(A_WEEK_AGO - timedelta(days=size), *papers.values())
        with CaptureQueriesContext(connection) as queries:
            covered(papers, DAY, [], ignored_on(DAY))
        taken.append(len(queries))
    assert taken == [4, 4]
