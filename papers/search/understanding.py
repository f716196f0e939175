"""What a query asks of the index, read with the dictionary: names of authors, other spellings, words joined and split, and words
that may go on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from django.db import connection

from papers import clock
from papers.search import dictionary
from papers.search.abbreviations import written_out
from papers.search.category_names import CODES
from papers.search.days import spans
from papers.search.dictionary import NOWHERE, Known
from papers.search.expressions import Clause, Clauses, Term
from papers.search.filters import clauses_of, filters_of, title_term
from papers.search.names import LONGEST_NAME, Author, authors_among, other_spellings, words_of_name
from papers.search.neighbours import Runs, abbreviated, joined_runs
from papers.search.parts import Part
from papers.search.pasted import titles_within
from papers.search.query import Query
from papers.search.terms import category_term, id_term
from papers.search.wanted import Wanted, of_the_index
from papers.search.well_known import CALLED
from papers.search.words import STOP_WORDS, folded, inflections, joined, plain_words, spellings, title_key, words

LONGEST_RUN = 8
"""Words that are tried joined, split and as names; of a longer query only its title is looked for."""
MOST_NEAR = 4
"""Words that are looked for beside each other: to find five that are frequent takes long."""
MOST_APART = 4
"""Words that titles may have joined or split at other places: more are hardly ever one name, and each has many alternatives."""
MOST_UNKNOWN = 3
"""Words that are taken for beginnings."""
PIECES = re.compile(r"[0-9]+|[^0-9]+")
VERSION = re.compile(r"v?[0-9]{1,2}")
"""Behind a name."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a query asks of the index."""

    query: Query
    filters: Clauses
    """What has to do with no text: days, categories, ids, authors."""
    wanted: tuple[Wanted, ...]
    unwanted: tuple[Clauses, ...]
    authors: tuple[Author, ...]
    """Those that were recognized without a field."""
    unknown: tuple[Part, ...]
    """Words that the dictionary has not."""
    row: tuple[str, ...] = ()
    """All folded words in order, but for those that are quoted."""
    name: str = ""
    """All words, written as one."""
    known_as: str = ""
    """A name that everybody knows, among words that no paper has all."""
    rarest: Clauses = ()
    """In the title: of words that some papers may lack the one that stands in fewest titles, since it says most."""
    categories: tuple[str, ...] = ()
    """Those that all words are the name of."""
    is_impossible: bool = False
    """No paper can be of these days, or have what was asked for."""

    @property
    def anywhere(self) -> Clauses:
        return (*self.filters, *(one.anywhere for one in self.wanted))

    @property
    def as_typed(self) -> Clauses:
        """Of a lone word that may go on: anywhere, but as it was typed; else empty."""
        typed = [one.as_typed for one in self.wanted]
        return (*self.filters, typed[0]) if len(typed) == 1 and typed[0] else ()

    @property
    def in_title(self) -> Clauses:
        return (*self.filters, *(one.in_title for one in self.wanted))

    @property
    def in_a_row(self) -> Clauses:
        """In the title, or in the name that is abbreviated; empty for a lone word."""
        called = ((f"w_{self.name}",),) if self.name else ()
        row = [(title_term(pair), (f"j_{joined(pair)}",), (f"t_{joined(pair)}",), *called) for pair in pairwise(self.row)]
        return (*self.filters, *(one.in_title for one in self._exact), *row) if row else ()

    @property
    def called(self) -> Clauses:
        """What is abbreviated so, or called so in posts."""
        exact = (one.anywhere for one in self._exact)
        return (*self.filters, *exact, ((f"w_{self.name}",), (f"v_{self.name}",))) if self.name else ()

    @property
    def near(self) -> Clauses:
        """Anywhere, but beside each other; empty for a lone word, and for more than hardly ever stand so."""
        if len(self.row) > MOST_NEAR:
            return ()
        pairs = [((first, second), (second, first), (joined((first, second)),)) for first, second in pairwise(self.row)]
        return (*self.filters, *(one.anywhere for one in self._exact), *pairs) if pairs else ()

    @property
    def named(self) -> Clauses:
        """What is called so by its authors."""
        return (*self.filters, *(one.anywhere for one in self._exact), ((f"n_{self.name}",),)) if self.name else ()

    @property
    def well_known(self) -> Clauses:
        """What everybody calls so."""
        called = tuple((id_term(number),) for number in CALLED.get(self.name or self.known_as, ()))
        return (*self.anywhere, called) if called else ()

    @property
    def with_rarest(self) -> Clauses:
        """Anywhere, with the rarest word in the title; empty where all words are needed."""
        return (*self.anywhere, *self.rarest) if self.rarest else ()

    @property
    def _exact(self) -> list[Wanted]:
        return [one for one in self.wanted if one.part.is_exact]

    @property
    def titled(self) -> Clauses:
        """What has this very title."""
        key = title_key(self.query.text)
        return (((f"x_{key}",),),) if key else ()


def understood(query: Query, *, is_unfinished: bool = False, is_inflected: bool = False) -> Meaning:
    """The query, read with the dictionary; at most six queries. The last word may go on where the query is unfinished; all words
    may have other endings where it is inflected."""
    if query.is_pasted:
        titles = any_of((*titles_within(query.text), *Meaning(query, (), (), (), (), ()).titled))
        return Meaning(query, (titles,) if titles else (), (), (), (), (), is_impossible=not titles)
    bare = [part for part in query.parts if not part.kind]
    of_part = {part: [word for word in plain_words(part.typed) if word not in STOP_WORDS] for part in bare}
    loose = [part for part in bare if len(part.term) == 1 and not part.is_exact and len(bare) <= LONGEST_RUN]
    asked = {part: of_part[part][0] for part in loose}
    maybe_names = [part for part in bare if len(part.term) <= LONGEST_NAME and not part.is_exact and len(bare) <= LONGEST_RUN]
    names = {word for part in maybe_names for word in words_of_name(part)} | {word for name in query.authors for word in name}
    shorts = {short for _, short in abbreviated(bare)}
    known = dictionary.known(
        spelled for word in {*asked.values(), *names, *shorts} for spelled in (word, folded(word), *spellings(word))
    )
    others = other_spellings(names, known)
    authors, of_authors = authors_among(maybe_names, known)
    left = [part for part in bare if part not in of_authors and not (authors and _is_beside_names(part))]
    if len(left) < len(query.parts):  # "papers by", "papers of May 2021"
        left = [part for part in left if part.term != ("paper",) or part.is_exact]
    unknown = tuple(part for part in left if part in asked and not (_is_known(asked[part], known) or written_out(asked[part])))
    beginnings = {part for part in left if part.is_beginning} | {part for part in unknown if not _is_shouted(part, query.text)}
    if is_unfinished and left and left[-1] in asked:
        beginnings.add(left[-1])
    endings = {
        part: dictionary.endings(asked.get(part) or of_part[part][-1])
        for part in [part for part in left if part in beginnings][-MOST_UNKNOWN:]
        if len(part.term[0]) > 1
    }
    there = {word for part in left for word in part.term} | {*map(folded, known)}
    there |= {folded(ending) for found in endings.values() for ending in found}
    runs = joined_runs([part for part in left if part in asked], asked)
    for part, short in abbreviated(left):
        if known.get(short, NOWHERE).papers >= known.get(short, NOWHERE).names:  # SAM is hardly anybody, Sam is many
            runs.setdefault(part, []).append(short)
    if is_inflected:
        endings |= {part: [*endings.get(part, []), *inflections(asked[part])] for part in left if part in asked}
    kinds = "jhnvw" if len(left) <= MOST_APART else "nvw"
    wanted = [_wanted(part, asked.get(part), known, endings.get(part, []), Runs(runs.get(part, ()), kinds)) for part in left]
    row = tuple(word for part in left if not part.is_exact for word in part.term)
    categories = CODES.get(row, ()) if row and not any(part.is_exact for part in left) else ()
    if categories:
        codes = tuple((category_term(code),) for code in categories)
        wanted = [one._replace(anywhere=(*one.anywhere, *codes)) for one in wanted]
    if wanted and connection.vendor == "postgresql":
        wanted = of_the_index(wanted, there)
    filters = [*filters_of(query, others), *(clause for author in authors for clause in author.clauses)]
    wanted += [_either(group) for group in query.either if not any(part.kind for part in group)]
    unwanted = tuple(tuple(clause for part in group for clause in clauses_of(part)) for group in query.without)
    is_all_bare = not authors and left == list(query.parts) and not any(part.is_exact for part in left)
    name = joined(plain_words(query.text) if is_all_bare else [word for part in left for word in of_part[part]])
    meaning = Meaning(query, tuple(filters), tuple(wanted), unwanted, tuple(authors), unknown, row, name)
    meaning = replace(meaning, categories=categories)
    return within_days(meaning, query.since, query.until) if query.since or query.until else meaning


def any_of(clauses: Iterable[Clause]) -> Clause:
    return tuple(dict.fromkeys(term for clause in clauses for term in clause))


def within_days(meaning: Meaning, since: date | None, until: date | None) -> Meaning:
    """The same, of these days alone."""
    days = spans(since, until, clock.now().date().replace(month=12, day=31))
    filters = (*meaning.filters, *([tuple((f"d_{span}",) for span in days)] if days else []))
    query = replace(meaning.query, since=since, until=until)
    return replace(meaning, query=query, filters=filters, is_impossible=not days)


def _is_beside_names(part: Part) -> bool:
    """An initial, or "et al."."""
    return len(part.term) == 1 and (part.term[0] in ("et", "al", "und") or (len(part.term[0]) == 1 and part.term[0].isalpha()))


def _is_plural_of_name(word: str, known: dict[str, Known]) -> bool:
    """Whether nobody writes it, and it would be the plural of somebody's name: `trans`, which goes on, is not Mr. Tran."""
    return word not in known and word != folded(word) and known.get(folded(word), NOWHERE).is_name


def _is_shouted(part: Part, text: str) -> bool:
    """Whether it is an abbreviation: in capitals, unlike the rest."""
    return part.typed.isupper() and not text.isupper()


def _is_known(word: str, known: dict[str, Known]) -> bool:
    return any(spelled in known for spelled in (word, folded(word), *spellings(word)))


def _wanted(part: Part, word: str | None, known: dict[str, Known], endings: Sequence[str], runs: Runs) -> Wanted:
    found = _alternatives(part, word, known, endings, runs)
    has_versions = word and any(VERSION.fullmatch(ending.removeprefix(word)) for ending in endings)  # minilm is MiniLMv2
    return Wanted(part, *found, _alternatives(part, word, known, (), runs)[0] if endings and not has_versions else ())


def _alternatives(
    part: Part, word: str | None, known: dict[str, Known], endings: Sequence[str], runs: Runs
) -> tuple[Clause, Clause]:
    """What the part is found by: anywhere, and in a title (or an author's name)."""
    term = part.term
    if part.is_exact:
        return (term,), (title_term(term),)
    whole = joined(plain_words(part.typed))
    if word and _is_plural_of_name(word, known):
        term, whole = (word,), word
    lone = list(term) if len(term) == 1 else []
    lone += [whole, *runs.names, *map(folded, endings)]
    lone += [folded(other) for other in spellings(word) if other in known] if word else []
    lone = list(dict.fromkeys(lone))
    rows: list[Term] = [term] if len(term) > 1 else []
    if word:
        rows += [tuple(words(short))] if (short := written_out(word)) else []
        rows += _split(word)
    named = {kind: [whole, *(runs.names if kind in runs.kinds else ())] for kind in "jhnvw"}
    in_title: list[Term] = [(f"t_{one}",) for one in lone] + [title_term(row) for row in rows]
    in_title += [(f"{kind}_{one}",) for kind in "jnw" for one in named[kind]] + [(f"a_{one}",) for one in lone]
    anywhere: list[Term] = [(one,) for one in lone] + rows
    anywhere += [(f"{kind}_{one}",) for kind in "jhnv" for one in named[kind]]
    called: list[Term] = [(id_term(number),) for one in (whole, *runs.names) for number in CALLED.get(one, ())]
    anywhere, in_title = anywhere + called, in_title + called
    return tuple(dict.fromkeys(anywhere)), tuple(dict.fromkeys(in_title))


def _either(group: Sequence[Part]) -> Wanted:
    found = [_alternatives(part, None, {}, (), Runs()) for part in group]
    return Wanted(
        group[0]._replace(is_exact=True), any_of(anywhere for anywhere, _ in found), any_of(in_title for _, in_title in found)
    )


def _split(word: str) -> Iterator[Term]:
    """A word of letters and digits in two, and at every place: `gpt3` as gpt 3."""
    pieces = PIECES.findall(word)
    if 1 < len(pieces) <= 4 and len(word) > 3:
        yield tuple(map(folded, pieces))
        for place in range(1, len(pieces)):
            yield folded("".join(pieces[:place])), folded("".join(pieces[place:]))
