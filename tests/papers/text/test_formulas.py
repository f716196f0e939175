"""Formulas as MathML."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from digests.markdown.format import parse
from papers.text.formulas import LONGEST_RESULT, LONGEST_SOURCE, MATHML_ATTRIBUTES, MATHML_ELEMENTS, mathml
from papers.text.tex import parts


def shape(formula: str) -> str:
    """The MathML without its attributes and without rows, which only group."""
    converted = mathml(formula)
    assert converted is not None
    return re.sub(r"<mrow>|</mrow>|<mspace></mspace>", "", re.sub(r"<(\w+)[^>]*>", r"<\1>", converted))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("$d$", "<math><mi>d</mi></math>"),
        (r"\(x_i^2\)", "<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>"),
        (r"$\mathbb{R}^d$", "<math><msup><mi>ℝ</mi><mi>d</mi></msup></math>"),
        (r"$x_\text{max_depth}$", "<math><msub><mi>x</mi><mtext>max_depth</mtext></msub></math>"),
        (r"$\mbox{if}$", "<math><mtext>if</mtext></math>"),
        (r"$\operatorname{poly}$", "<math><mi>poly</mi></math>"),
        (r"$\eps\poly$", "<math><mi>ϵ</mi><mi>poly</mi></math>"),
        ("$50%$", "<math><mn>50</mn><mi>%</mi></math>"),
        (r"$50\%$", "<math><mn>50</mn><mi>%</mi></math>"),
        ("$a<b$", "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>"),
        (r"$\label{eq:1}{\em x}$", "<math><mi>𝑥</mi></math>"),
        (r"$\href{https://example.org}{x}$", "<math><mi>x</mi></math>"),
        (
            r"$$\begin{equation}x\end{equation}$$",
            "<math><mtable><mtr><mtd></mtd><mtd><mi>x</mi></mtd><mtd></mtd></mtr></mtable></math>",
        ),
    ],
)
def test_mathml_reads_what_authors_write(formula: str, expected: str) -> None:
    assert shape(formula) == expected


@pytest.mark.parametrize(("formula", "display"), [("$x$", None), (r"\(x\)", None), ("$$x$$", "block"), (r"\[x\]", "block")])
def test_mathml_sets_displayed_formulas_apart(formula: str, display: str | None) -> None:
    assert html.fromstring(str(mathml(formula))).get("display") == display


@pytest.mark.parametrize(
    "formula", [r"$\nosuchcommand{x}$", r"$\frac{1}$", "$x__y$", "$R&D$", "$" + "x" * (LONGEST_SOURCE + 1) + "$"]
)
def test_mathml_gives_up_on_what_it_cannot_convert(formula: str) -> None:
    assert mathml(formula) is None


def test_mathml_gives_up_on_a_formula_that_grows() -> None:
    grown = r"$\def\a{" + "x" * 1_000 + "}" + r"\a" * 90 + "$"

    assert mathml(grown) is None
    assert len(str(mathml("$" + "x+" * 900 + "$"))) <= LONGEST_RESULT


@pytest.mark.parametrize(
    "formula", ["$" + opening * 900 + closing * 900 + "$" for opening, closing in ("{}", ("x^{", "}"), (r"\a", ""))]
)
def test_mathml_survives_deep_nesting(formula: str) -> None:
    assert (mathml(formula) or "<math").startswith("<math")


COMMANDS = (
    r"\text{ \mathbb{ \color{red} \textsc{ \href{javascript:alert(1)} \cancel{ \, \! \begin{align} \end{align} \boxed{ \frac"
)
pieces = st.sampled_from([*COMMANDS.split(" "), *"{}}_^&\\<>\"'x1", "<script>", "<b onclick=x>"])


@given(st.lists(pieces, max_size=12).map("".join))
def test_mathml_holds_allowed_elements_and_attributes_only(source: str) -> None:
    converted = mathml(f"${source}$")

    for element in html.fromstring(f"<div>{converted or ''}</div>").iterdescendants():
        assert element.tag in MATHML_ELEMENTS
        assert set(element.attrib) <= MATHML_ATTRIBUTES["*"]


def test_mathml_converts_the_formulas_of_the_archive(archive: Path) -> None:
    posts = [parse(file.read_text("utf-8")) for file in sorted(archive.glob("*.md"))]
    texts = [text for post in posts for paper in post.papers for text in (paper.title, paper.abstract)]
    formulas = [part.text for text in texts for part in parts(text) if part.is_formula]
    converted = [formula for formula in formulas if mathml(formula)]

    share = len(converted) / len(formulas)
    print(f"{len(converted)} of {len(formulas)} formulas convert: {share:.1%}")
    assert len(formulas) > 60
    assert share >= 0.98
