"""Rendered texts without a database and its workers."""

from collections import defaultdict
from collections.abc import Iterable

from papers.models import Paper
from papers.rendered.columns import texts_of_paper
from papers.rendered.kinds import Text
from papers.rendered.renderer import render
from papers.rendered.stored import Texts


class TextsNow(Texts):
    """The texts, rendered here and now."""

    def __init__(self, wanted: Iterable[Text]) -> None:
        self._found = {text: (*render(*text),) for text in wanted if text[1]}


class Unrendered(Texts):
    """Whatever is asked for, it is not rendered yet."""

    def __init__(self) -> None:
        self._found = defaultdict(lambda: None)


def texts_now_of(*papers: Paper) -> Texts:
    """All texts of the papers' records."""
    return TextsNow(
        text for paper in papers for text in texts_of_paper(paper.title, paper.abstract, paper.comment, paper.authors)
    )
