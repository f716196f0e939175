"""Which arXiv papers a text on a social network links: every public form of a paper's address, mapped to one id."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

# https://info.arxiv.org/help/arxiv_identifier.html; the subject class of an old id (math.GT/0309136) is no part of it.
NUMBER = r"(?P<new>[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5})|(?P<archive>[a-z]+(?:-[a-z]+)*)(?:\.[a-z]{2})?/(?P<old>[0-9]{7})"
ARXIV_ID = rf"(?:{NUMBER})(?:v[0-9]+)?"
PAGE = rf"/(?:abs|pdf|html|format|overview)/(?:arxiv:)?{ARXIV_ID}(?:\.pdf)?/?"
PATHS = {
    "arxiv.org": PAGE,
    "export.arxiv.org": PAGE,
    "ar5iv.org": PAGE,
    "ar5iv.labs.arxiv.org": PAGE,
    "alphaxiv.org": PAGE,
    "huggingface.co": rf"/papers/{ARXIV_ID}/?",
    "doi.org": rf"/10\.48550/arxiv\.{ARXIV_ID}/?",
    "dx.doi.org": rf"/10\.48550/arxiv\.{ARXIV_ID}/?",
}
PATTERNS = {host: re.compile(path, re.IGNORECASE | re.ASCII) for host, path in PATHS.items()}
CITED = re.compile(rf"\barxiv:\s?{ARXIV_ID}(?![0-9])", re.IGNORECASE | re.ASCII)


def paper_id(url: str) -> str | None:
    """The arXiv id, without its version, of the paper that the URL shows; None for listings, searches and everything else."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host not in PATTERNS:
        return None
    match = PATTERNS[host].fullmatch(unquote(parts.path))
    return _id(match) if match else None


def paper_ids_in(urls: Iterable[str], text: str = "") -> tuple[str, ...]:
    """The ids of all papers linked by the URLs or cited in the text as `arXiv:2611.90001`, each once, in order."""
    linked = [paper_id(url) for url in urls]
    cited = [_id(match) for match in CITED.finditer(text)]
    return tuple(dict.fromkeys(found for found in linked + cited if found))


def _id(match: re.Match[str]) -> str:
    return match["new"] or f"{match['archive'].lower()}/{match['old']}"
