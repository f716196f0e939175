"""The index of posts: by the words of their text, and by who wrote them.

The posts of a paper are indexed with it; of a post that comes or changes later the database's triggers leave a note.
"""

from collections import Counter, defaultdict
from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef

from papers.models import IndexedPost, Mention, Paper, Tweet, UnindexedPost, of_live_tweet
from papers.post_keys import PostKey
from papers.rows import insert
from papers.search.schema import POST_FTS5, POST_GIN
from papers.search.terms import within
from papers.search.waiting import take
from papers.search.words import author_key, words
from papers.text.embed import text_of

BATCH = 1_000
MOST_BYTES = 20_000
OF_TEXT = ("body_html", "author_name", "author_handle")


def post_terms(body_html: str, name: str, handle: str) -> list[str]:
    """The words by which a post is found, in order."""
    terms = within([*words(text_of(body_html)), "_", *words(name), "_", *words(handle)], MOST_BYTES)
    return [*terms, *([handle_term(handle)] if handle else [])]


def handle_term(handle: str) -> str:
    return "u_" + author_key(handle).replace("-", "_")


def index_posts_changed() -> int:
    """Index the posts that changed; how many there were. May run beside itself and beside every other writer."""
    return take(UnindexedPost, write, BATCH)


def texts_of(papers: Collection[int], most: int) -> dict[int, list[str]]:
    """The plain texts of the first posts about each paper that are there and count."""
    rows = Mention.objects.filter(of_live_tweet(), paper__in=papers, tweet__is_excluded=False)
    found: defaultdict[int, list[str]] = defaultdict(list)
    counted: Counter[int] = Counter()
    for paper, body in rows.order_by("pk").values_list("paper", "tweet__body_html"):
        counted[paper] += 1
        if body and counted[paper] <= most:
            found[paper].append(text_of(body))
    return found


def papers_of(keys: Collection[PostKey]) -> list[str]:
    """The arXiv ids of the papers that these posts are about, where posts and papers may be found; one query."""
    posts = Tweet.objects.live().filter(is_excluded=False).with_keys(keys)
    rows = Mention.objects.filter(Paper.findable("paper__"), tweet__in=posts).order_by("pk")
    return list(dict.fromkeys(rows.values_list("paper__arxiv_id", flat=True)))


def write_of_papers(papers: Collection[int], *, is_empty: bool = False) -> None:
    """Index all posts about these papers."""
    write(sorted(set(Mention.objects.filter(paper__in=papers).values_list("tweet", flat=True))), is_empty=is_empty)


def write(ids: Collection[int], *, is_empty: bool = False) -> None:
    """Make the index say what the posts with these primary keys say; those that are gone, excluded or without text leave it, and
    those about no paper that a search may find."""
    about = Mention.objects.filter(Paper.findable("paper__"), tweet=OuterRef("pk"))
    rows = Tweet.objects.live().filter(Exists(about), pk__in=ids, is_excluded=False).exclude(body_html="")
    entries = [(pk, post_terms(*texts)) for pk, *texts in rows.order_by("pk").values_list("pk", *OF_TEXT)]
    with connection.cursor() as cursor:
        IndexedPost.objects.filter(pk__in=ids).delete()
        if connection.vendor == "sqlite":
            if not is_empty:
                cursor.executemany(POST_FTS5.remove, [(pk,) for pk in ids])
            insert(IndexedPost, ["tweet_id"], [(pk,) for pk, _ in entries])
            cursor.executemany(POST_FTS5.add, [(pk, " ".join(terms)) for pk, terms in entries])
        else:
            with cursor.copy(POST_GIN.add) as copy:
                for pk, terms in entries:
                    copy.write_row((pk, _tsvector(terms)))


def forget(ids: Collection[int]) -> None:
    """Take posts whose texts were erased out of the index, with every trace of their words."""
    write(ids)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(POST_FTS5.forget)


def _tsvector(terms: list[str]) -> str:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, term in enumerate(terms, 1):
        if term != "_":
            places[term].append(place)
    return " ".join(f"'{term}':{','.join(map(str, at))}" for term, at in places.items())
