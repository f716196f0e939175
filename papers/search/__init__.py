"""Search in all papers: by words, names, categories, days and ids, the same on both databases."""

from papers.search.finding import Hit, Results, matching_ids, search
from papers.search.index import index_changed, rebuild
from papers.search.marking import Part
from papers.search.query import Query, QueryError, parse
from papers.search.words import author_key

__all__ = [
    "Hit",
    "Part",
    "Query",
    "QueryError",
    "Results",
    "author_key",
    "index_changed",
    "matching_ids",
    "parse",
    "rebuild",
    "search",
]
