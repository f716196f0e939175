"""The sentence that stands before an abstract."""

import re
from pathlib import Path

import pytest

from digests.markdown.format import parse
from papers.rendered.kinds import Kind
from papers.rendered.renderer import render
from papers.text.plain import plain
from papers.text.tex import parts

FILLER = "Networks are large, and so is the effort that goes into each of them on every machine. " * 4


def lead(abstract: str) -> str:
    return render(Kind.LEAD, abstract).text


@pytest.mark.parametrize(
    ("abstract", "picked"),
    [
        (f"{FILLER}We propose a network that learns without any labels at all.", "We propose a network that learns without any labels at all."),
        (
            f"{FILLER}However, it fails. In this paper, we show that e.g. the method of Sample et al. Fails twice on $n=3$ inputs.",
            "In this paper, we show that e.g. the method of Sample et al. Fails twice on n = 3 inputs.",
        ),
        (f"{FILLER}Our code for this new method is available at https://example.org/code today.", FILLER[:87].strip()),
        (f"{FILLER}We also propose a network that learns without any labels at all.", FILLER[:87].strip()),
        ("We propose a network that learns without labels. It is short.", ""),
        ("", ""),
        ("a" * 2_000, ""),
        (f"{FILLER}We propose \ue001 something that is private use, without any labels.", ""),
    ],
)  # fmt: skip
def test_lead_is_the_sentence_that_tells_most(abstract: str, picked: str) -> None:
    assert lead(abstract) == picked


def test_lead_keeps_its_formulas_and_has_no_links() -> None:
    html = render(Kind.LEAD, f"{FILLER}We present a bound of $O(n)$, which is tight for every one of the graphs.").html

    assert re.findall('<math alttext="([^"]+)"', html) == ["O(n)"]
    assert html.startswith("We present a bound of ")


def test_leads_of_the_archive_stand_in_their_abstracts_word_for_word(archive: Path) -> None:
    papers = [paper for file in sorted(archive.glob("*.md")) for paper in parse(file.read_text("utf-8")).papers]
    told = [(paper, lead(paper.abstract)) for paper in papers if paper.abstract]

    picked = [(paper, sentence) for paper, sentence in told if sentence]
    assert [paper.arxiv_id for paper, sentence in picked if sentence not in plain(parts(paper.abstract))] == []
    assert len(picked) > 0.95 * len(told)
    assert max(len(sentence) for _, sentence in picked) <= 230


def test_what_the_authors_did_may_be_longer_than_what_others_did() -> None:
    background = "A trivial solution is obtained when the encoder outputs constant vectors for all of its inputs."
    news = f"In this paper, we introduce a method that avoids this {'and that ' * 15}with a simple term."
    assert 190 < len(news) < 230

    assert lead(f"{background} {news} {FILLER}") == news
    assert lead(f"{background} {news.replace('this', 'this, and more of this,')} {FILLER}") == background
