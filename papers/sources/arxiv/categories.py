"""arXiv's own categories: https://arxiv.org/category_taxonomy, and the archives it had before."""

import re

WITH_CLASSES = frozenset({"cs", "econ", "eess", "math", "nlin", "q-bio", "q-fin", "stat"})
"""Their classes are two capital letters. New classes appear now and then, so they are not listed here."""
WITH_NAMED_CLASSES = frozenset({"cond-mat", "physics"})
WITHOUT_CLASSES = frozenset({"gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"})
FORMER = frozenset(
    {"acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg", "comp-gas"}
    | {"cond-mat", "dg-ga", "funct-an", "mtrl-th", "patt-sol", "plasm-ph", "q-alg", "q-bio", "solv-int", "supr-con"}
)
"""Old papers still carry these as categories, without a class."""


def is_category(term: str) -> bool:
    """Whether arXiv could have assigned the category. ACM and MSC classes, which authors add, appear in the same place."""
    archive, _, of_archive = term.partition(".")
    if not of_archive:
        return term in WITHOUT_CLASSES or term in FORMER
    if archive in WITH_NAMED_CLASSES:
        return re.fullmatch(r"[a-z]+(-[a-z]+)?", of_archive) is not None
    return archive in WITH_CLASSES | {"astro-ph"} and re.fullmatch(r"[A-Z]{2}", of_archive) is not None


def as_arxiv_writes(text: str) -> str | None:
    """The category that somebody wrote, in arXiv's own capitals: `cs.LG` for `CS.lg`; None for what is none.

    Archives whose names are words of their own (`cs`, `math`) are none: they need a field.
    """
    archive, dot, of_archive = text.lower().partition(".")
    code = f"{archive}.{of_archive if archive in WITH_NAMED_CLASSES else of_archive.upper()}" if dot else archive
    return code if is_category(code) else None
