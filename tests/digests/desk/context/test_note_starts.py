"""What a note may start from."""

import pytest
from django.test import Client

from digests.desk.context.note_starts import LEAD, as_markdown, first_sentence, starts_for
from digests.models import NoteTemplate
from papers.models import Paper
from papers.rendered.waiting import render_changed
from papers.text.notes import note_html
from tests.digests.desk.conftest import DAY
from tests.editors import make_client, make_user, values
from tests.factories import make_paper

pytestmark = pytest.mark.django_db
ABSTRACT = (
    "Large models are slow, and their cost grows with each year that passes, as everybody who pays for them has learned by now. "
    "In this paper, we propose a *sparse* attention with cost $O(n)$ that is as good as the dense one. "
    "However, it needs more memory than other methods, which we discuss at some length in the last section of the paper, too."
)


def test_lead_sentence_comes_first_and_reads_as_in_the_abstract() -> None:
    paper = make_paper(abstract=ABSTRACT)
    render_changed()

    [start] = starts_for(paper)

    assert (start.name, start.text) == (
        LEAD,
        "In this paper, we propose a \\*sparse\\* attention with cost O(n) that is as good as the dense one.",
    )
    assert note_html(start.text) == (
        "<p>In this paper, we propose a *sparse* attention with cost O(n) that is as good as the dense one.</p>"
    )


def test_first_sentence_stands_where_no_other_tells_most() -> None:
    assert starts_for(make_paper(abstract="We count. Then we stop."))[0].text == "We count."
    assert starts_for(make_paper(abstract="")) == []
    assert (first_sentence("One of 3.5 things"), first_sentence("a" * 500)) == ("One of 3.5 things", "a" * 400)


def test_templates_are_filled_in_once_and_in_their_order() -> None:
    NoteTemplate.objects.create(name="Second", text="{title} by {author}: {lead} {other} {", position=2)
    NoteTemplate.objects.create(name="First", text="**Why it matters:** ", position=1)
    paper = make_paper(title="On {lead} and _x_", authors=["Ada {title}"], abstract="Short.")

    assert [(one.name, one.text) for one in starts_for(paper)[1:]] == [
        ("First", "**Why it matters:** "),
        ("Second", "On {lead} and \\_x\\_ by Ada {title}: Short. {other} {"),
    ]


@pytest.mark.parametrize("text", ["*a* _b_", "[a](b) `c`", "$5 and \\$6 \\alpha", "a\\"])
def test_plain_text_reads_the_same_as_markdown(text: str) -> None:
    assert note_html(as_markdown(text)) == f"<p>{text}</p>"


def test_desk_offers_them_escaped_to_those_who_edit(ann: Client, papers: list[Paper]) -> None:
    NoteTemplate.objects.create(name="<i>New</i>", text='"><script>')
    address = f"/admin/desk/{DAY}/templates/{papers[0].arxiv_id}"
    page = ann.get(address).content.decode()
    assert 'data-insert="&quot;&gt;&lt;script&gt;"><b>&lt;i&gt;New&lt;/i&gt;</b>' in page
    assert make_client(make_user(group="Viewer")).get(address).status_code == 403
    assert ann.get(f"/admin/desk/{DAY}/templates/9999.99999").status_code == 404


def test_curators_keep_templates_and_viewers_only_see_them() -> None:
    address = "/admin/digests/notetemplate/"
    curator, viewer = (make_client(make_user(group=role)) for role in ("Curator", "Viewer"))
    form = values(curator, f"{address}add/", "notetemplate_form") | {"name": "New", "text": "{lead}"}
    assert viewer.post(f"{address}add/", form).status_code == 403
    assert curator.post(f"{address}add/", form).status_code == 302
    pk = NoteTemplate.objects.get(name="New", text="{lead}").pk
    assert curator.post(f"{address}add/", form | {"name": "Long", "text": "x" * 2001}).status_code == 200
    assert viewer.get(address).status_code == 200
    assert viewer.post(f"{address}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert "digests/notetemplate" in curator.get("/admin/all/").content.decode()
    assert make_client(make_user(username="none")).get(address).status_code == 403
