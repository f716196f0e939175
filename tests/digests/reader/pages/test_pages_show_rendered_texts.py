"""Pages show what was rendered before, and render nothing themselves, whatever stands in the texts."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from digests.models import Digest, Entry, PublicEvent
from papers.models import Paper, UnrenderedRow
from papers.rendered.waiting import render_changed
from tests.digests.reader.reader_pages import DAY, GONE, addresses
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_entry, make_paper, make_tweet
from tests.papers.rendered.test_bounded import WORST

ADDRESS = f"/posts/hot-papers-{DAY}"
FEEDS = ("/rss.xml", "/feed.atom", "/feed.json", "/papers.atom", "/papers.json", "/papers.bib")


@pytest.fixture
def nothing_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decodes TeX, converts a formula, reads Markdown or cleans a post in this process is found out."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("rendered in a page")

    for name in ("formulas.mathml", "notes.mathml", "plain.mathml", "tex._Reader.parts", "post_body._cleaner"):
        monkeypatch.setattr(f"papers.text.{name}", fail)
    monkeypatch.setattr("markdown.Markdown.convert", fail)


def desk_pages(day: date) -> list[str]:
    desk = f"/admin/desk/{day}"
    entry = Entry.objects.filter(digest__date=day, shown_tweets__isnull=False)[0]
    of_paper = [f"{desk}/{view}/{entry.paper.arxiv_id}" for view in ("look", "why", "posts")]
    return [f"{desk}/", f"{desk}/preview/page", f"{desk}/preview/feed", "/admin/papers/paper/", "/admin/papers/tweet/", *of_paper]


@pytest.mark.django_db
@pytest.mark.parametrize("is_rendered", [False, True])
def test_no_page_renders_a_text(client: Client, request: pytest.FixtureRequest, is_rendered: bool) -> None:
    known = [*addresses(), GONE, *FEEDS]  # indexes the papers, as workers do
    if is_rendered:
        render_changed()
    request.getfixturevalue("nothing_is_rendered")

    statuses = {address: client.get(address).status_code for address in known}
    editor = make_client(make_user(group="Editor"))
    statuses |= {address: editor.get(address).status_code for address in desk_pages(DAY)}

    assert {address: status for address, status in statuses.items() if status != 200} == {GONE: 404}


@pytest.mark.django_db
@pytest.mark.parametrize("formula", WORST)
def test_day_of_thirteen_hostile_abstracts_answers_before_and_after_they_are_rendered(client: Client, formula: str) -> None:
    digest = make_digest(DAY)
    for n in range(13):
        paper = make_paper(abstract=f"Number {n}: {formula}", title=f"{formula} {n}", comment=formula)
        make_entry(digest, paper, make_tweet(paper), note=f"{formula} *{n}*")

    before = client.get(ADDRESS)
    render_changed()
    after = client.get(ADDRESS)

    assert (before.status_code, after.status_code) == (200, 200)
    source = formula.replace("&", "&amp;")
    assert before.content.decode().count(f"Number 3: {source}") == 1
    assert after.content.decode().count(f'Number 3: <code class="formula">{source}</code>') == 1


@pytest.mark.django_db(transaction=True)  # the page cache keeps away from open transactions
def test_page_is_made_anew_when_a_text_of_it_is_rendered(client: Client) -> None:
    digest = make_digest(DAY)
    make_entry(digest, make_paper(title="A $x$"))
    render_changed()
    assert 'A <math alttext="x">' in client.get(ADDRESS).content.decode()

    changes: list[Callable[[], object]] = [
        lambda: Entry.objects.update(note="*N*"),
        lambda: Digest.objects.update(intro="*I*"),
        lambda: PublicEvent.objects.create(digest=digest, kind="corrected", at=digest.written_at, note="*E*"),
        lambda: Paper.objects.update(abstract="In $y$"),
    ]
    shown = ["<em>N</em>", "<em>I</em>", "<em>E</em>", 'In <math alttext="y">']
    for change, expected in zip(changes, shown, strict=True):
        change()
        assert expected not in client.get(ADDRESS).content.decode()
        render_changed()
        assert expected in client.get(ADDRESS).content.decode()
    assert UnrenderedRow.objects.count() == 0


@pytest.mark.django_db
def test_titles_are_plain_text_where_markup_cannot_stand(client: Client) -> None:
    paper = make_paper(title=r"On the $\mathrm{QAC}^0$ Complexity", authors=[r"{\'A}lvarez"])
    make_entry(make_digest(DAY), paper)
    render_changed()

    page = client.get(paper.get_absolute_url()).content.decode()
    assert "<title>On the QAC⁰ Complexity · Hot Papers</title>" in page
    assert '<meta property="og:title" content="On the QAC⁰ Complexity">' in page
    assert '"headline": "On the QAC⁰ Complexity"' in page
    assert "Álvarez. “On the QAC⁰ Complexity”. arXiv:" in page
    assert '<h1>On the <math alttext="QAC⁰">' in page
    assert '<a href="/authors/alvarez">Álvarez</a>' in page
    for address in ("/rss.xml", "/papers.atom", "/papers.json"):
        assert "On the QAC⁰ Complexity" in client.get(address).content.decode()
    desk = make_client(make_user(group="Editor")).get(f"/admin/desk/{DAY}/").content.decode()
    assert 'data-title="On the QAC⁰ Complexity"' in desk and 'data-title="On the $' not in desk
