"""What somebody who types may be about to ask for: papers by their title, and authors by their name."""

from dataclasses import dataclass

from papers.models import Paper, PaperAuthor
from papers.search import dictionary
from papers.search.index import PAPER
from papers.search.levels import places
from papers.search.parts import QueryError
from papers.search.query import parse
from papers.search.understanding import understood
from papers.search.words import author_key
from papers.text.folding import LAST

SHORTEST = 2
"""Letters from which on there is something to suggest."""
MOST_PAPERS, MOST_AUTHORS = 6, 3


@dataclass(frozen=True, slots=True)
class Suggestions:
    papers: tuple[Paper, ...] = ()
    authors: tuple[tuple[str, str], ...] = ()
    """Names, each with its key."""
    words: tuple[str, ...] = ()
    """How the last word may go on."""


def suggested(text: str) -> Suggestions:
    """At most sixteen queries. What cannot be read has none."""
    try:
        query = parse(text)
    except QueryError:
        return Suggestions()
    if len(author_key(text)) < SHORTEST:
        return Suggestions()
    meaning = understood(query, is_unfinished=True)
    found = [place & PAPER for place in places(meaning, MOST_PAPERS)]
    papers = Paper.objects.in_bulk(found)
    last = author_key(text.split(" ")[-1])
    words = dictionary.endings(last, 4) if len(last) >= SHORTEST and "-" not in last else []
    shown = tuple(papers[pk] for pk in found if pk in papers)
    return Suggestions(shown, _authors(author_key(text)), tuple(word for word in words if word != last))


def _authors(key: str) -> tuple[tuple[str, str], ...]:
    """Those whose name begins so, in the order of the alphabet; along an index, a name at a time."""
    found: list[tuple[str, str]] = []
    rows = PaperAuthor.objects.filter(key__gte=key, key__lt=key + LAST).order_by("key")
    for _ in range(MOST_AUTHORS):
        if not (row := rows.values_list("name", "key").first()):
            break
        found.append(row)
        rows = rows.filter(key__gt=row[1])
    return tuple(found)
