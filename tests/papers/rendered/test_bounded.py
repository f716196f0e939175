"""A stranger's text costs no more than its bound, whatever it does to the process that renders it."""

import os
import signal
from collections.abc import Iterator

import pytest

from papers.rendered.bounded import Renderer, Trouble
from papers.rendered.kinds import Kind, Rendered

WORST = [r"$f" + "(" * 60 + "$", r"$\pmod^" + r"\pmod^" * 27 + "$"]

LONG = "".join(f"$x_{{{n}}}$ " for n in range(40_000))
"""Takes seconds on any machine."""


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    with Renderer(cpu_s=0.5) as opened:
        yield opened


def test_text_is_rendered_in_another_process(renderer: Renderer) -> None:
    assert renderer.render(Kind.LINE, r"Is $\mathrm{QAC}^0$ <b>?") == Rendered(
        'Is <math alttext="QAC⁰"><msup><mrow><mspace></mspace><mi>QAC</mi></mrow><mn>0</mn></msup></math> &lt;b&gt;?',
        "Is QAC⁰ <b>?",
    )
    assert renderer._child is not None and renderer._child.pid != os.getpid()


@pytest.mark.parametrize("kind", [Kind.LINE, Kind.COMMENT, Kind.ABSTRACT])
def test_text_that_takes_too_long_is_killed_and_the_next_one_is_rendered(kind: Kind) -> None:
    with Renderer(cpu_s=0.1) as renderer:
        assert renderer.render(kind, LONG) == Trouble.TIME
        assert renderer.render(Kind.LINE, "Next") == Rendered("Next", "Next")


@pytest.mark.parametrize("formula", WORST)
def test_formula_that_the_converter_never_ends_with_shows_its_source(renderer: Renderer, formula: str) -> None:
    answer = renderer.render(Kind.ABSTRACT, f"See {formula} there, and $x$.")

    assert not isinstance(answer, Trouble)
    assert answer.html.startswith('<p class="abstract">See <code class="formula">$')
    assert answer.html.endswith('</code> there, and <span class="together"><math alttext="x"><mi>x</mi></math>.</span></p>')


def test_text_that_needs_too_much_memory_is_refused_and_the_next_one_rendered() -> None:
    with Renderer(cpu_s=30, memory=240 << 20) as renderer:
        assert renderer.render(Kind.NAMES, "[" + "1," * 15_000_000 + "1]") == Trouble.MEMORY
        assert renderer.render(Kind.LINE, "Next") == Rendered("Next", "Next")


def test_markup_that_would_be_too_large_is_refused() -> None:
    with Renderer(cpu_s=30) as renderer:
        assert renderer.render(Kind.COMMENT, "https://a.example.org/ " * 20_000) == Trouble.MEMORY


def test_text_that_cannot_be_read_is_said_to_have_failed(renderer: Renderer) -> None:
    assert renderer.render(Kind.NAMES, "no list") == Trouble.FAILED


@pytest.mark.parametrize("note", ["[" * 10_000, "[a](" * 5_000, "*a " * 5_000, "`" * 10_000, "> " * 5_000])
def test_odd_note_is_bounded_and_harmless(renderer: Renderer, note: str) -> None:
    answer = renderer.render(Kind.NOTE, note)

    assert answer == Trouble.TIME or answer == Trouble.FAILED or "<p>" in answer[0]


def test_child_that_is_killed_from_outside_is_started_again(renderer: Renderer) -> None:
    renderer.render(Kind.LINE, "One")
    assert renderer._child is not None
    os.kill(renderer._child.pid, signal.SIGKILL)

    assert renderer.render(Kind.LINE, "Two") == Rendered("Two", "Two")


def test_child_ends_with_who_asked() -> None:
    with Renderer() as renderer:
        renderer.render(Kind.LINE, "One")
        child = renderer._child

    assert child is not None and child.poll() == 0


def test_child_knows_no_secrets(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    renderer.render(Kind.LINE, "One")
    assert renderer._child is not None
    with open(f"/proc/{renderer._child.pid}/environ") as file:  # noqa: PTH123
        assert {line.partition("=")[0] for line in file.read().split("\0")} - {"", "LC_CTYPE"} == {"PATH", "PYTHONPATH"}
