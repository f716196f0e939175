"""Papers for reference managers: keys, RIS, CSL-JSON, and what `<meta name="citation_…">` says of a paper.

RIS: https://en.wikipedia.org/wiki/RIS_(file_format). CSL-JSON: https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html.
The tags: https://scholar.google.com/intl/en/scholar/inclusion.html#indexing, and https://www.zotero.org/support/dev/exposing_metadata.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from digests.reader import bibtex
from digests.reader.bibtex import year
from digests.reader.names import Name, people
from papers.models import Paper
from papers.rendered.stored import Texts

CONTENT_TYPES = {
    "bib": bibtex.CONTENT_TYPE,
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
"""By the ending of an address."""
MOST_AUTHORS = 200
"""The most authors in a page's head."""
WORD = re.compile(r"[^\W_]+")
NOT_IN_KEYS = frozenset(re.findall("[a-z]+", "a an the on of in for to and is are do does can with from by at as via"))
"""Words of a title that say nothing about it."""


class Keys(StrEnum):
    """How keys of a bibliography are made."""

    ARXIV = "arxiv"
    """`arXiv:2105.04619`."""
    AUTHOR_YEAR = "authoryear"
    """`richter2021enhancing`; if several are alike, the second ends in `b`."""


def keys_of(papers: Sequence[Paper], texts: Texts, keys: Keys) -> list[str]:
    """Return one key for each paper; all are different."""
    if keys is Keys.ARXIV:
        return [f"arXiv:{paper.arxiv_id}" for paper in papers]
    times: dict[str, int] = {}
    found = []
    for paper in papers:
        key = _author_year(paper, texts)
        times[key] = times.get(key, 0) + 1
        found.append(key if times[key] == 1 else f"{key}{_letters(times[key])}")
    return found


def _author_year(paper: Paper, texts: Texts) -> str:
    names, _ = people(texts.names(paper.authors))
    family = _plain("".join(WORD.findall(Name.of(names[0]).family))[:200]) if names else ""
    words = [_plain(word) for word in WORD.findall(texts.line_text(paper.title)[:200])]
    word = next((word for word in words if word and word not in NOT_IN_KEYS), "")
    return f"{family}{year(paper)}{word}" if family else f"arXiv:{paper.arxiv_id}"


def _plain(word: str) -> str:
    """Return the text in lower case and ASCII, without letters that have no ASCII form."""
    return "".join(one for one in unicodedata.normalize("NFKD", word).lower() if one.isascii())


def _letters(number: int) -> str:
    """Return `b` for 2, `z` for 26, then `aa`."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def bibliography(papers: Sequence[Paper], texts: Texts, form: str, keys: Keys) -> str:
    """Return the papers, whose categories must be fetched, as `bib`, `ris` or `csl.json`."""
    named = list(zip(papers, keys_of(papers, texts, keys), strict=True))
    if form == "csl.json":
        return json.dumps([_csl(paper, key, texts) for paper, key in named], ensure_ascii=False, indent=1)
    if form == "ris":
        return "".join(_ris(paper, key, texts) for paper, key in named)
    return "\n".join(bibtex.entry(paper, _categories(paper), key) for paper, key in named)


def citation_tags(paper: Paper, categories: Iterable[str], texts: Texts) -> list[tuple[str, str]]:
    """Return names and contents of the tags in the head of the paper's page."""
    tags = [("citation_title", texts.line_text(paper.title))]
    tags += [("citation_author", _author_tag(name)) for name in people(texts.names(paper.authors))[0][:MOST_AUTHORS]]
    tags += [("citation_date", "/".join(f"{part:02}" for part in _date(paper)))]
    tags += [("citation_publisher", "arXiv"), ("citation_arxiv_id", paper.arxiv_id), ("citation_doi", _doi(paper))]
    tags += [("citation_pdf_url", paper.pdf_url), ("citation_public_url", paper.abs_url)]
    tags += [("citation_keywords", category) for category in categories]
    if abstract := texts.abstract_text(paper.abstract):  # else Zotero takes the description, which is cut
        tags.append(("citation_abstract", abstract))
    return tags


def _author_tag(name: str) -> str:
    """Return the name as written; one with a suffix with its family name first, for which Zotero would take the last word. One
    with a comma between two words and two others is turned round, since Zotero would take it for two names."""
    parts = Name.of(name)
    if parts.suffix:
        return f"{parts.family}, {parts.given} {parts.particle}".strip() + f", {parts.suffix}"
    return f"{parts.given} {parts.family}" if "," in name and " " in parts.family and " " in parts.given else name


def _doi(paper: Paper) -> str:
    """Return the DOI; arXiv gives one to each paper: https://info.arxiv.org/help/doi.html."""
    return f"10.48550/arXiv.{paper.arxiv_id}"


def _date(paper: Paper) -> list[int]:
    """Return year, month and day of the submission, or only the year, as far as known."""
    at = paper.submitted_at
    return [at.year, at.month, at.day] if at else [year(paper)]


def _categories(paper: Paper) -> list[str]:
    return [category.code for category in paper.categories.all()]


def _csl(paper: Paper, key: str, texts: Texts) -> dict[str, Any]:
    record = {
        "id": key,
        "type": "article",
        "genre": "preprint",
        "title": texts.line_text(paper.title),
        "author": [Name.of(name).csl for name in people(texts.names(paper.authors))[0]],
        "issued": {"date-parts": [_date(paper)]},
        "abstract": texts.abstract_text(paper.abstract),
        "publisher": "arXiv",
        "number": f"arXiv:{paper.arxiv_id}",
        "DOI": _doi(paper),
        "URL": paper.abs_url,
    }
    return {name: value for name, value in record.items() if value}


def _ris(paper: Paper, key: str, texts: Texts) -> str:
    day = _date(paper)
    lines = [("TY", "UNPB"), ("ID", key), ("TI", texts.line_text(paper.title))]
    lines += [("AU", str(Name.of(name))) for name in people(texts.names(paper.authors))[0]]
    lines += [("PY", str(day[0])), ("DA", "/".join(f"{part:02}" for part in day) if len(day) > 1 else "")]
    lines += [("AB", texts.abstract_text(paper.abstract)), ("PB", "arXiv"), ("AN", f"arXiv:{paper.arxiv_id}")]
    lines += [("DO", _doi(paper)), ("UR", paper.abs_url), ("L1", paper.pdf_url)]
    lines += [("KW", category) for category in _categories(paper)]
    written = [f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in lines if text.strip()]
    return "".join([*written, "ER  - \r\n\r\n"])
