"""Lists of the admin: paged by keys, sorted, filtered and searched by indexes, never counted."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from papers.admin import papers as papers_admin
from papers.admin.lists import PagedAdmin, estimated_count
from papers.models import CollectionDay, PaidRead, Paper, ReadBudget, Tweet
from papers.search.index import index_changed
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_paper, make_tweet

pytestmark = pytest.mark.django_db
PAPERS = "/admin/papers/paper/"
TWEETS = "/admin/papers/tweet/"
LISTS = {model: one for model, one in admin.site._registry.items() if isinstance(one, PagedAdmin)}


def address(model: type[Model]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


@pytest.fixture
def editor() -> Client:
    return make_client(make_user(group="Editor"))


@pytest.fixture
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PagedAdmin, "list_per_page", 3)


@pytest.fixture
def eight_papers() -> list[str]:
    """Their ids, in the order of the list: the newest day first, two a day."""
    days = [date(2021, 5, 12) - timedelta(n // 2) for n in range(8)]
    return [make_paper(arxiv_id=f"2105.{n:05}", listing_date=day).arxiv_id for n, day in enumerate(days)]


def shown(client: Client, query: str = "", at: str = PAPERS) -> tuple[list[str], dict[str, str]]:
    """The ids on a page, and the links to other pages."""
    changes = client.get(at + query).context["cl"]
    return [getattr(row, "arxiv_id", row.pk) for row in changes.result_list], {page.title: page.address for page in changes.pages}


def walk(client: Client, query: str, direction: str) -> Iterator[list[str]]:
    ids, links = shown(client, query)
    yield ids
    while direction in links:
        ids, links = shown(client, links[direction])
        yield ids


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_order_of_each_list_is_total(model: type[Model]) -> None:
    last = str((LISTS[model].ordering or [""])[-1]).removeprefix("-")
    last = model._meta.pk.name if last == "pk" else last

    field: Any = model._meta.get_field(last)
    assert field.unique or any([field.name] == list(rule.fields) for rule in model._meta.constraints if hasattr(rule, "fields"))


@pytest.mark.usefixtures("pages_of_three")
def test_pages_follow_each_other_without_gap_or_overlap(editor: Client, eight_papers: list[str]) -> None:
    first, second, third = eight_papers[:3], eight_papers[3:6], eight_papers[6:]

    assert list(walk(editor, "", "Next")) == [first, second, third]
    assert list(walk(editor, "?p=last", "Previous")) == [eight_papers[5:], eight_papers[2:5], first]


@pytest.mark.usefixtures("pages_of_three")
@pytest.mark.parametrize(("query", "descending"), [("?o=1", False), ("?o=-1", True), ("?o=4", False), ("?o=-4", True)])
def test_sorted_pages_follow_each_other(editor: Client, eight_papers: list[str], query: str, descending: bool) -> None:
    column = "arxiv_id" if query.endswith("1") else "listing_date"
    sign = "-" if descending else ""
    wanted = list(Paper.objects.order_by(f"{sign}{column}", f"{sign}pk").values_list("arxiv_id", flat=True))

    assert list(chain.from_iterable(walk(editor, query, "Next"))) == wanted


@pytest.mark.usefixtures("pages_of_three")
def test_rows_that_come_meanwhile_shift_no_page(editor: Client, eight_papers: list[str]) -> None:
    _, links = shown(editor)
    make_paper(arxiv_id="2106.00001", listing_date=date(2021, 6, 1))

    second, back = shown(editor, links["Next"])

    assert second == eight_papers[3:6]
    assert shown(editor, back["Previous"])[0] == eight_papers[:3]


@pytest.mark.usefixtures("pages_of_three")
@pytest.mark.parametrize(
    "query", ["?p=after-999999999", "?p=before-999999999", "?p=after-x", "?p=7", "?p=", "?o=99", "?o=x", "?o=2"]
)
def test_page_or_order_that_is_none_shows_the_first_page(editor: Client, eight_papers: list[str], query: str) -> None:
    assert shown(editor, query)[0] == eight_papers[:3]


@pytest.mark.usefixtures("pages_of_three")
def test_filters_and_searches_go_with_the_pages(editor: Client) -> None:
    for n in range(8):
        make_paper(title=f"Graphs {n}" if n % 2 else f"Trees {n}", categories=("cs.CV",) if n > 1 else ("cs.LG",))
    index_changed()

    found = list(chain.from_iterable(walk(editor, "?q=graphs&category=cs.CV", "Next")))

    assert found == list(Paper.objects.filter(title__startswith="Graphs")[1:].values_list("arxiv_id", flat=True))


@pytest.mark.parametrize("few", [1, 100])
def test_category_finds_the_same_papers_be_it_rare_or_common(editor: Client, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(papers_admin, "FEW", few)
    wanted = [make_paper(categories=("cs.CV", "cs.LG")).arxiv_id for _ in range(3)]
    make_paper(categories=("stat.ML",))

    assert shown(editor, "?category=cs.CV")[0] == wanted


def test_papers_whose_newer_version_waits_are_found(editor: Client) -> None:
    newer = {"version": 2, "title": "N", "abstract": "", "authors": [], "categories": ["cs.LG"]}
    paper = make_paper(newer=newer)
    make_paper()

    assert shown(editor, "?newer=waits")[0] == [paper.arxiv_id]


def rows() -> None:
    """Some of everything that has a list."""
    digest = make_digest(papers=2)
    make_tweet(make_paper(), state="deleted", is_excluded=True)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    CollectionDay.objects.create(date=digest.date, state="partial", found_new=1, expected_new=2)
    ReadBudget.objects.create(period="2026-11-20", reads=100)
    for _ in range(2):
        PaidRead.objects.create(at=now, purpose="root", reserved=100)


SLOW = re.compile("OFFSET|DISTINCT|TRUNC|COUNT\\(", re.IGNORECASE)
BOUNDED = re.compile("COUNT\\(.*LIMIT [0-9]+\\)|COUNT\\(U0")
"""A count of so many rows at most, or of those that belong to one row of the page."""
QUERIES = [
    "?", "?p=last", "?p=after-1", "?o=1", "?q=lab", "?category=cs.LG", "?newer=waits", "?state__exact=deleted",
    "?is_excluded__exact=1", "?purpose__exact=root", "?status__exact=draft", "?_facets",
]  # fmt: skip


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_no_list_counts_or_skips_rows(model: type[Model]) -> None:
    editor = make_client(make_user(is_superuser=True))
    rows()

    with CaptureQueriesContext(
        connection,
    ) as captured:
        answers = [editor.get(address(model) + query).status_code for query in QUERIES]

    assert set(answers) <= {200, 302}  # 302 where the list has no such filter
    assert answers[:3] == [200, 200, 200]
    slow = [query["sql"] for query in captured if SLOW.search(query["sql"]) and not BOUNDED.search(query["sql"])]
    assert slow == []


@pytest.mark.parametrize("field", [("entry", "paper"), ("showntweet", "tweet")])
@pytest.mark.parametrize("term", ["", "2105", "lab"])
def test_no_autocomplete_counts_all_rows(editor: Client, field: tuple[str, str], term: str) -> None:
    rows()

    with CaptureQueriesContext(connection) as captured:
        asked = {"app_label": "digests", "model_name": field[0], "field_name": field[1], "term": term}
        answer = editor.get("/admin/autocomplete/", asked)

    assert answer.status_code == 200
    counts = [query["sql"] for query in captured if "COUNT(*)" in query["sql"]]
    assert all(re.search("LIMIT 1000\\)", count) for count in counts)


def test_autocomplete_finds_papers_page_by_page(editor: Client) -> None:
    for n in range(25):
        make_paper(arxiv_id=f"2105.{n:05}")

    asked = {"app_label": "digests", "model_name": "entry", "field_name": "paper", "term": "2105.0"}
    pages = [editor.get("/admin/autocomplete/", asked | {"page": page}).json() for page in (1, 2)]

    assert [len(page["results"]) for page in pages] == [20, 5]
    assert [page["pagination"]["more"] for page in pages] == [True, False]


def test_days_lead_to_years_months_and_days(editor: Client) -> None:
    for day in (date(2020, 11, 3), date(2021, 1, 30), date(2021, 2, 2)):
        make_paper(listing_date=day)

    def days(query: str) -> tuple[str | None, list[str]]:
        back, links = editor.get(PAPERS + query).context["cl"].days
        return back and back.title, [link.title for link in links]

    assert days("") == (None, ["2020", "2021"])
    assert days("?listing_date__year=2021") == ("All dates", ["January 2021", "February 2021"])
    assert days("?listing_date__year=2021&listing_date__month=2") == ("2021", ["1", "2"])
    assert days("?listing_date__year=2021&listing_date__month=1&listing_date__day=30")[0] == "January 2021"
    assert len(shown(editor, "?listing_date__year=2021&listing_date__month=1")[0]) == 1
    assert len(shown(editor, "?listing_date__year=2021&listing_date__month=1&listing_date__day=30")[0]) == 1
    assert editor.get(PAPERS + "?listing_date__year=2021&listing_date__month=13").status_code == 404


def test_empty_list_has_no_days_and_no_pages(editor: Client) -> None:
    changes = editor.get(TWEETS).context["cl"]

    assert (changes.days, changes.pages, changes.size) == ((None, []), [], "0 posts")


@pytest.mark.usefixtures("pages_of_three")
def test_size_is_told_as_far_as_it_is_known(editor: Client, eight_papers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papers.admin.lists.estimated_count", lambda model: 1_000_000)

    def size(query: str) -> str:
        return str(editor.get(PAPERS + query).context["cl"].size)

    assert size("") == "3 papers on this page, about 1,000,000 in all"
    assert size("?category=cs.LG") == "3 papers on this page"
    assert size("?listing_date__year=2021&listing_date__month=5&listing_date__day=12") == "2 papers"


def test_estimate_needs_no_count(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        make_tweet()

    with django_assert_num_queries(1) as captured:
        about = estimated_count(Tweet)

    assert "COUNT" not in captured.captured_queries[0]["sql"]
    assert about >= (3 if connection.vendor == "sqlite" else 0)


def test_an_action_never_reaches_beyond_the_ticked_rows(editor: Client) -> None:
    ticked, other = make_tweet(), make_tweet()

    data = {"action": "exclude_selected", "_selected_action": [ticked.pk], "select_across": "1", "index": "0"}
    page = editor.post(TWEETS, data)

    assert [step.record for step in page.context["steps"]] == [ticked]
    assert Tweet.objects.filter(is_excluded=True).count() == 0
    assert other.pk not in [step.record.pk for step in page.context["steps"]]
