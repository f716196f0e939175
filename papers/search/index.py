"""The index that searches read, kept up with the papers.

Triggers (`schema.py`) note every paper whose text, categories or hotness changed, whoever changed it; `index_changed` takes the
notes in batches. What a paper can be found by is a row of words made here, so that SQLite's FTS5 and PostgreSQL's tsvector hold
the same: words of title, abstract and authors in order, then words with a prefix for what a field asks for (`t_` word of the
title, `b_` two words of the title in a row, `a_` word of an author's name, `p_` two words of one name, `c_` category, `d_` span
of days, `i_` arXiv id). PostgreSQL's holds the words by twos besides: by single words it would read each paper that has them all
to find a phrase.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from itertools import combinations, pairwise
from zlib import crc32

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Subquery

from papers.models import IndexedPaper, Paper, PaperAuthor, PaperCategory, PaperMeasurement, Provenance, UnindexedPaper
from papers.rows import insert
from papers.search.schema import FTS5, GIN, HIGHEST_TIER, TEXTS
from papers.search.words import WORD, author_key, name_words, words
from papers.text.tex import readable

BATCH = 500
MOST_AUTHORS = 1_000
"""Collaborations have thousands; PostgreSQL counts positions to 16,383 only."""
PAIRED = 8
"""So many words of a name are indexed by twos."""
GAP = "_"
"""Stands between texts, so that no phrase reaches from one into the next."""
MOST_BYTES = {"title": 20_000, "abstract": 200_000, "authors": 100_000}
"""Of each, in terms of the index. PostgreSQL keeps at most 1 MiB for a paper, and refuses the whole statement beyond."""
BYTES_A_TERM = 12
"""What a term costs besides its letters: its place, and its part in a pair."""
PAIR_TERMS = 1 << 20
"""So few that the term is short: it stands in a paper a hundred times. So many that few papers have one by chance."""
TIER_BITS, DAY_BITS = 56, 36
PAPER = (1 << DAY_BITS) - 1
TIER_OF_POSTS = 6
"""The old site's counts are inflated; they only say that a paper was hot, from 50 on."""
Progress = Callable[[int], object]


def tier(network_score: int | None, *, is_in_posts: bool) -> int:
    """How hot a paper is, in doublings of its retweets and favorites; the same as `schema.TIER`."""
    if network_score is None:
        return TIER_OF_POSTS if is_in_posts else 0
    return min(max(network_score, 0).bit_length(), HIGHEST_TIER)


def standing(hotness: int, day: date, paper: int) -> int:
    """The place of a paper in all lists, as one number: the hotter first, then the newer."""
    return (hotness << TIER_BITS) | (day.toordinal() << DAY_BITS) | paper


def index_terms(
    arxiv_id: str, title: str, abstract: str, authors: Sequence[str], day: date, categories: Iterable[str]
) -> list[str]:
    """The words by which the paper is found, in order."""
    in_title = within(words(readable(title)), MOST_BYTES["title"])
    names = [readable(name) for name in authors[:MOST_AUTHORS]]
    terms = [*in_title, GAP, *within(words(readable(abstract)), MOST_BYTES["abstract"]), GAP]
    terms += within((term for name in names for term in (*words(name), GAP)), MOST_BYTES["authors"])
    terms += [f"t_{word}" for word in in_title]
    terms += dict.fromkeys(f"b_{first}_{second}" for first, second in pairwise(in_title))
    of_names = list(map(name_words, names))
    terms += within(dict.fromkeys(f"a_{word}" for name in of_names for word in name), MOST_BYTES["authors"])
    terms += within(dict.fromkeys(pair for name in of_names for pair in name_pairs(name)), MOST_BYTES["authors"])
    terms += dict.fromkeys(term for code in categories for term in (category_term(code), category_term(code.partition(".")[0])))
    terms += [f"d_{day:%Y}", f"d_{day:%Y%m}", f"d_{day:%Y%m%d}", id_term(arxiv_id)]
    return terms


def within(terms: Iterable[str], most_bytes: int) -> list[str]:
    """The first terms, as many as so many bytes hold."""
    kept = []
    for term in terms:
        most_bytes -= len(term.encode()) + BYTES_A_TERM
        if most_bytes < 0:
            break
        kept.append(term)
    return kept


def name_pairs(name: Sequence[str]) -> list[str]:
    """The terms for two words that stand in one name, in whatever order."""
    return [f"p_{first}_{second}" for first, second in combinations(sorted(set(name[:PAIRED])), 2)]


def pair_term(first: str, second: str) -> str:
    """The term for two words in a row, on PostgreSQL alone. Others may share it: it says where to look, no more."""
    return f"_{crc32(f'{first} {second}'.encode()) % PAIR_TERMS:x}"


def category_term(code: str) -> str:
    return "c_" + "".join(WORD.findall(code.lower()))


def id_term(arxiv_id: str) -> str:
    return "i_" + "".join(WORD.findall(arxiv_id.lower()))


def index_changed(progress: Progress | None = None) -> int:
    """Index the papers that changed; how many there were. May run beside itself and beside every other writer."""
    done = 0
    while ids := _index_batch():
        done += len(ids)
        if progress:
            progress(len(ids))
    return done


def _index_batch() -> list[int]:
    with transaction.atomic():
        noted = UnindexedPaper.objects.order_by("pk").select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        ids = list(noted.values_list("pk", flat=True)[:BATCH])
        if ids:
            UnindexedPaper.objects.filter(pk__in=ids).delete()
            write(ids)
    return ids


def rebuild(progress: Progress | None = None) -> int:
    """Index all papers anew; how many there are. Searches find less until it is done."""
    is_sqlite = connection.vendor == "sqlite"
    done = last = 0
    with connection.cursor() as cursor:
        for statement in FTS5.before_all if is_sqlite else GIN.before_all:
            cursor.execute(statement)
        while ids := list(Paper.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: 10 * BATCH]):
            with transaction.atomic():
                UnindexedPaper.objects.filter(pk__in=ids).delete()
                write(ids, is_empty=True)
            last, done = ids[-1], done + len(ids)
            if progress:
                progress(len(ids))
        for statement in FTS5.after_all if is_sqlite else GIN.after_all:
            cursor.execute(statement)
    return done


def write(ids: Collection[int], *, is_empty: bool = False) -> None:
    """Make the index, which may be empty yet, say what the papers with these primary keys say; those that are gone leave it."""
    papers = list(Paper.objects.filter(pk__in=ids).order_by("pk").values_list("pk", *TEXTS))
    categories: defaultdict[int, list[str]] = defaultdict(list)
    for pk, code in PaperCategory.objects.filter(paper__in=ids).order_by("position").values_list("paper", "code"):
        categories[pk].append(code)
    hotness = _hotness(ids)
    entries = []
    for pk, arxiv_id, title, abstract, authors, day in papers:
        terms = index_terms(arxiv_id, title, abstract, authors, day, categories[pk])
        entries.append((pk, standing(hotness[pk], day, pk), terms))
    with connection.cursor() as cursor:
        if not is_empty:
            indexed = IndexedPaper.objects.filter(pk__in=ids)
            if connection.vendor == "sqlite":
                cursor.executemany(FTS5.remove, [(place,) for place in indexed.values_list("standing", flat=True)])
            indexed.delete()
            PaperAuthor.objects.filter(paper__in=ids).delete()
        if connection.vendor == "sqlite":
            insert(IndexedPaper, ["paper_id", "standing"], [entry[:2] for entry in entries])
            cursor.executemany(FTS5.add, [(place, " ".join(terms)) for _, place, terms in entries])
        else:
            with cursor.copy(GIN.add) as copy:
                for pk, place, terms in entries:
                    copy.write_row((pk, place, tsvector(terms)))
    names = (
        (pk, position, name, author_key(name))
        for pk, _, _, _, authors, _ in papers
        for position, name in enumerate(map(readable, authors))
    )
    insert(PaperAuthor, ["paper", "position", "name", "key"], names)


def tsvector(terms: Sequence[str]) -> str:
    """The terms as PostgreSQL reads a tsvector: each with the places where it stands, and a term for each two words in a row."""
    places: dict[str, list[int]] = {}
    for place, term in enumerate(terms, 1):
        places.setdefault(term, []).append(place)
    places.pop(GAP, None)
    pairs = {pair_term(*pair) for pair in pairwise(terms) if "_" not in "".join(pair)}
    return " ".join([*(f"'{term}':{','.join(map(str, at))}" for term, at in places.items()), *(f"'{pair}'" for pair in pairs)])


def _hotness(ids: Collection[int]) -> dict[int, int]:
    """The tier of each paper, by its latest counts from the network."""
    counts = PaperMeasurement.objects.filter(paper=OuterRef("pk"))
    network = (
        counts.filter(provenance=Provenance.NETWORK)
        .order_by("-read_at")
        .annotate(score=F("retweets") + F("favorites") + F("extra_points"))
    )
    found = Paper.objects.filter(pk__in=ids).values_list(
        "pk", Subquery(network.values("score")[:1]), Exists(counts.filter(provenance=Provenance.POST))
    )
    return {pk: tier(score, is_in_posts=is_in_posts) for pk, score, is_in_posts in found}
