"""What readers see of stored text: titles and abstracts with formulas, and editors' Markdown."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from digests.markdown.format import parse
from papers.rendered.kinds import Kind
from papers.rendered.renderer import render
from papers.text.formulas import MATHML_ELEMENTS
from papers.text.notes import note_html
from papers.text.tex import readable

COMMAND = re.compile(r"\\[A-Za-z]+")


def formulas(title: str) -> str:
    return render(Kind.LINE, title).html


def paragraphs_html(abstract: str) -> list[str]:
    return re.findall(r'<p class="abstract">(.*?)</p>', render(Kind.ABSTRACT, abstract).html)


def markdown(note: str) -> str:
    return render(Kind.NOTE, note).html


def seen(safe_html: str) -> str:
    return str(html.fromstring(f"<div>{safe_html}</div>").xpath("string()"))


def read(text: str) -> str:
    """The text as safe HTML, each formula told by `[letters]`."""
    told = re.sub(r"<math .*?</math>", lambda found: f"[{seen(found[0])}]", formulas(text))
    return re.sub(r'<span class="together">(.*?)</span>', r"\1", told)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Logistic $Q$-Learning", "Logistic [Q]-Learning"),
        ("Scaling *down* Deep Learning", "Scaling *down* Deep Learning"),
        ("Which *BERT?", "Which *BERT?"),
        ("A_b^c < d # e > f & g", "A_b^c &lt; d # e &gt; f &amp; g"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("from $5 and $6 to $7", "from $5 and $6 to $7"),
        ("a $5 million grant (US$) for $n$ people", "a $5 million grant (US$) for [n] people"),
        (r"\$x and y\$", "$x and y$"),
        (r"R\'enyi \emph{$\alpha$}--divergence of ``$x$''", "Rényi [α]–divergence of “[x]”"),
        (r"$1$--$2$ \& $k$--means", "[1]–[2] &amp; [k]–means"),
        (r"$\'e$ and \(a\)", r'<code class="formula">$\&#x27;e$</code> and [a]'),
        (r"at https://example.org/$a$/b", "at https://example.org/$a$/b"),
        ("with swyft: stop  wasting", "with swyft: stop wasting"),
        ("", ""),
    ],
)
def test_formulas_shows_a_title_as_people_read_it(title: str, shown: str) -> None:
    assert read(title) == shown


def test_formulas_shows_the_source_of_what_it_cannot_convert() -> None:
    assert formulas(r"of $\nosuch{<b>}$ kind") == r'of <code class="formula">$\nosuch{&lt;b&gt;}$</code> kind'


def test_paragraphs_html_breaks_an_abstract() -> None:
    first, second = paragraphs_html(r"One $n<5$.   \emph{Another} & more.")

    assert first.startswith('One <span class="together"><math alttext="n &lt; 5">')
    assert second == "Another &amp; more."


def test_texts_of_the_archive_have_no_command_where_a_formula_stood(archive: Path) -> None:
    posts = [parse(file.read_text("utf-8")) for file in sorted(archive.glob("*.md"))]
    papers = [paper for post in posts for paper in post.papers]
    shown = [formulas(paper.title) for paper in papers] + [part for paper in papers for part in paragraphs_html(paper.abstract)]

    assert sum(text.count("<math") for text in shown) > 60
    assert {command for text in shown for command in COMMAND.findall(seen(text))} == set()


@given(st.text(alphabet="$\\(){}[]<>&x1 'n\"\n`*_", max_size=40))
def test_formulas_keeps_every_string_harmless(text: str) -> None:
    tags = {element.tag for element in html.fromstring(f"<div>{formulas(text)}</div>").iterdescendants()}

    assert tags <= MATHML_ELEMENTS
    assert readable(text) == readable(readable(text)) or "\\" in text or "`" in text


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("A *b* **c** at $5 and $6", "<p>A <em>b</em> <strong>c</strong> at $5 and $6</p>"),
        ("$x_1 * y * z_1$", None),
        ("`$x$`", "<p><code>$x$</code></p>"),
        (r"$\nosuch$", r'<p><code class="formula">$\nosuch$</code></p>'),
        (r"\*as it stands\*", "<p>*as it stands*</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ('<div onclick="x">\n*a*\n</div>', '<p>&lt;div onclick="x"&gt;\n<em>a</em>\n&lt;/div&gt;</p>'),
        ("[a](https://example.org)", '<p><a href="https://example.org" rel="nofollow noopener">a</a></p>'),
        ("[a](javascript:alert(1))", '<p><a rel="nofollow noopener">a</a></p>'),
        ("[a]\n\n[a]: data:text/html,x", '<p><a rel="nofollow noopener">a</a></p>'),
        ("![a](https://example.org/a.png)", "<p>![a](https://example.org/a.png)</p>"),
        ("# not a heading", "<p># not a heading</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("", ""),
    ],
)
def test_markdown_shows_a_note(note: str, shown: str | None) -> None:
    if shown is None:
        assert len(html.fromstring(markdown(note)).findall(".//msub")) == 2
    else:
        assert markdown(note) == shown


@given(st.text(alphabet="<>[]()!*_`#-&;:/\\$\"'=abjscript \n\x02\x03", max_size=60))
def test_notes_are_harmless_whatever_they_hold(note: str) -> None:
    for element in html.fromstring(f"<div>{note_html(note)}</div>").iterdescendants():
        assert element.tag not in {"script", "img", "style", "iframe", "svg"}
        assert not [name for name in element.attrib if str(name).startswith("on") or name == "style"]
        assert not re.match("javascript|data", str(element.get("href", "")), re.IGNORECASE)


def test_a_dollar_with_a_backslash_is_money_in_a_note() -> None:
    assert markdown(r"costs \$5, or \$6 for $n$").startswith("<p>costs $5, or $6 for <math")
