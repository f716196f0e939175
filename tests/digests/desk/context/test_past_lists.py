"""Papers of past lists, found at the desk by words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import html

from papers.search.index import index_changed
from tests.digests.desk.conftest import DAY
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db


def found(client: Client, words: str) -> list[str]:
    page: Any = html.fragment_fromstring(
        client.get(f"/admin/desk/{DAY}/past", {"q": words}).content.decode(), create_parent="div"
    )
    return [" ".join(one.text_content().split()) for one in page.xpath("./p | ./ol/li")]


@pytest.fixture
def _lists(db: None) -> None:
    """Two lists and a draft, each with a paper about transformers."""
    for days, status in ((3, "published"), (9, "published"), (1, "draft")):
        digest = make_digest(DAY - timedelta(days=days), status=status)
        make_entry(digest, make_paper(title="A Kernel"))
        paper = make_paper(title=f"Transformers <b>{days}</b>", authors=["Ada Example"])
        make_entry(digest, paper, note="See *this*" if days == 3 else "")
    index_changed()


@pytest.mark.usefixtures("_lists")
def test_words_find_listed_papers_with_day_place_and_note(ann: Client) -> None:
    assert found(ann, "transformers") == [
        "2 listed papers",
        "Transformers <b>3</b> 2nd of 17 November 2026 · Ada Example · X 12 reposts, 80 likes. See *this*",
        "Transformers <b>9</b> 2nd of 11 November 2026 · Ada Example · X 12 reposts, 80 likes.",
    ]
    assert found(ann, "Transf") == found(ann, "transformers")
    assert found(ann, "author:ada transformers -kernel") == found(ann, "transformers")


@pytest.mark.usefixtures("_lists")
def test_no_words_and_words_that_match_nothing_say_so(ann: Client) -> None:
    assert found(ann, " ") == ['As on the site: "exact words", author:name, cat:cs.LG, since:2026-01.']
    assert found(ann, "zebra") == ["No listed papers match. Try fewer or different words."]
    assert found(ann, "x" * 400) == ["The search is too long. Use at most 300 characters."]


def test_who_may_not_see_the_desk_finds_nothing(client: Client, db: None) -> None:
    for name in ("past", "compared"):
        assert client.get(f"/admin/desk/{DAY}/{name}").status_code == 401
        assert make_client(make_user(username=name)).get(f"/admin/desk/{DAY}/{name}").status_code == 403
