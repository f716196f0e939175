"""TeX in titles and abstracts, as people read it."""

import re
import time
from pathlib import Path

import pytest

from digests.markdown.format import parse
from papers.text.tex import paragraphs, parts, readable


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"R\'enyi", "Rényi"),
        (r"Erd\H{o}s", "Erdős"),
        (r"na\"ively", "naïvely"),
        (r"k\=oan", "kōan"),
        (r"Schr{\"o}dinger", "Schrödinger"),
        (r"Schr\"{o}dinger", "Schrödinger"),
        (r"Mart\'{\i}nez, Mart\'\i nez", "Martínez, Martínez"),
        (r"\L{}ukasz and S\o ren", "Łukasz and Søren"),
        (r"Fran\c{c}ois, \v{S}est\'ak", "François, Šesták"),
    ],
)
def test_readable_decodes_accents(written: str, read: str) -> None:
    assert readable(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\u202eturned and never ended", "turned and never ended"),
        (r"\textbf{a}" "\u2066 b\u202d", "a b"),
        ("one\x07two\x7f\x9fthree", "one two three"),
        ("one\u2028two\x85three\x0bfour", "one two three four"),
        ("no\ufdd0 \ufffecharacter\uffff", "no character"),
        ("right\u200fleft, \N{ZERO WIDTH JOINER}", "right\u200fleft, \N{ZERO WIDTH JOINER}"),
        ("\u202e$x$", "$x$"),
    ],
)
def test_readable_has_no_controls_and_no_marks_that_turn_what_follows(written: str, read: str) -> None:
    assert readable(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("the ``best effort'' among", "the “best effort” among"),
        ('``Graded Learning" as', '“Graded Learning" as'),
        (r"9--36 \% of it -- mainly---or so", "9–36 % of it – mainly—or so"),
        (r"25\% of R\&D at \$5", "25% of R&D at $5"),
        (r"\emph{in silico}", "in silico"),
        (r"\textbf{S}taged \textit{the $k$-server}", "Staged the $k$-server"),
        (r"\textbf{\emph{Poincar\'e} maps}", "Poincaré maps"),
        (r"{\it without} pairs", "without pairs"),
        (r"at \url{https://example.org/a--b_c}.", "at https://example.org/a--b_c."),
        (r"this paper\footnote{Code: https://example.org}.", "this paper (Code: https://example.org)."),
    ],
)
def test_readable_decodes_quotes_dashes_and_commands(written: str, read: str) -> None:
    assert readable(written) == read


@pytest.mark.parametrize(
    "text",
    [
        r"on ImageNet $128 \times 128$",
        r"$\textbf{x}_{\text{max}}$ and $\'e$",
        r"$$\omega < 2.37286$$ and \(\emph{a}\) and \[\emph{b}\]",
        "from $410 to $5 and $6",
        "$n/3<f<n/2$ and a<b",
        "Scaling *down* _deep_ # learning > 5 & <script>",
        "NeRF--, time--series and --flags with no sign of TeX, 5'' wide",
        "$a -- b$, `git log -- a---b` and https://example.org/a---b",
        r"\"quoted\" words",
    ],
)
def test_readable_leaves_formulas_prices_and_other_marks(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Beyond QUIC v1 -- A First Look", "Beyond QUIC v1 – A First Look"),
        ("A look --- the first", "A look — the first"),
        ("Models---large ones---learn $x -- y$", "Models—large ones—learn $x -- y$"),
    ],
)
def test_readable_decodes_plain_dashes_without_a_sign_of_tex(written: str, read: str) -> None:
    assert readable(written) == read
    assert "".join(part.text for part in parts(written)) == read


def test_readable_decodes_an_accent_between_prices() -> None:
    assert readable(r"between $410 and R\'enyi's $5") == "between $410 and Rényi's $5"


def test_readable_folds_white_space() -> None:
    assert readable(" with swyft: stop  wasting\n   time ") == "with swyft: stop wasting time"


@pytest.mark.parametrize("text", ["\\emph{" * 20_000, "\\emph{" * 3_000 + "}" * 3_000, "\\(" * 50_000, "$a" * 50_000 + "\\"])
def test_readable_takes_linear_time(text: str) -> None:
    start = time.process_time()

    readable(text)

    assert time.process_time() - start < 2


def test_paragraphs_end_at_three_spaces() -> None:
    assert paragraphs("One  line.   Another \\emph{one}.") == ["One line.", "Another one."]


def test_paragraphs_of_an_empty_abstract_are_none() -> None:
    assert paragraphs("") == []


def test_readable_changes_only_texts_with_tex_in_the_archive(archive: Path) -> None:
    posts = [parse(file.read_text("utf-8")) for file in sorted(archive.glob("*.md"))]
    texts = [text for post in posts for paper in post.papers for text in (paper.title, paper.abstract)]
    plain = [text for text in texts if "\\" not in text and "``" not in text]

    assert len(plain) > 350
    dashes = {ord("—"): "---", ord("–"): "--"}
    read = [(readable(text), re.sub(r"\s+", " ", text).strip()) for text in plain]
    assert [text for text, folded in read if text.translate(dashes) != folded.translate(dashes)] == []
    assert [text for text, folded in read if "--" not in folded and text != folded] == []


def test_readable_leaves_no_known_command_in_the_archive(archive: Path) -> None:
    posts = [parse(file.read_text("utf-8")) for file in sorted(archive.glob("*.md"))]
    outside_formulas = [
        re.sub(r"\$\$?[^$]*\$\$?", "", readable(text))
        for post in posts
        for paper in post.papers
        for text in (paper.title, paper.abstract)
    ]

    assert {command for text in outside_formulas for command in re.findall(r"\\\S\w*", text)} == set()
