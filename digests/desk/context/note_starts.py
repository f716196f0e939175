"""Suggested beginnings of a note: the abstract's lead sentence, and the editors' templates filled in for the paper."""

import re
from dataclasses import dataclass

from digests.models import NoteTemplate
from papers.models import Paper
from papers.rendered.kinds import Kind, names_source
from papers.rendered.stored import Texts

MARKDOWN = re.compile(r"[\\`*_]")
SENTENCE_END = re.compile(r"[.!?](?=\s)")
LONGEST_SENTENCE = 400
LEAD = "Lead sentence of the abstract"
PLACE = re.compile(r"\{(lead|title|author)\}")


@dataclass(frozen=True)
class Start:
    name: str
    text: str
    """Markdown, as it is inserted."""


def starts_for(paper: Paper) -> list[Start]:
    """Return the lead sentence first, if there is an abstract; two queries."""
    kinds = [(Kind.LINE, paper.title), (Kind.ABSTRACT, paper.abstract), (Kind.LEAD, paper.abstract)]
    texts = Texts([*kinds, (Kind.NAMES, names_source(paper.authors))])
    lead = texts.lead_text(paper.abstract) or first_sentence(texts.abstract_text(paper.abstract))
    values = {
        "lead": as_markdown(lead),
        "title": as_markdown(texts.line_text(paper.title)),
        "author": as_markdown(next(iter(texts.names(paper.authors)), "")),
    }
    found = [Start(LEAD, values["lead"])] if lead else []
    return found + [Start(one.name, filled(one.text, values)) for one in NoteTemplate.objects.all()]


def first_sentence(text: str) -> str:
    """Return the first sentence, shortened if it is very long."""
    line = " ".join(text[: 4 * LONGEST_SENTENCE].split())
    end = SENTENCE_END.search(line)
    return line[: end.end() if end else None][:LONGEST_SENTENCE]


def as_markdown(text: str) -> str:
    """Return Markdown that shows this plain text unchanged."""
    text = MARKDOWN.sub(lambda mark: "\\" + mark[0], text).replace("](", "]&#40;")
    return text.replace("$", "&#36;") if text.count("$") > 1 else text  # two of them may be a formula


def filled(text: str, values: dict[str, str]) -> str:
    """Fill each placeholder of the template once; text that was filled in is not searched for placeholders."""
    return PLACE.sub(lambda place: values[place[1]], text)
