"""Posts by what they say and who wrote them: a search's second group of results, in which every language is at home."""

from django.db import connection

from papers.models import Tweet
from papers.search.expressions import FIRST, Clause, Clauses, fts5, joined_tsquery, tsquery
from papers.search.parts import Part
from papers.search.post_index import handle_term
from papers.search.query import Query
from papers.search.schema import POST_FTS5, POST_GIN
from papers.search.words import joined, plain_words

MOST_WORDS = 12


def matching_posts(query: Query, limit: int, *, before: int = FIRST) -> list[int]:
    """The primary keys below `before` of the posts with all words of the query, or whose addresses it has, the newest first; one
    query, or none."""
    if query.posts:
        named = Tweet.objects.with_keys(query.posts).filter(pk__lt=before).order_by("-pk")
        return list(named.values_list("pk", flat=True)[:limit])
    words = [part for part in query.parts if not part.kind][:MOST_WORDS]
    wanted: Clauses = tuple(_clause(part) for part in words)
    wanted += tuple(
        tuple(term for part in group for term in _clause(part)) for group in query.either if not any(part.kind for part in group)
    )
    if not wanted:
        return []
    unwanted = [tuple(map(_clause, group)) for group in query.without if not any(part.kind for part in group)]
    is_sqlite = connection.vendor == "sqlite"
    expression = fts5(wanted, unwanted) if is_sqlite else joined_tsquery([tsquery(wanted)], unwanted)
    with connection.cursor() as cursor:
        cursor.execute(POST_FTS5.find if is_sqlite else POST_GIN.find, [expression, min(before, FIRST), limit])
        return [pk for (pk,) in cursor.fetchall()]


def _clause(part: Part) -> Clause:
    if part.typed.startswith("@") and len(part.typed) > 1:
        return ((handle_term(part.typed),),)
    whole = joined(plain_words(part.typed))
    return tuple(dict.fromkeys([part.term, (whole,)])) if len(part.term) > 1 and not part.is_exact else (part.term,)
