"""Titles that nearly say the same."""

import pytest

from digests.desk.context.near_titles import NearTitles

NEAR = [
    ("Attention Is All You Need", "Attention is all you need!"),
    ("Attention Is All You Need", "Attentoin Is All You Need"),
    ("Scaling Laws for Neural Language Models", "Scaling Law for Neural Language Model"),
    ("A Rényi Bound for Federated Speech", "A Renyi bound for federated speech"),
    ("Self-Attention for Graphs", "Self Attention for Graphs"),
    ("Chain of Thought Prompting Elicits Reasoning in LLMs", "Prompting Elicits Reasoning in LLMs: Chain of Thought"),
]
APART = [
    ("Attention Is All You Need", "Scaling Laws for Neural Language Models"),
    ("A Synthetic Paper, Part 1", "A Synthetic Paper, Part 2"),
    ("DeepSeek-V2: A Strong Model", "DeepSeek-V3: A Strong Model"),
    ("Segment Anything", "Segment Anything in Medical Images"),
    ("", ""),
    ("the of", "the of"),
]


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_near_titles_are_found_among_others(one: str, other: str) -> None:
    among = NearTitles(["Something else", other, "A third thing"])
    assert among.like(one) == [1]


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_titles_are_not_near(one: str, other: str) -> None:
    assert NearTitles([other]).like(one) == []


def test_nearest_title_comes_first() -> None:
    titles = ["Scaling Laws for Neural Language Modelling", "Scaling Laws for Neural Language Models"]
    assert NearTitles(titles).like("Scaling Laws for Neural Language Models") == [1, 0]
