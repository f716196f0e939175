"""The index that searches read, kept up with the papers.

Triggers (`schema.py`) note every paper whose text, categories or hotness changed, whoever changed it; `index_changed` takes the
notes in batches. What a paper can be found by is a row of words made in `terms.py`, the same for SQLite's FTS5 and PostgreSQL's
tsvector. PostgreSQL's holds the words by twos besides: by single words it would read each paper that has them all to find a
phrase.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise
from math import log2
from zlib import crc32

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery

from papers.models import IndexedPaper, Paper, PaperAuthor, PaperCategory, PaperMeasurement, Provenance, UnindexedPaper
from papers.rows import insert
from papers.search import dictionary, post_index
from papers.search.schema import FTS5, GIN, HIGHEST_TIER, TEXTS
from papers.search.terms import GAP, MOST_AUTHORS, MOST_POSTS, given_in, index_terms, title_words
from papers.search.waiting import Progress, take
from papers.search.words import author_key, compounds, plain_words
from papers.text.tex import readable

BATCH = 500
PAIR_TERMS = 1 << 20
"""So few that the term is short: it stands in a paper a hundred times. So many that few papers have one by chance."""
TIER_BITS, DAY_BITS = 52, 32
"""Below the hotness stands the day, below the day the paper."""
STEPS = 64
"""Of hotness in a doubling."""
PAPER = (1 << DAY_BITS) - 1
TIER_OF_POSTS = 6
"""The old site's counts are inflated; they only say that a paper was hot, from 50 on. Among themselves they order its papers."""
STEPS_OF_POSTS = 3
"""In a doubling of the old site's counts, so that twenty doublings stay within the tier."""


def hotness(network_score: int | None, post_score: int | None) -> int:
    """How hot a paper is, in steps: doublings of its retweets and favorites (the same as `schema.TIER`); the old site's papers
    all within one of them."""
    if network_score is not None:
        return STEPS * min(max(network_score, 0).bit_length(), HIGHEST_TIER)
    if post_score is not None:
        return STEPS * TIER_OF_POSTS + min(int(STEPS_OF_POSTS * log2(max(post_score, 0) + 1)), STEPS - 1)
    return 0


def standing(hotness: int, day: date, paper: int) -> int:
    """The place of a paper in all lists, as one number: the hotter first, then the newer."""
    return (hotness << TIER_BITS) | (day.toordinal() << DAY_BITS) | paper


def pair_term(first: str, second: str) -> str:
    """The term for two words in a row, on PostgreSQL alone. Others may share it: it says where to look, no more."""
    return f"_{crc32(f'{first} {second}'.encode()) % PAIR_TERMS:x}"


def index_changed(progress: Progress | None = None) -> int:
    """Index the papers and posts that changed; how many papers. May run beside itself and every other writer."""
    done = take(UnindexedPaper, write, BATCH, progress)
    post_index.index_posts_changed()
    return done


def rebuild(progress: Progress | None = None) -> int:
    """Index all papers anew; how many there are. Searches find less until it is done."""
    is_sqlite = connection.vendor == "sqlite"
    done = last = 0
    with connection.cursor() as cursor:
        for statement in FTS5.before_all if is_sqlite else GIN.before_all:
            cursor.execute(statement)
        dictionary.empty()
        while ids := list(Paper.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: 10 * BATCH]):
            with transaction.atomic():
                UnindexedPaper.objects.filter(pk__in=ids).delete()
                write(ids, is_empty=not IndexedPaper.objects.filter(pk__in=ids).exists())  # a worker may have been at them
            last, done = ids[-1], done + len(ids)
            if progress:
                progress(len(ids))
        for statement in FTS5.after_all if is_sqlite else GIN.after_all:
            cursor.execute(statement)
    return done


def write(ids: Collection[int], *, is_empty: bool = False) -> None:
    """Make the index, which may be empty yet, say what the papers with these primary keys say; those that are gone leave it.

    A paper that is known from a draft alone is not in it, nor are its words and its authors' names: nobody finds it by searching.
    """
    papers = list(Paper.objects.filter(Paper.findable(), pk__in=ids).order_by("pk").values_list("pk", *TEXTS, "comment"))
    categories: defaultdict[int, list[str]] = defaultdict(list)
    for pk, code in PaperCategory.objects.filter(paper__in=ids).order_by("position").values_list("paper", "code"):
        categories[pk].append(code)
    how_hot, said = _hotness(ids), post_index.texts_of(ids, MOST_POSTS)
    entries = []
    for pk, arxiv_id, title, abstract, authors, day, comment in papers:
        texts = {"comment": comment, "posts": said.get(pk, [])}
        terms = index_terms(arxiv_id, title, abstract, authors, day, categories[pk], **texts)
        entries.append((pk, standing(how_hot[pk], day, pk), terms))
    known: set[int] = set()
    with connection.cursor() as cursor:
        if not is_empty:
            indexed = IndexedPaper.objects.filter(pk__in=ids)
            places = dict(indexed.values_list("pk", "standing"))
            known = set(places)
            if connection.vendor == "sqlite":
                cursor.executemany(FTS5.remove, [(place,) for place in places.values()])
            indexed.delete()
            PaperAuthor.objects.filter(paper__in=ids).delete()
        if connection.vendor == "sqlite":
            insert(IndexedPaper, ["paper_id", "standing"], [entry[:2] for entry in entries])
            cursor.executemany(FTS5.add, [(place, " ".join(terms)) for _, place, terms in entries])
        else:
            with cursor.copy(GIN.add) as copy:
                for pk, place, terms in entries:
                    copy.write_row((pk, place, tsvector(terms)))
    names = [
        (pk, position, name, author_key(name))
        for pk, _, _, _, authors, *_ in papers
        for position, name in enumerate(map(readable, authors))
    ]
    insert(PaperAuthor, ["paper", "position", "name", "key"], names)
    post_index.write_of_papers(ids, is_empty=is_empty)
    given = {pk: given_in(terms) for pk, _, terms in entries}
    _add_words([(pk, title, given[pk]) for pk, _, title, *_ in papers], names, known)


def _add_words(papers: Sequence[tuple[int, str, list[str]]], names: Sequence[tuple[int, int, str, str]], known: set[int]) -> None:
    """The words of the papers (title, and what its authors call it) to the dictionary; those of papers that were indexed before
    are not counted once more."""
    in_titles: Counter[str] = Counter()
    in_names: Counter[str] = Counter()
    for pk, title, given in papers:
        title = readable(title)
        words = {*title_words(title), *compounds(title), *given}
        in_titles.update(dict.fromkeys(words, 0 if pk in known else 1))
    of_paper: defaultdict[int, set[str]] = defaultdict(set)
    for pk, position, name, _ in names:
        if position < MOST_AUTHORS:
            of_paper[pk].update(plain_words(name))
    for pk, of_names in of_paper.items():
        in_names.update(dict.fromkeys(of_names, 0 if pk in known else 1))
    dictionary.add(in_titles, in_names)


def tsvector(terms: Sequence[str]) -> str:
    """The terms as PostgreSQL reads a tsvector: each with the places where it stands, and a term for each two words in a row."""
    places: dict[str, list[int]] = {}
    for place, term in enumerate(terms, 1):
        places.setdefault(term, []).append(place)
    places.pop(GAP, None)
    pairs = {pair_term(*pair) for pair in pairwise(terms) if "_" not in "".join(pair)}
    return " ".join([*(f"'{term}':{','.join(map(str, at))}" for term, at in places.items()), *(f"'{pair}'" for pair in pairs)])


def _hotness(ids: Collection[int]) -> dict[int, int]:
    """How hot each paper is, by its latest counts from the network, else by those of the old site."""
    counts = PaperMeasurement.objects.filter(paper=OuterRef("pk")).order_by("-read_at")
    counts = counts.annotate(score=F("retweets") + F("favorites") + F("extra_points"))
    network, post = (counts.filter(provenance=kind).values("score")[:1] for kind in (Provenance.NETWORK, Provenance.POST))
    found = Paper.objects.filter(pk__in=ids).values_list("pk", Subquery(network), Subquery(post))
    return {pk: hotness(*scores) for pk, *scores in found}
