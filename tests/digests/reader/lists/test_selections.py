"""The grammar of selections: what an address says, and what it is told where it says nothing."""

from datetime import date

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from digests.reader.lists.selections import Order, Period, Selection, SelectionError


def parse(query: str) -> Selection:
    return Selection.parse(QueryDict(query))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2021-05-12", date(2021, 5, 12), date(2021, 5, 12)),
        ("2021-W19", date(2021, 5, 10), date(2021, 5, 16)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2021-05", date(2021, 5, 1), date(2021, 5, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020-12", date(2020, 12, 1), date(2020, 12, 31)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2021-05-01..2021-05-15", date(2021, 5, 1), date(2021, 5, 15)),
        ("2021-05-01..", date(2021, 5, 1), None),
        ("..2021-05-15", None, date(2021, 5, 15)),
        ("ever", None, None),
    ],
)
def test_period_has_its_first_and_last_day(text: str, since: date | None, until: date | None) -> None:
    period = Period.parse(text)

    assert (period.text, period.since, period.until, period.days) == (text, since, until, None)


@pytest.mark.parametrize(("text", "days"), [("week", 7), ("month", 30), ("year", 365)])
def test_period_may_end_with_the_newest_day(text: str, days: int) -> None:
    assert Period.parse(text) == Period(text, days=days, words=f"of the last {days} days")


@pytest.mark.parametrize(
    "text",
    [
        *("2021-02-30", "2021-13", "2021-00", "0000", "2021-W54", "2021-W00", "yesterday", "21-05", "2021-5", "..", "Ever"),
        *("2021-05-15..2021-05-01", "2021-05..2021-06", "2021-05-12\n", "٢٠٢١", "9999-W52x", "0000-W01", " 2021"),
    ],
)
def test_period_that_is_none_explains_itself(text: str) -> None:
    with pytest.raises(SelectionError) as caught:
        Period.parse(text)

    assert str(caught.value).endswith(".")


def test_selection_reads_all_its_parts() -> None:
    selection = parse("category=cs.LG&period=2021-05&min=100&q=graph++nets&order=hottest")

    assert selection == Selection("cs.LG", Period.parse("2021-05"), 100, "graph nets", Order.HOTTEST)


def test_selection_leaves_out_what_is_empty() -> None:
    assert parse("category=&period=&min=&q=&order=&after=x&utm_source=y") == Selection()


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("catgory=cs.LG", "catgory"),
        ("category=cs.LG&category=cs.CV", "category"),
        ("category=%3Cscript%3E", "<script>"),
        ("category=cs.LG%0A", "cs.LG"),
        ("min=0", "0"),
        ("min=-5", "-5"),
        ("min=1e3", "1e3"),
        ("min=9999999999", "9999999999"),
        ("min=%D9%A3", "٣"),
        ("order=coldest", "coldest"),
        ("period=soon", "soon"),
        ("q=" + "x" * 301, "300"),
        ("q=since:never", "date"),
        ("q=cat:!", "category"),
    ],
)
def test_malformed_selection_says_what_is_wrong(query: str, word: str) -> None:
    with pytest.raises(SelectionError, match=word):
        parse(query)


def test_selection_has_one_address() -> None:
    query = "q=graph%20nets&order=hottest&min=100&period=2021-05&category=cs.LG"

    selection = parse(query)

    canonical = "/papers?category=cs.LG&period=2021-05&min=100&q=graph+nets&order=hottest"
    assert selection.address() == canonical
    assert selection.address("atom") == canonical.replace("/papers?", "/papers.atom?")
    assert selection.address(after="network.5.7") == canonical + "&after=network.5.7"
    assert Selection().address("bib") == "/papers.bib"
    forms = ["atom", "json", "bib", "ris", "csl.json"]
    assert [feed.href.split("?")[0] for feed in selection.feeds] == [f"/papers.{form}" for form in forms]


def test_selection_says_itself_in_words() -> None:
    assert Selection().title == "Hot papers"
    assert (
        parse("category=cs.LG&period=2021-05&min=1000&q=nets&order=hottest").title
        == "Hot papers in cs.LG of May 2021, 1,000 reposts and likes or more, matching “nets”, hottest first"
    )
    assert parse("period=2021-05-01..2021-05-03").title == "Hot papers from 1 May 2021 to 3 May 2021"


words = st.text(max_size=30)


@given(category=words, period=words, at_least=words, text=words, order=st.sampled_from(["newest", "hottest", "", "x"]))
def test_whatever_an_address_says_is_a_selection_or_a_reason(
    category: str, period: str, at_least: str, text: str, order: str
) -> None:
    query = QueryDict(mutable=True)
    query.update({"category": category, "period": period, "min": at_least, "q": text, "order": order})
    try:
        selection = Selection.parse(query)
    except SelectionError as error:
        assert str(error)
    else:
        assert parse(selection.address().partition("?")[2]) == selection


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["", ".atom", ".json", ".bib"])
@pytest.mark.parametrize("query", ["period=%3Cb%3E", "after=nowhere", "order=hottest&after=2021-05-12.3", "after=2021-02-30.1"])
def test_malformed_selection_is_answered_with_a_sentence(client: Client, form: str, query: str) -> None:
    response = client.get(f"/papers{form}?{query}")

    assert response.status_code == 400
    text = response.content.decode()
    if form:
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert text.endswith(".\n")
    else:
        assert "<h1>We couldn’t read this filter</h1>" in text
        assert "<b>" not in text


def test_what_other_sites_add_to_an_address_is_no_filter() -> None:
    shared = QueryDict("category=cs.LG&fbclid=x&utm_source=y&ref=z&si=1")

    assert Selection.parse(shared) == Selection.of(category="cs.LG")


def test_a_category_may_be_written_in_whatever_capitals() -> None:
    assert Selection.of(category="CS.lg").address() == "/papers?category=cs.LG"
    assert Selection.of(category="cond-mat.MTRL-SCI").category == "cond-mat.mtrl-sci"
