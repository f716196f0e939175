"""Searches: a query becomes one boolean expression, which SQLite's FTS5 and PostgreSQL's tsquery answer alike.

Where nothing has all that was asked for, a search asks again: the last word may go on, words may be misspelled, and at last some
may be missing. What it did instead, its results say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.html import escape

from papers.models import Paper
from papers.rendered.kinds import Kind, Text, names_source
from papers.rendered.stored import Texts
from papers.search import dictionary
from papers.search.abbreviations import written_out
from papers.search.addresses import ids_meant
from papers.search.compounds import apart
from papers.search.dictionary import NOWHERE
from papers.search.expressions import FIRST
from papers.search.index import PAPER
from papers.search.levels import MOST_COUNTED, TOP, hottest, places
from papers.search.marking import Part as MarkedPart
from papers.search.marking import excerpt, marked
from papers.search.orders import Order, newest
from papers.search.parts import QueryError
from papers.search.pasted import titles_within
from papers.search.query import LONGEST_QUERY, Query, parse
from papers.search.relaxing import MOST_OPTIONAL, with_fewer
from papers.search.spacing import put_together, taken_apart
from papers.search.terms import MOST_AUTHORS
from papers.search.understanding import Meaning, any_of, understood
from papers.search.words import folded, name_words, plain_words, spellings

MOST_HITS = 100
SHOWN_AUTHORS = 6
FEW = 5
"""Papers, of which fewer let another spelling be offered."""
MUCH_MORE_FREQUENT = 20
MANY_WORDS = 3
"""Words: to find that no paper has them all takes long."""
NUMBERED = re.compile(r"(?<=[^\W\d_]{4})(?:[0-9]+\b|\+\+|#)")
"""The number or sign behind a name, `stylegan3`, `nerf++`, that no paper has."""


@dataclass(frozen=True, slots=True)
class Hit:
    paper: Paper
    title: list[MarkedPart]
    excerpt: list[MarkedPart]
    """The place of the abstract that has most of the words."""
    authors: list[list[MarkedPart]]
    """The first names, and further ones that were looked for; in order."""
    authors_left: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds, or what was found in its place."""

    meaning: Meaning
    papers: tuple[int, ...]
    """The standings of the hottest, as many as are counted."""
    instead: str = ""
    """The query with other spellings that was answered in the place of the one asked; empty where the one asked was."""
    has_fewer_words: bool = False
    """No paper has all that was asked for."""
    unknown_ids: tuple[str, ...] = ()
    """Ids that were asked for, of papers that are not here."""


@dataclass(frozen=True, slots=True)
class Results:
    query: Query
    """The one that was answered."""
    hits: list[Hit]
    next: str | None
    """What `after` takes for the next page; None where this is the last."""
    found: Found
    meant: str = ""
    """Another spelling that may be meant."""

    @property
    def total(self) -> int:
        """At most MOST_COUNTED."""
        return min(len(self.found.papers), MOST_COUNTED)

    @property
    def are_more(self) -> bool:
        """Than `total`."""
        return len(self.found.papers) > MOST_COUNTED

    @property
    def counted(self) -> list[int]:
        """The primary keys of the papers that `total` counts."""
        return [standing & PAPER for standing in self.found.papers[:MOST_COUNTED]]


def search(text: str, *, limit: int = 20, after: str | None = None, order: Order = Order.RELEVANCE) -> Results:
    """A page of the papers that the query finds. Raises QueryError. Thirty queries, or fewer."""
    before, query, limit = _place(after), parse(text), min(limit, MOST_HITS)
    found = _found(query)
    meaning = found.meaning
    if order is Order.NEWEST:
        page = newest(meaning, found.papers if len(found.papers) <= MOST_COUNTED else None, limit + 1, before)
    elif order is Order.HOTTEST:
        page = hottest(meaning, limit + 1, before or FIRST)
    else:
        page = places(meaning, limit + 1, before or TOP + FIRST, found.papers)
    hits = list(_hits([place & PAPER for place in page[:limit]], meaning))
    meant = "" if found.instead or len(found.papers) >= FEW else _meant(meaning)
    return Results(meaning.query, hits, str(page[limit - 1]) if len(page) > limit else None, found, meant)


def matching_ids(text: str, limit: int, *, since: date | None = None, are_hottest: bool = False) -> list[int]:
    """The primary keys of the first papers that the query finds, of those announced since a day, the best (or the hottest) first.
    Ten queries, or fewer. Raises QueryError.
    """
    query = parse(text)
    if since:
        query = replace(query, since=max(since, query.since or since))
    meaning = understood(query)
    return [place & PAPER for place in (hottest if are_hottest else places)(meaning, limit)]


def _place(after: str | None) -> int:
    """0 for the first page."""
    if after is None or after == "":
        return 0
    if not (after.isascii() and after.isdecimal() and len(after) < 24):
        raise QueryError("This page of results is not there. Search again for the first one.")
    return int(after)


def _found(query: Query) -> Found:
    first = understood(query)
    asked = set()
    for meaning, instead, has_fewer in _attempts(first):
        if (key := (meaning.anywhere, meaning.unwanted)) not in asked and (papers := hottest(meaning, MOST_COUNTED + 1)):
            return Found(meaning, tuple(papers), instead, has_fewer)
        asked.add(key)
    if query.is_pasted:
        raise QueryError(f"No paper here has a title that stands in this text. Use at most {LONGEST_QUERY} characters.")
    exact = replace(first, filters=first.titled, wanted=()) if first.titled else first
    if first.titled and (papers := hottest(exact, MOST_COUNTED + 1)):
        return Found(exact, tuple(papers))
    if query.posts:
        raise QueryError("Hot Papers doesn’t know this post. Search for the title or the arXiv id of its paper.")
    return Found(first, (), unknown_ids=tuple(number for number in query.ids if not ids_meant(number)))


def _attempts(first: Meaning) -> Iterator[tuple[Meaning, str, bool]]:
    """What to ask for, one after the other until something is found: the meaning, the query in its place, whether words are left
    out."""
    yield first, "", False
    if ids := _ids_meant(first.query):
        yield understood(parse(ids)), ids, False
    if not first.wanted and not first.authors:
        return
    if titles := titles_within(first.query.text):
        yield replace(first, filters=titles, wanted=(), authors=()), "", False
    whole = [understood(first.query, is_unfinished=True)] if first.wanted and not first.wanted[-1].part.is_exact else []
    if in_words := _parsed(apart(first.query.text), first.query):
        first = understood(in_words)
        whole += [first, understood(first.query, is_unfinished=True)]
    corrected = _corrected(first) or _meant(first, 1)
    again = understood(parsed) if (parsed := _parsed(corrected, first.query)) else None
    attempts = [(meaning, "") for meaning in whole]
    attempts += [(again, corrected)] if again else []
    attempts.append((inflected := understood(first.query, is_inflected=True), ""))
    yield from ((meaning, instead, False) for meaning, instead in _worthwhile(attempts))
    if spaced := _parsed(_replaced(first.query.text, put_together(first) or taken_apart(first)), first.query):
        yield understood(spaced), "", False
    best = inflected if len(inflected.wanted) <= MOST_OPTIONAL else first  # of many words so many endings take long
    for one, instead in ((best, ""), *([(again, corrected)] if again else [])):
        for fewer in with_fewer(one):
            yield fewer, instead, True
    if unnumbered := _parsed(NUMBERED.sub("", first.query.text), first.query):
        last = understood(unnumbered, is_unfinished=True)
        yield last, "", True
        yield from ((fewer, "", True) for fewer in with_fewer(last))


def _worthwhile(attempts: list[tuple[Meaning, str]]) -> Iterator[tuple[Meaning, str]]:
    """Those that may find something: where no paper has, for each of many words, any of what those with as many words ask for in
    its place, none of them does. One query in the place of theirs."""
    last = attempts[-1][0]
    alike = [meaning for meaning, _ in attempts if _shape(meaning) == _shape(last)]
    words = zip(*(meaning.wanted for meaning in alike), strict=True)
    wanted = tuple(of[0]._replace(anywhere=any_of(one.anywhere for one in of)) for of in words)
    are_found = len(alike) < 2 or len(last.wanted) < MANY_WORDS or hottest(replace(last, wanted=wanted), MOST_COUNTED + 1)
    yield from (attempt for attempt in attempts if are_found or attempt[0] not in alike)


def _shape(meaning: Meaning) -> tuple[object, ...]:
    """What meanings have in common that differ in the alternatives of their words alone."""
    return meaning.filters, meaning.unwanted, len(meaning.wanted), meaning.is_impossible


def _ids_meant(query: Query) -> str:
    """The ids of papers that are here and may be meant by mistyped ones; empty for none. One query, or none."""
    meant = ids_meant(query.text)
    papers = Paper.objects.filter(Paper.findable(), arxiv_id__in=meant).order_by("arxiv_id") if meant else Paper.objects.none()
    return " ".join(papers.values_list("arxiv_id", flat=True))


def _parsed(text: str, query: Query) -> Query | None:
    """The text that was made of the query's; None where it is the same, or cannot be read: it may look like a field now."""
    try:
        return parse(text) if text and text != query.text else None
    except QueryError:
        return None


def _corrected(meaning: Meaning) -> str:
    """The query with the words that the dictionary does not have put right; empty where there is nothing to put."""
    typed = {part: plain_words(part.typed)[-1] for part in meaning.unknown}
    better = dictionary.corrections(list(typed.values()))
    return _replaced(meaning.query.text, {part.place: better[word] for part, word in typed.items() if word in better})


def _meant(meaning: Meaning, more_frequent: int = MUCH_MORE_FREQUENT) -> str:
    """The query with rare words as so many times more frequent ones that are spelled alike."""
    parts = [one.part for one in meaning.wanted if len(one.part.term) == 1 and not one.part.is_exact]
    typed = {part: plain_words(part.typed)[-1] for part in parts if plain_words(part.typed)}
    better = dictionary.corrections(list(typed.values()))
    known = dictionary.known([*better, *better.values()]) if better else {}
    frequent = {
        part.place: other
        for part, word in typed.items()
        if (other := better.get(word))
        and not written_out(word)
        and folded(other) != folded(word)  # else it was found as well
        and other not in spellings(word)
        and not (other.startswith(word) or word.startswith(other))
        and (known.get(word, NOWHERE).names or not known[other].is_name)  # games are no James
        and known[other].frequency > more_frequent * known.get(word, NOWHERE).frequency
    }
    return _replaced(meaning.query.text, frequent)


def _replaced(text: str, words: dict[tuple[int, int], str]) -> str:
    if not words:
        return ""
    for (start, end), word in sorted(words.items(), reverse=True):
        text = text[:start] + word + text[end:]
    return text


def _hits(papers: Sequence[int], meaning: Meaning) -> Iterator[Hit]:
    found = Paper.objects.in_bulk(papers)
    query = meaning.query
    looked_for = {word for one in meaning.wanted for term in one.anywhere for word in term}
    looked_for |= {word for phrase in (*query.phrases, *query.titles) for word in phrase}
    looked_for |= {word for group in query.either for part in group for word in part.term}
    texts = Texts(text for paper in found.values() for text in _texts(paper))
    for pk in papers:
        if paper := found.get(pk):
            authors = _authors(texts.names(paper.authors), meaning)
            left = len(paper.authors) - len(authors)
            title = marked(texts.line(paper.title), looked_for)
            yield Hit(paper, title, excerpt(texts.abstract(paper.abstract), looked_for), authors, left)


def _texts(paper: Paper) -> list[Text]:
    return [(Kind.LINE, paper.title), (Kind.ABSTRACT, paper.abstract), (Kind.NAMES, names_source(paper.authors))]


def _authors(names: Sequence[str], meaning: Meaning) -> list[list[MarkedPart]]:
    asked_for = [*meaning.query.authors, *meaning.query.phrases, *(term for author in meaning.authors for term in author.terms)]
    found, further = [], 0
    for number, name in enumerate(names[:MOST_AUTHORS]):
        words = set(name_words(name))
        looked_for = {word for asked in asked_for if words.issuperset(asked) for word in asked}
        if number < SHOWN_AUTHORS or (looked_for and further < SHOWN_AUTHORS):
            found.append(marked(escape(name), looked_for))
            further += number >= SHOWN_AUTHORS
    return found
