"""Which arXiv papers a post on a social network links: every public form of a paper's address, mapped to one id.

Also decides whether a quote or a reply counts: like any post, it counts for the papers that it links itself, and for no others.
So a stranger's quote or reply counts by its own link, and never by the link of the post that it quotes or answers: the networks'
readers (`<name>/posts.py`) hand over a post's own addresses and text alone. Two rules of X: a repost never counts
(`papers/collecting/paid_posts.py`), and a thread's first post counts for what its author links below
(`papers/collecting/paid_days.py`).
"""

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import unquote, urlsplit

from papers.text.links import LONGEST_ADDRESS

# https://info.arxiv.org/help/arxiv_identifier.html; the subject class of an old id (math.GT/0309136) is no part of it.
ARCHIVE = r"(?=[a-z-]{2,8}[./])[a-z]+(?:-[a-z]+)*"
"""No archive has a longer name, and our database takes no id that has."""
NUMBER = rf"(?P<new>[0-9]{{2}}(?:0[1-9]|1[0-2])\.[0-9]{{4,5}})|(?P<archive>{ARCHIVE})(?:\.[a-z]{{2}})?/(?P<old>[0-9]{{7}})"
ARXIV_ID = rf"(?:{NUMBER})(?:v[0-9]+)?"
WORDS = "abs|pdf|html|format|ps|src|e-print|eprint|tex|dvi|overview|resources|audio|summary"
"""What stands before the id in an address of arXiv's or alphaXiv's."""
FLAGS = re.IGNORECASE | re.ASCII
BEHIND_A_WORD = re.compile(rf"/(?P<word>{WORDS})/(?:arxiv:)?{ARXIV_ID}(?:\.(?:pdf|html?|ps|gz|tar))*(?=/|\Z)", FLAGS)
BEFORE_A_WORD = re.compile(r"(?:/[a-z0-9-]{1,20}){0,3}", FLAGS)
"""A language, say; no other address."""
WITH_FILES = ("html", "src")
"""Addresses of the paper's own files go on behind the id: /html/2611.90001v1/x1.png."""
FILED = re.compile(r"\A/ftp/(?:arxiv/|(?P<archive>[a-z-]{1,20}/))papers/[0-9]{4}/", FLAGS)
"""Where arXiv once kept papers that came as a PDF: /ftp/arxiv/papers/0704/0704.0001.pdf, /ftp/math/papers/0309/0309136.pdf."""
PAPERS = re.compile(rf"/papers/{ARXIV_ID}(?:\.md)?", FLAGS)
DOI = re.compile(rf"/10\.48550/arxiv\.{ARXIV_ID}", FLAGS)
OF_ARXIV = re.compile(r"(?:.+\.)?(?:arxiv|alphaxiv|ar5iv)\.org")
CITED = re.compile(rf"(?<![a-z0-9])(?:arxiv[:：][\s\u00a0\u3000]?|10\.48550/arxiv\.){ARXIV_ID}(?![0-9])", FLAGS)
MOST_PAPERS = 500
"""Of one post. No list that people read is so long; a record made to harm us may link many thousands."""
HOSTS = r"(?:arxiv|alphaxiv|ar5iv)\.org|huggingface\.co|hf\.co|(?:dx\.)?doi\.org"
IN_TEXT = re.compile(
    rf"(?:(?<![a-z0-9/])https?://|(?<![a-z0-9./@-]))(?P<address>(?:[a-z0-9-]{{1,30}}\.){{0,3}}(?:{HOSTS})/[\w./:%~+-]{{1,200}})",
    FLAGS,
)


def paper_id(url: str) -> str | None:
    """The arXiv id, without its version, of the paper that the URL shows; None for listings, searches and everything else."""
    try:
        parts = urlsplit(url[:LONGEST_ADDRESS].replace("\\", "/"))  # as browsers read it: `https://evil.example\@arxiv.org/…`
        host = (parts.hostname or "").removeprefix("www.").removesuffix(".")
        parts.port  # noqa: B018 (raises where nobody can open it)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    # The full stop or bracket of a sentence may stick to it.
    path = re.sub(r"[\W_]+\Z", "", re.sub(r"/{2,}", "/", unquote(parts.path)))
    if OF_ARXIV.fullmatch(host):
        return _behind_a_word(FILED.sub(lambda found: f"/pdf/{found['archive'] or ''}", path))
    if host in ("huggingface.co", "hf.co"):
        match = PAPERS.fullmatch(path)
    else:
        match = DOI.fullmatch(path) if host in ("doi.org", "dx.doi.org") else None
    return _id(match) if match else None


def _behind_a_word(path: str) -> str | None:
    """The one id that stands behind a known word, whatever stands before it (`/es/overview/2611.90001`)."""
    found = list(BEHIND_A_WORD.finditer(path))
    if len(found) != 1 or not BEFORE_A_WORD.fullmatch(path[: found[0].start()]):
        return None
    [match] = found
    is_last = match.end() == len(path)
    return _id(match) if is_last or match["word"].lower() in WITH_FILES else None


def paper_ids_in(urls: Iterable[str], text: str = "") -> tuple[str, ...]:
    """The ids of all papers linked by the URLs or in the text, each once, in order.

    In the text they may also stand as `arXiv:2611.90001`, or as their DOI. Of more than `MOST_PAPERS` the first ones count.
    """
    addresses = [f"https://{match['address']}" for match in IN_TEXT.finditer(text)]
    linked = [paper_id(url) for url in [*urls, *addresses]]
    cited = [_id(match) for match in CITED.finditer(text)]
    return tuple(islice(dict.fromkeys(found for found in linked + cited if found), MOST_PAPERS))


def _id(match: re.Match[str]) -> str:
    return match["new"] or f"{match['archive'].lower()}/{match['old']}"
