"""What came or changed is rendered once, whoever wrote it, and again by a better renderer."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from digests.models import Digest, Entry, PublicEvent
from papers.models import Paper, RenderedText, UnrenderedRow
from papers.rendered import waiting
from papers.rendered.bounded import Renderer, Trouble
from papers.rendered.kinds import VERSION, Kind, Rendered, key_of, names_source
from papers.rendered.stored import Texts
from papers.rendered.waiting import CLAIM, render_changed
from papers.tasks import render_texts
from tests.factories import make_digest, make_entry, make_paper
from tests.papers.rendered.test_bounded import LONG

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Counting(Renderer):
    """Tells which texts it was asked for, and can be made to end in between."""

    def __init__(self) -> None:
        super().__init__(cpu_s=0.2)
        self.asked: list[str] = []

    def render(self, kind: Kind, source: str) -> Rendered | Trouble:
        self.asked.append(source)
        return super().render(kind, source)


def line(title: str) -> str:
    return Texts([(Kind.LINE, title)]).line(title)


def test_text_shows_its_escaped_source_until_it_is_rendered() -> None:
    paper = make_paper(title=r"On $x$ <b> R\'enyi")
    assert line(paper.title) == r"On $x$ &lt;b&gt; R\&#x27;enyi"

    render_texts()

    assert line(paper.title) == 'On <math alttext="x"><mi>x</mi></math> &lt;b&gt; Rényi'
    assert UnrenderedRow.objects.count() == 0


def test_every_text_of_a_row_is_rendered() -> None:
    paper = make_paper(
        title=r"R\'enyi", abstract="One.   Two.", comment="At https://example.org/a.", authors=[r"{\'A}lvarez", "B"]
    )
    digest = make_digest(intro="*Intro*")
    otherwise = {"title": r"T\'itle", "abstract": r"\'Abstract", "authors": [r"\'E"]}
    make_entry(digest, paper, note="*Note*", printed_otherwise=otherwise)
    PublicEvent.objects.create(digest=digest, kind="corrected", at=NOW, note="*Event*")

    render_changed()

    kinds = {Kind.LINE: [paper.title, r"T\'itle"], Kind.ABSTRACT: [paper.abstract, r"\'Abstract"], Kind.COMMENT: [paper.comment]}
    kinds |= {Kind.NOTE: ["*Intro*", "*Note*", "*Event*"], Kind.NAMES: [names_source(paper.authors), names_source([r"\'E"])]}
    texts = Texts((kind, source) for kind, sources in kinds.items() for source in sources)
    assert [texts.line_text(source) for source in kinds[Kind.LINE]] == ["Rényi", "Títle"]
    assert texts.abstract(paper.abstract) == '<p class="abstract">One.</p>\n<p class="abstract">Two.</p>'
    assert texts.abstract_text(paper.abstract) == "One.\n\nTwo."
    assert texts.abstract_text(r"\'Abstract") == "Ábstract"
    assert texts.comment(paper.comment) == (
        'At <a href="https://example.org/a" rel="nofollow noopener">https://example.org/a</a>.'
    )
    assert [texts.note(note) for note in kinds[Kind.NOTE]] == [
        "<p><em>Intro</em></p>", "<p><em>Note</em></p>", "<p><em>Event</em></p>",
    ]  # fmt: skip
    assert (texts.names(paper.authors), texts.names([r"\'E"])) == (["Álvarez", "B"], ["É"])


def test_texts_of_a_page_take_one_query_and_none_without_texts(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        Texts((Kind.LINE, f"Title {n}") for n in range(50))
    with django_assert_num_queries(0):  # type: ignore[operator]
        Texts([(Kind.NOTE, "")])


def test_page_that_forgot_to_ask_for_a_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        Texts([(Kind.LINE, "a")]).line("b")


def test_change_by_whatever_way_is_rendered() -> None:
    paper = make_paper(title="Old")
    entry = make_entry(make_digest(), paper)
    render_changed()

    Paper.objects.filter(pk=paper.pk).update(title="A--new $x$")
    Entry.objects.filter(pk=entry.pk).update(printed_otherwise={"title": "B $y$"})
    Digest.objects.update(intro="*new*")
    assert UnrenderedRow.objects.count() == 3
    render_changed()

    assert line("A--new $x$") == 'A--new <math alttext="x"><mi>x</mi></math>'
    assert line("B $y$") == 'B <math alttext="y"><mi>y</mi></math>'
    assert Texts([(Kind.NOTE, "*new*")]).note("*new*") == "<p><em>new</em></p>"


def test_change_of_other_columns_is_not_noted() -> None:
    paper = make_paper()
    entry = make_entry(make_digest(), paper)
    render_changed()

    Paper.objects.update(is_settled=True, title=paper.title)
    Entry.objects.filter(pk=entry.pk).update(favorites=7)

    assert UnrenderedRow.objects.count() == 0


def test_equal_texts_are_rendered_once() -> None:
    for _ in range(3):
        make_paper(title="Same", abstract="Same abstract", authors=["Ada"])

    with Counting() as renderer:
        assert render_changed(renderer=renderer) == 3

    assert sorted(renderer.asked) == ["Same", "Same abstract", "Same abstract", '["Ada"]']  # the abstract, and its lead


def test_text_over_the_bound_shows_its_source_and_others_are_rendered() -> None:
    worst = make_paper(title="Worst", abstract=LONG)
    good = make_paper(title="Good $x$")

    with Counting() as renderer:
        render_changed(renderer=renderer)

    assert Texts([(Kind.ABSTRACT, LONG)]).abstract(LONG) == LONG
    assert line(good.title) == 'Good <math alttext="x"><mi>x</mi></math>'
    in_trouble = RenderedText.objects.exclude(trouble="").get(kind=Kind.ABSTRACT)
    assert (in_trouble.trouble, in_trouble.text, in_trouble.table, in_trouble.row_id) == (
        "time", LONG, "papers_paper", worst.pk,
    )  # fmt: skip


def test_worker_that_was_killed_leaves_its_rows_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    make_paper(title="Kept")

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with time_machine.travel(NOW, tick=False):
        with monkeypatch.context() as broken, pytest.raises(Killed):
            broken.setattr(waiting, "_render", die)
            render_changed()
        assert render_changed() == 0  # claimed: another worker may be at it
    with time_machine.travel(NOW + CLAIM + timedelta(seconds=1), tick=False):
        assert render_changed() == 1


def test_child_that_is_killed_amid_a_batch_costs_nothing() -> None:
    papers = [make_paper(title=f"Title {n} $x$") for n in range(5)]

    class Murderous(Counting):
        def render(self, kind: Kind, source: str) -> Rendered | Trouble:
            if self._child and len(self.asked) % 4 == 1:
                os.kill(self._child.pid, signal.SIGKILL)
            return super().render(kind, source)

    with Murderous() as renderer:
        render_changed(renderer=renderer)

    assert [line(paper.title) for paper in papers] == [f'Title {n} <math alttext="x"><mi>x</mi></math>' for n in range(5)]
    assert RenderedText.objects.exclude(trouble="").count() == 0


def test_change_while_its_text_is_rendered_is_not_lost() -> None:
    paper = make_paper(title="First")

    class Interrupted(Counting):
        def render(self, kind: Kind, source: str) -> Rendered | Trouble:
            if source == "First":
                Paper.objects.filter(pk=paper.pk).update(title="Second $x$")
            return super().render(kind, source)

    with Interrupted() as renderer:
        render_changed(renderer=renderer)

    assert line("Second $x$") == 'Second <math alttext="x"><mi>x</mi></math>'


def test_better_renderer_renders_all_again_and_forgets_what_nothing_shows() -> None:
    paper = make_paper(title="A $x$")
    render_changed()
    make_paper(title="B").delete()
    RenderedText.objects.create(key="gone", kind="line", html="", text="", version=VERSION, table="papers_paper", row_id=1)
    RenderedText.objects.update(version=VERSION - 1, html="by the old one")
    assert line(paper.title) == "by the old one"  # better than its source

    render_texts()

    assert line(paper.title) == 'A <math alttext="x"><mi>x</mi></math>'
    assert set(RenderedText.objects.values_list("version", flat=True)) == {VERSION}
    assert not RenderedText.objects.filter(pk="gone").exists()
    with Counting() as renderer:
        assert render_changed(renderer=renderer) == 0


def test_rendering_again_goes_on_where_it_was_stopped() -> None:
    for n in range(3):
        make_paper(title=f"T{n}", abstract="", authors=[])
    render_changed()
    RenderedText.objects.update(version=VERSION - 1)
    waiting.note_everything()
    RenderedText.objects.filter(pk=key_of((Kind.LINE, "T0"))).update(version=VERSION)  # so far it came

    with Counting() as renderer:
        render_changed(renderer=renderer)

    assert renderer.asked != [] and sorted(renderer.asked) == ["T1", "T2"]


def test_command_tells_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    make_paper()
    make_paper(abstract=LONG)

    call_command("render_texts")
    call_command("render_texts")
    call_command("render_texts", again=True)

    assert capsys.readouterr().out.splitlines() == [
        "Rendered the texts of 2 rows. 1 text shows its source: the admin lists them.",
        "Rendered the texts of 0 rows. 1 text shows its source: the admin lists them.",
        "Rendered the texts of 3 rows. 1 text shows its source: the admin lists them.",
    ]


def test_names_that_are_not_rendered_yet_are_as_arxiv_gave_them() -> None:
    names: list[list[str]] = [["Ada Example"], ["Ada Example", "Bob"], []]
    texts = Texts((Kind.NAMES, names_source(one)) for one in names)

    assert [texts.names(one) for one in names] == names
