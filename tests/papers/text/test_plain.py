"""TeX as people read it where no markup can stand, formulas included."""

import pytest

from papers.search.words import author_key
from papers.text.plain import plain
from papers.text.tex import Part, parts, readable

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"224$\times$224", "224×224"),
        (r"$\sim$70%", "∼70%"),
        (r"(1$\times$$-$3.4$\times$ slower)", "(1×−3.4× slower)"),
        (r"$O(n)$2", "O(n)2"),
        (r"$<$5", "<5"),
        ("$5 and $10", "$5 and $10"),
        ("$3.5M--$4M", "$3.5M--$4M"),
        (r"On the $\mathrm{QAC}^0$ Complexity", "On the QAC⁰ Complexity"),
        (r"$\alpha$-stable, $k$-means++", "α-stable, k-means++"),
        (r"$\ell_1$ and $L_{\infty}$ in $\mathbb{R}^{d\times d}$", "ℓ₁ and L_∞ in ℝ^(d×d)"),
        (r"$10^{-5}$, $x \ge 3$ and $\mathcal{O}(n^2)$", "10⁻⁵, x ≥ 3 and O(n²)"),
        (r"$\frac{a}{b+c}$, $\sqrt{x}$, $\sqrt{x+1}$", "a/(b + c), √x, √(x + 1)"),
        (r"$\hat{x}_i$, $360^\circ$, $\mathbf{x}'$", "x̂ᵢ, 360°, x′"),
        (r"$\nosuch{x}$", "nosuch x"),
        (r"\textbf{x}$^2$", "x²"),
    ],
)
def test_formula_is_read_in_a_line(written: str, read: str) -> None:
    assert plain(parts(written)) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"{\'A}lvarez", "Álvarez"),
        ("{Á}lvarez", "Álvarez"),
        ("Jo\\ão", "João"),
        (r"\DJ or\dh e, \TH{}or", "Đorðe, Þor"),
        (r"\~{\^e}", "ễ"),
        (r"\t{oo}", "o͡o"),
        (r"\'{\i}, Mart\'\i nez, Fran\c{c}ois, \v{S}\'ar", "í, Martínez, François, Šár"),
        ("Android~Apps", f"Android{NBSP}Apps"),
        ("wav2vec~2.0", f"wav2vec{NBSP}2.0"),
        ("about ~70%", "about ~70%"),
        ("see https://a.org/~joe", "see https://a.org/~joe"),
        (r"as in \cite{a,b}.", "as in."),
        (r"as in~\citep[see][p. 3]{x} we", "as in we"),
        (r"\ie, so \eg this, \etc. and \etal", "i.e., so e.g. this, etc. and et al."),
        (r"a \ldots b\,c\ d", "a … b c d"),
        (r"360{\deg}", "360°"),
        (r"RL{\ddag}", "RL‡"),
        (r"{\alpha} > 0", "α > 0"),
        (r"D \geq 3", "D ≥ 3"),
        (r"\methodname: \algoname{} too", "methodname: algoname too"),
        (r"\name~can", f"name{NBSP}can"),
        (r"\href{https://u.org}{text} x", "text x"),
        (r"x\textsuperscript{2}, 1\textsuperscript{st}", "x², 1ˢᵗ"),
        (r"\SI{5}{m}, \SI{5}{\kilo\meter}", f"5{NBSP}m, 5{NBSP}km"),
        (r"\emph{{\it a} b}", "a b"),
        ("f: {0,1} and {BERT}", "f: {0,1} and {BERT}"),
    ],
)
def test_command_is_read_as_what_it_means(written: str, read: str) -> None:
    assert plain(parts(written)) == read


@pytest.mark.parametrize(
    ("name", "key"), [(r"{\'A}lvarez", "alvarez"), ("{Á}lvarez", "alvarez"), ("Jo\\ão", "joao"), (r"\DJ or\dh e", "dorde")]
)
def test_key_of_an_author_is_that_of_the_readable_name(name: str, key: str) -> None:
    assert author_key(readable(name)) == key


@pytest.mark.parametrize(
    ("written", "links"),
    [
        ("Code: example.github.io/project.", [("example.github.io/project", "https://example.github.io/project")]),
        ("(see https://a.org/x).", [("https://a.org/x", "https://a.org/x")]),
        ("at https://en.wikipedia.org/wiki/A_(b).", [("https://en.wikipedia.org/wiki/A_(b)",) * 2]),
        ("www.example.com, p.com/v1", [("www.example.com", "https://www.example.com"), ("p.com/v1", "https://p.com/v1")]),
        (r"\url{https://a.org/b\_c} \href{https://u.org}{text}", [("https://a.org/b_c",) * 2, ("text", "https://u.org")]),
        (r"\href{javascript:alert(1)}{text} https://a@b.org/x", []),
        ("e.g. foo.com and a.b@c.com/x and v1.0/v2.0", []),
    ],
)
def test_address_is_a_link_without_the_full_stop(written: str, links: list[tuple[str, str]]) -> None:
    assert [(part.text, part.href) for part in parts(written) if part.href] == links


def test_parts_are_text_formulas_and_links() -> None:
    assert parts("A $x$ at https://a.org.") == [
        Part("A "), Part("$x$", is_formula=True), Part(" at "), Part("https://a.org", href="https://a.org"), Part("."),
    ]  # fmt: skip
