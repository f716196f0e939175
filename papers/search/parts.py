"""The parts of a query, one after the other: words, "phrases", fields, times, operators and brackets. Pure."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from papers.search.addresses import ids_in, is_id_beginning
from papers.search.category_names import CODES
from papers.search.days import DAY, days_of
from papers.search.words import UNSPACED, name_words, words
from papers.search.written_days import Written, written_in
from papers.sources.arxiv.categories import as_arxiv_writes
from papers.text.identifiers import CATEGORY, FIRST_YEAR

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
    "month": "year",
    "day": "year",
    "date": "year",
    "published": "year",
    "abs": "",
    "abstract": "",
    "all": "",
    "in": "in",
    "site": "none",
    "filetype": "none",
}
"""What they ask for; nothing for words anywhere."""
NEEDS_A_DAY = frozenset({"from", "to", "before", "after", "month", "day", "date", "published"})
"""Fields that are prose where no day follows: `from:Scratch` of a pasted title."""
ITEM = re.compile(
    rf'(?P<open>(?<![^\s(])[-–]?\()|(?P<minus>(?<![^\s(])[-–](?=[^\W_]|"))?(?:(?P<field>{"|".join(FIELDS)}):(?=\S))?'
    r'(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+)|(?P<lone>"))',
    re.IGNORECASE,
)
DIVIDED = re.compile(r"(cs|econ|eess|math|nlin|stat)[-_/]([a-z]{2})", re.IGNORECASE)
"""A category as it is never written, `cs-CV`."""
APART = re.compile(r"[,;/|()\[\]{}<>…—]+|:(?![0-9])")
"""What stands between words that do not belong together: `lecun,bengio`."""
LINK = re.compile(r"https?://\S+", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
YEARS = re.compile(r"(?P<first>(?:19|20)[0-9]{2})(?:[-–—…]|\.\.)(?P<last>(?:19|20)[0-9]{2})")
BEGINNING = re.compile(r"[^\W_]{2,}\*")
FIRST_DAY = date(FIRST_YEAR, 1, 1)
OR, AND, NOT, OPEN, CLOSE = "or", "and", "not", "(", ")"
"""Kinds of parts that ask for nothing, but say how those beside them belong together."""
OPERATORS = {"OR": OR, "AND": AND, "NOT": NOT}
"""In capitals, between two words."""
GROUPS = re.compile(r"(?<!\S)(?:\(*(?:OR|NOT)(?!\S)|[-–]\()")
"""What brackets matter with: else they are a title's."""
MOST_IN_CAPITALS = 5
"""Words of a query in capitals, in which OR is an operator: of more it is a title."""
Term = tuple[str, ...]


class QueryError(ValueError):
    """The query cannot be read; the message tells a reader what to write instead."""


class Part(NamedTuple):
    """Something that was typed and asks for one thing."""

    kind: str
    """`""` for words anywhere, `title`, `author`, `cat`, `year`, `period`, `since`, `until`, `beginning` (of an id)."""
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


def parts_of(text: str) -> Iterator[Part]:
    """The parts of the text; operators and brackets as parts of their kinds, and with a minus before the kind what a paper must
    be without. Raises QueryError."""
    is_title = text.isupper() and len(text.split()) > MOST_IN_CAPITALS
    has_groups = not is_title and GROUPS.search(text) is not None
    times = [time for time in written_in(text) if _stands_alone(time.place, text)]
    for found in ITEM.finditer(text):
        if found["open"]:
            if has_groups:
                yield Part(OPEN, (), "-" * (len(found["open"]) > 1), found.span())
            continue
        ends = len(found["bare"]) - len(_without_ends(found["bare"])) if has_groups and found["bare"] else 0
        place = (found.start(), found.end() - ends)
        if found["bare"] and (of := [time for time in times if time.place[0] < place[1] and place[0] < time.place[1]]):
            yield from (part for time in of if time.place[0] >= found.start() for part in _of_time(time))
        elif found[0] in OPERATORS and not is_title:
            yield Part(OPERATORS[found[0]], (), "", place)
        elif not found["lone"]:
            minus = "-" * bool(found["minus"])
            yield from (part._replace(kind=f"{minus}{part.kind}") for part in _item(found, ends, place))
        yield from (Part(CLOSE, (), "", (end - 1, end)) for end in range(place[1] + 1, found.end() + 1))


def _stands_alone(place: tuple[int, int], text: str) -> bool:
    start, end = place
    return (not start or text[start - 1] in " ([{") and (end == len(text) or text[end] in " ,;.)]}")


def _without_ends(text: str) -> str:
    """Without the brackets that end a group which began elsewhere."""
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1]
    return text


def _of_time(time: Written) -> Iterator[Part]:
    if time.alone:
        yield Part("period", (time.alone,), time.typed, time.place)
    if time.since:
        yield Part("since", (str(time.since),), time.typed, time.place)
    if time.until:
        yield Part("until", (str(time.until),), time.typed, time.place)


def _item(found: re.Match[str], ends: int, place: tuple[int, int]) -> Iterator[Part]:
    """The parts of a field, of a phrase, or of what stands between two spaces."""
    bare = found["bare"][: len(found["bare"]) - ends] if found["bare"] else ""
    value = bare if found["quoted"] is None else found["quoted"]
    field = found["field"] and found["field"].lower()
    if (not value and not field) or (not field and bare and LINK.match(bare)):
        return
    if field and not _is_prose(field, value):
        if FIELDS[field]:
            yield from _field(FIELDS[field], value, place)
        elif term := tuple(words(value)):
            yield Part("", term, value.strip(), place, is_exact=not bare)
    elif not bare:
        if term := tuple(words(value)):
            yield Part("", term, value.strip(), place, is_exact=True)
    else:
        yield from _bare(bare, found.start("bare"), place)


def _is_prose(field: str, value: str) -> bool:
    return (field in NEEDS_A_DAY and not DAY.match(value)) or (field == "in" and not as_arxiv_writes(value))


def _field(name: str, value: str, place: tuple[int, int]) -> Iterator[Part]:
    if name == "none":
        return
    if name in ("cat", "in"):
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
    if is_year(whole):
        yield Part("year", (whole,), whole, place)
    elif (years := YEARS.fullmatch(whole)) and is_year(years["first"]) and years["first"] <= years["last"]:
        yield from _between(years, place)
    elif code := as_arxiv_writes(DIVIDED.sub(r"\1.\2", whole)):
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


def is_year(text: str) -> bool:
    """Whether it is a year of which there are papers, or may be."""
    return YEAR.fullmatch(text) is not None and FIRST_YEAR <= int(text) <= 2099


def _category(value: str) -> str:
    if codes := CODES.get(tuple(words(value)), ()):
        return codes[0].lower()
    if not re.fullmatch(CATEGORY, value, re.IGNORECASE):
        raise QueryError(f"“{value[:30]}” isn’t an arXiv category. Write cat:cs.LG, or cat:cs for a whole archive.")
    return value.lower()
