"""The language of searches: words, "phrases" and fields, all of which a paper must have, -without some, or one OR another.

    attention "language models" author:"Yann LeCun" cat:cs.LG since:2026-01 until:2026-03-15 -survey GAN OR VAE 2010.04296

Years, categories, ids and addresses of papers need no field. What looks like a field and is none is text: titles are pasted.
Pure: knows no database.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from papers.post_keys import PostKey
from papers.search.addresses import ids_in, is_id_beginning, posts_in, words_of_link
from papers.search.as_typed import plainly, without_markup
from papers.search.days import DAY, days_of
from papers.search.words import UNSPACED, name_words, words
from papers.sources.arxiv.categories import as_arxiv_writes
from papers.text.identifiers import CATEGORY, FIRST_YEAR

LONGEST_QUERY = 300
MOST_TERMS = 40
FIELDS = {
    "author": "author",
    "authors": "author",
    "au": "author",
    "title": "title",
    "ti": "title",
    "cat": "cat",
    "category": "cat",
    "since": "since",
    "from": "since",
    "after": "since",
    "until": "until",
    "to": "until",
    "before": "before",
    "id": "id",
    "year": "year",
}
ITEM = re.compile(
    rf'(?P<minus>(?<!\S)[-–](?=[^\W_]|"))?(?:(?P<field>{"|".join(FIELDS)}):(?=\S))?'
    r'(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)|(?P<lone>"))',
    re.IGNORECASE,
)
APART = re.compile(r"[,;/|()\[\]{}<>…—]+|:(?![0-9])")
"""What stands between words that do not belong together: `lecun,bengio`."""
LINK = re.compile(r"https?://\S+", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
YEARS = re.compile(r"(?P<first>(?:19|20)[0-9]{2})(?:[-–—…]|\.\.)(?P<last>(?:19|20)[0-9]{2})")
SINCE = re.compile(r"(?<!\S)(?P<field>since|after|until|before) (?=(?:19|20)[0-9]{2}(?:-[0-9]{2}){0,2}(?!\S))", re.IGNORECASE)
BEGINNING = re.compile(r"[^\W_]{2,}\*")
FIRST_DAY = date(FIRST_YEAR, 1, 1)
MONTH = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])")
"""With which ids begin."""
LABEL = re.compile(rf"(?:(?:title|ti)|(?P<field>{'|'.join(FIELDS)}))\s?:\s", re.IGNORECASE)
"""A field and a space, as people type it, and as arXiv's mails write titles."""
OPERATORS = {"OR": "or", "AND": "and", "NOT": "not"}
"""In capitals, between two words."""
MOST_IN_CAPITALS = 5
"""Words of a query in capitals, in which OR is an operator: of more it is a title."""
Term = tuple[str, ...]


class QueryError(ValueError):
    """The query cannot be read; the message tells a reader what to write instead."""


class Part(NamedTuple):
    """Something that was typed and asks for one thing."""

    kind: str
    """`""` for words anywhere, `title`, `author`, `cat`, `year`, `since`, `until`."""
    term: Term
    """Folded words in a row; of a category, its code."""
    typed: str
    """The words as they were typed, without field and quotes."""
    place: tuple[int, int]
    """Where in the query it stands."""
    is_exact: bool = False
    """Quoted."""
    is_beginning: bool = False
    """A word that may go on: `transf*`."""
    is_bare: bool = False
    """A category without its field."""


@dataclass(frozen=True, slots=True)
class Query:
    """What all found papers have. Words are folded."""

    phrases: tuple[Term, ...] = ()
    """Words in a row, anywhere; a lone word is a phrase of one."""
    titles: tuple[Term, ...] = ()
    authors: tuple[Term, ...] = ()
    """Each the words of one name, in any order of given and family names."""
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    id_beginnings: tuple[str, ...] = ()
    posts: tuple[PostKey, ...] = ()
    """Posts whose papers are looked for."""
    years: tuple[int, ...] = ()
    """Bare ones: papers of one of them."""
    since: date | None = None
    until: date | None = None
    either: tuple[tuple[Part, ...], ...] = field(default=(), compare=False)
    """Groups of which one part is enough."""
    without: tuple[Part, ...] = field(default=(), compare=False)
    parts: tuple[Part, ...] = field(default=(), compare=False)
    """All that every paper must have, in order; those that say the same once."""
    text: str = field(default="", compare=False)
    """What was typed, with plain quotes and decoded TeX."""


def parse(text: str) -> Query:
    """The query in what a reader typed. Raises QueryError."""
    text = plainly(text)
    if len(text) > LONGEST_QUERY:
        raise QueryError(f"The search is too long. Use at most {LONGEST_QUERY} characters.")
    text = without_markup(text)
    if label := LABEL.match(text):
        text = (f"{label['field']}:" if label["field"] else "") + text[label.end() :]
    text = SINCE.sub(r"\g<field>:", text)
    if MONTH.fullmatch(text) and not _is_year(text):
        return _query(text, [Part("beginning", (text,), text, (0, len(text)))], (), ())
    if not ids_in(text):
        text = words_of_link(text) or text
    if found := ids_in(text):
        fields = [part for part in _parts(text) if part.kind in FIELDS and ":" in text[slice(*part.place)]]
        return replace(_query(text, fields, (), ()), ids=found)
    if posts := posts_in(text):
        return replace(_query(text, (), (), ()), posts=posts)
    parts: list[Part] = []
    either: list[tuple[Part, ...]] = []
    without: list[Part] = []
    is_either = is_without = False
    for part in _parts(text):
        if part.kind in OPERATORS.values():
            is_either, is_without = part.kind == "or" and bool(parts or either), part.kind == "not"
        elif is_without or part.kind.startswith("-"):
            without.append(part._replace(kind=part.kind.removeprefix("-")))
            is_without = False
        elif is_either and (parts or either):
            last = either.pop() if either and (not parts or either[-1][-1].place > parts[-1].place) else (parts.pop(),)
            either.append((*last, part))
            is_either = False
        else:
            parts.append(part)
    query = _query(text, parts, either, without)
    _refuse(query, text)
    return query


def _refuse(query: Query, text: str) -> None:
    if (
        sum(len(part.term) for part in (*query.parts, *query.without, *(part for one in query.either for part in one)))
        > MOST_TERMS
    ):
        raise QueryError(f"The search has too many words. Use at most {MOST_TERMS}.")
    if query.without and not (query.parts or query.either):
        raise QueryError("Write a word to search for, too, besides what the papers must be without.")
    if query == Query() and not query.either:
        if LINK.search(text):
            raise QueryError(
                "Only links to papers and to posts about them can be searched, for example https://arxiv.org/abs/2010.04296."
            )
        if not re.search(r"[^\W_]", text):
            raise QueryError("Nothing to search for. Type a word, a name or an arXiv id.")


def _query(text: str, parts: "tuple[Part, ...] | list[Part]", either: object, without: object) -> Query:
    distinct = list({(part.kind, part.term, part.is_exact, part.is_beginning): part for part in reversed(parts)}.values())[::-1]
    of: dict[str, list[Part]] = {}
    for part in distinct:
        of.setdefault(part.kind, []).append(part)
    since = max((date.fromisoformat(part.term[0]) for part in of.get("since", ())), default=None)
    until = min((date.fromisoformat(part.term[0]) for part in of.get("until", ())), default=None)
    if since and until and since > until:
        raise QueryError(f"{since} is after {until}. Swap the two dates.")
    return Query(
        phrases=_terms(of.get("", ())),
        titles=_terms(of.get("title", ())),
        authors=_terms(of.get("author", ())),
        categories=tuple(part.term[0] for part in of.get("cat", ())),
        id_beginnings=tuple(part.term[0] for part in of.get("beginning", ())),
        years=tuple(int(part.term[0]) for part in of.get("year", ())),
        since=since,
        until=until,
        either=tuple(either),  # type: ignore[arg-type]
        without=tuple(without),  # type: ignore[arg-type]
        parts=tuple(distinct),
        text=text,
    )


def _terms(parts: "list[Part] | tuple[()]") -> tuple[Term, ...]:
    return tuple(dict.fromkeys(part.term for part in parts))


def _parts(text: str) -> Iterator[Part]:
    """The parts of the text; one with another kind for OR, and with a minus before the kind for what a paper must be without."""
    for found in ITEM.finditer(text):
        minus, name, place = found["minus"] or "", FIELDS.get((found["field"] or "").lower(), ""), found.span()
        if found["lone"] or (not name and found["quoted"] is None and LINK.match(found["bare"])):
            continue
        if found[0] in OPERATORS and not (text.isupper() and len(text.split()) > MOST_IN_CAPITALS):
            yield Part(OPERATORS[found[0]], (), "", place)
        elif name and not _is_prose(found):
            value = found["quoted"] if found["quoted"] is not None else found["bare"]
            yield from (part._replace(kind=f"{'-' * bool(minus)}{part.kind}") for part in _field(name, value, place))
        elif found["quoted"] is not None:
            if term := tuple(words(found["quoted"])):
                yield Part("-" * bool(minus), term, found["quoted"].strip(), place, is_exact=True)
        else:
            yield from (
                part._replace(kind=f"{'-' * bool(minus)}{part.kind}") for part in _bare(found["bare"], found.start("bare"), place)
            )


def _is_prose(found: re.Match[str]) -> bool:
    """`from:Scratch` of a pasted title: words before a colon that are fields of days elsewhere."""
    return found["field"].lower() in ("from", "to", "before", "after") and not DAY.match(found["quoted"] or found["bare"] or "")


def _field(name: str, value: str, place: tuple[int, int]) -> Iterator[Part]:
    if name == "cat":
        yield Part("cat", (_category(value),), value, place)
    elif name == "id":
        if is_id_beginning(value):
            yield Part("beginning", (value.lower(),), value, place)
        elif not ids_in(value):
            raise QueryError(f"“{value[:30]}” isn’t an arXiv id. Write id:2010.04296 or id:cs/0112017.")
    elif name == "year" and YEAR.fullmatch(value):
        yield Part("year", (value,), value, place)
    elif name == "year" and (years := YEARS.fullmatch(value)):
        yield from _between(years, place)
    elif name in ("since", "until", "before", "year"):
        try:
            first, last = days_of(value)
        except ValueError as error:
            raise QueryError(
                f"“{value[:30]}” isn’t a date. Write {name}:2026-01-31, {name}:2026-01 for a month or {name}:2026 for a year."
            ) from error
        if name in ("since", "year"):
            yield Part("since", (str(first),), value, place)
        if name in ("until", "year"):
            yield Part("until", (str(last),), value, place)
        if name == "before":
            yield Part("until", (day := str(max(first, FIRST_DAY) - timedelta(days=1)),), day, place)
    elif term := tuple((name_words if name == "author" else words)(value)):
        yield Part(name, term, value, place)
    else:
        example = "author:LeCun" if name == "author" else f"{name}:learning"
        said = "" if not value.strip() else f" “{value.strip()[:30]}” is too common, or isn’t a word."
        raise QueryError(f"Write a word after {name}:, for example {example}.{said}")


def _bare(token: str, start: int, place: tuple[int, int]) -> Iterator[Part]:
    """The parts of what stands between two spaces."""
    whole = token.strip(",;:!?()[]{}'’")
    if is_id_beginning(whole):
        yield Part("beginning", (whole.lower().removeprefix("arxiv:"),), whole, place)
        return
    whole = whole.strip(".")
    if _is_year(whole):
        yield Part("year", (whole,), whole, place)
    elif (years := YEARS.fullmatch(whole)) and _is_year(years["first"]) and years["first"] <= years["last"]:
        yield from _between(years, place)
    elif code := as_arxiv_writes(whole):
        yield Part("cat", (code.lower(),), code, place, is_bare=True)
    else:
        done = 0
        for gap in [*APART.finditer(token), None]:
            piece, end = token[done : gap.start() if gap else len(token)], gap.start() if gap else len(token)
            if term := tuple(words(piece)):
                is_alone = done == 0 and gap is None
                at = place if is_alone else (start + done, start + end)
                is_exact = UNSPACED.search(piece) is not None
                yield Part("", term, piece, at, is_exact, BEGINNING.fullmatch(piece) is not None)
            done = gap.end() if gap else done


def _between(years: re.Match[str], place: tuple[int, int]) -> Iterator[Part]:
    yield Part("since", (f"{years['first']}-01-01",), years["first"], place)
    yield Part("until", (f"{years['last']}-12-31",), years["last"], place)


def _is_year(text: str) -> bool:
    """Whether it is a year of which there are papers, or may be."""
    return YEAR.fullmatch(text) is not None and FIRST_YEAR <= int(text) <= 2099


def _category(value: str) -> str:
    if not re.fullmatch(CATEGORY, value, re.IGNORECASE):
        raise QueryError(f"“{value[:30]}” isn’t an arXiv category. Write cat:cs.LG, or cat:cs for a whole archive.")
    return value.lower()
