"""What is over a bound, and what is just below it."""

import pytest
from django.utils.safestring import SafeString

from digests.editing.comparing import Contents, TextDifference, Words, difference
from papers.lookup import arxiv_id_at_end
from papers.search.marking import Part, excerpt
from papers.sources.arxiv.pages import read_listing
from papers.sources.http import Malformed
from papers.text.formulas import MOST_UNCLOSED, mathml
from papers.text.notes import LONGEST_NOTE, MOST_BRACKETS, note_html
from papers.text.tex import readable
from tests.attacks.ways_in import a_answer


@pytest.mark.parametrize(
    "source",
    [
        "f" + "(" * 60,
        "(" * 13,
        r"\pmod^" * 28,
        r"\pmod\sqrt" * 40,
        "[" * 60,
        r"\{" * 60,
        r"\langle " * 60,
        "{(}" * 60,
        "({)}" * 60,
        r"\sin(" * 60,
    ],
)
def test_formula_that_the_converter_would_read_for_ever_shows_its_source(source: str) -> None:
    assert mathml(f"${source}$") is None


@pytest.mark.parametrize(
    "source", ["f(" * 60 + ")" * 60, "[0,1)" * 60, "(" * MOST_UNCLOSED, r"\left(x\right]" * 60, r"a \pmod 3"]
)
def test_formula_with_few_open_delimiters_is_converted(source: str) -> None:
    assert (mathml(f"${source}$") or "").startswith("<math>")


def test_note_of_10_000_brackets_shows_its_source() -> None:
    assert note_html("[" * 10_000) == f"<p>{'[' * 10_000}</p>"


def test_note_over_a_bound_shows_its_paragraphs_escaped() -> None:
    long = "*a* <b>\n\n" + "x" * LONGEST_NOTE
    assert note_html(long) == f"<p>*a* &lt;b&gt;</p><p>{'x' * LONGEST_NOTE}</p>"


def test_note_with_many_links_is_rendered() -> None:
    note = "[a](https://a.example) " * MOST_BRACKETS
    assert note_html(note).count("<a href") == MOST_BRACKETS


def test_note_of_lists_within_lists_shows_its_source() -> None:
    assert note_html("- " * 2_500) == f"<p>{'- ' * 2_500}</p>"


def test_note_with_half_of_a_surrogate_pair_is_shown_without_it() -> None:
    assert note_html("a\ud800b") == "<p>a?b</p>"


def compared(before: str, after: str) -> TextDifference | None:
    return difference(Contents(before, ()), Contents(after, ())).intro


def test_long_texts_without_a_common_line_differ_between_their_ends() -> None:
    before, after = "a b " * 2_500, "b a " * 2_500
    found = compared(before, after)
    assert found == TextDifference("intro", (Words(before, True),), (Words(after, True),))


def test_long_texts_are_compared_by_lines() -> None:
    lines = [f"{n} words of a line" for n in range(100)]
    changed = ["first", *lines[1:50], "middle", *lines[51:99], "last"]
    found = compared("\n".join(lines), "\n".join(changed))
    assert found is not None
    assert [words.text for words in found.after if words.differs] == ["first", "middle", "last"]


def test_long_text_with_one_changed_word_marks_that_word() -> None:
    words = ["word"] * 10_000
    found = compared(" ".join(words), " ".join([*words[:5_000], "new", *words[5_001:]]))
    assert found is not None
    assert [words.text for words in found.after if words.differs] == ["new"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a" * 3_900, ""),
        ("https://arxiv.org/abs/2010.04296v2", "2010.04296"),
        ("https://arxiv.org/pdf/math.GT/0309136v1.pdf", "math.GT/0309136"),
        ("x" * 3_900 + "/2010.04296", "2010.04296"),
    ],
)
def test_id_is_found_at_the_end_of_a_search(text: str, number: str) -> None:
    assert arxiv_id_at_end(text) == number


def test_excerpt_begins_where_most_different_words_are_among_many_matches() -> None:
    text = SafeString("graph " * 5_000 + "and then graph networks learn " + "graph " * 5_000)
    found = excerpt(text, {"graph", "network", "learn"})
    matches = [part.text for part in found if part.is_match]
    assert {"networks", "learn"} <= set(matches)
    assert (found[0], found[-1]) == (Part("… "), Part(" …"))


def test_listing_heading_of_100_kb_is_no_heading() -> None:
    heading = "Catchup results for " * 5_000 + "on Fri, 20 Nov 2026"
    with pytest.raises(Malformed, match="expected a listing page with its date"):
        read_listing(a_answer(f"<h3>{heading}</h3>"))


def test_no_break_spaces_behind_a_declaration_are_read_once() -> None:
    text = "{\\it" + "\u00a0" * 8_000
    assert readable(text) == "{"


def test_accents_within_accents_are_read_once() -> None:
    """Each level used to double the time: thirty took for ever."""
    assert readable("\\'{e" * 30 + "}" * 30) == "\\'e" * 29 + "é"
