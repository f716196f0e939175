"""What a paper can be found by: one row of words.

Words of title, abstract and authors in order, then words with a prefix for what is asked for by itself: `t_` word of the title,
`j_` two words of the title written as one, `h_` words with hyphens written as one, `a_` word of an author's name, `p_` two words
of one name, `n_` a name that its authors gave the paper, `w_` its abbreviation, `v_` what posts call it, `x_` the whole title,
`c_` category, `d_` span of days, `y_` year, `i_` arXiv id, whole or its beginning.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations, pairwise

from papers.search.nicknames import acronyms, names_in_abstract, names_in_post, names_in_title
from papers.search.words import STOP_WORDS, WORD, compounds, each_word, folded, joined, name_words, plain_words, title_key, words
from papers.text.identifiers import year_of
from papers.text.tex import readable

GIVEN = "n_"
MOST_AUTHORS = 1_000
"""Collaborations have thousands; PostgreSQL counts positions to 16,383 only."""
PAIRED = 8
"""So many words of a name are indexed by twos."""
MOST_POSTS = 20
"""Of one paper, that are read for what they call it."""
GAP = "_"
"""Stands between texts, so that no phrase reaches from one into the next."""
MOST_BYTES = {"title": 20_000, "abstract": 200_000, "authors": 100_000, "names": 10_000}
"""Of each, in terms of the index. PostgreSQL keeps at most 1 MiB for a paper, and refuses the whole statement beyond."""
BYTES_A_TERM = 12
"""What a term costs besides its letters: its place, and its part in a pair."""


def index_terms(
    arxiv_id: str,
    title: str,
    abstract: str,
    authors: Sequence[str],
    day: date,
    categories: Iterable[str],
    *,
    comment: str = "",
    posts: Sequence[str] = (),
) -> list[str]:
    """The words by which the paper is found, in order; `posts` are plain texts."""
    title, abstract = readable(title), readable(abstract)
    in_title = title_words(title)
    folded_title = list(map(folded, in_title))
    names = [readable(name) for name in authors[:MOST_AUTHORS]]
    terms = [*folded_title, GAP, *within(each_word(abstract), MOST_BYTES["abstract"]), GAP]
    terms += within((term for name in names for term in (*words(name), GAP)), MOST_BYTES["authors"])
    terms += [f"t_{word}" for word in folded_title]
    terms += dict.fromkeys(f"j_{joined(pair)}" for pair in pairwise(in_title))
    terms += within(dict.fromkeys(f"h_{word}" for text in (title, abstract) for word in compounds(text)), MOST_BYTES["names"])
    of_names = list(map(name_words, names))
    terms += within(dict.fromkeys(f"a_{word}" for name in of_names for word in name), MOST_BYTES["authors"])
    terms += within(dict.fromkeys(pair for name in of_names for pair in name_pairs(name)), MOST_BYTES["authors"])
    terms += _names(title, abstract, comment, posts)
    if key := title_key(title):
        terms.append(f"x_{key}")
    terms += dict.fromkeys(term for code in categories for term in (category_term(code), category_term(code.partition(".")[0])))
    terms += [f"d_{day:%Y}", f"d_{day:%Y%m}", f"d_{day:%Y%m%d}"]
    terms += dict.fromkeys(f"y_{year}" for year in (day.year, *_year_of(arxiv_id)))
    return [*terms, *id_terms(arxiv_id)]


def title_words(title: str) -> list[str]:
    """The plain words of a readable title, without stop words."""
    return within((word for word in plain_words(title) if word not in STOP_WORDS), MOST_BYTES["title"])


def given_in(terms: Iterable[str]) -> list[str]:
    """What its authors call a paper, by its terms."""
    return [term.removeprefix(GIVEN) for term in terms if term.startswith(GIVEN)]


def _names(title: str, abstract: str, comment: str, posts: Sequence[str]) -> list[str]:
    given = dict.fromkeys([*names_in_title(title), *names_in_abstract(abstract, comment)])
    said = dict.fromkeys(name for post in posts[:MOST_POSTS] for name in names_in_post(post))
    found = [f"{GIVEN}{name}" for name in given] + [f"w_{name}" for name in acronyms(abstract)] + [f"v_{name}" for name in said]
    return within(dict.fromkeys(found), MOST_BYTES["names"])


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
    return [pair_of_names(*pair) for pair in combinations(sorted(set(name[:PAIRED])), 2)]


def pair_of_names(one: str, other: str) -> str:
    return "p_" + "_".join(sorted((one, other)))


def category_term(code: str) -> str:
    return "c_" + "".join(WORD.findall(code.lower()))


def id_term(arxiv_id: str) -> str:
    return "i_" + "".join(WORD.findall(arxiv_id.lower()))


LONGEST_ID = 34
"""Characters of an id's term: longer ones are no arXiv ids."""


def id_terms(arxiv_id: str) -> list[str]:
    """The term of the id, and those of its beginnings from the month on: `2105`, `21050`, `210501` …"""
    whole = id_term(arxiv_id)
    if "." not in arxiv_id or "/" in arxiv_id:
        return [whole]
    return [*(whole[:end] for end in range(6, min(len(whole), LONGEST_ID))), whole]


def _year_of(arxiv_id: str) -> list[int]:
    try:
        return [year_of(arxiv_id)]
    except ValueError:  # no id; but the database has none such
        return []
