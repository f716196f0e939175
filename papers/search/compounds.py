"""What was typed as one word, taken apart at its marks: compounds, keys of citations, versions. Pure."""

import re

from papers.sources.arxiv.categories import as_arxiv_writes

WITHIN = re.compile(r"(?<=[^\W_])[-‐‑‒–·•.^+&](?=[^\W_])")
"""What joins words, and may be left out where nothing has them in a row."""
CITATION_KEY = re.compile(
    r"\b(?P<name>[^\W\d_]{2,30})(?:-etal)?[-_:]?(?P<year>(?:19|20)[0-9]{2}|[0-3][0-9](?=[-_:]?[^\W\d_]{4}))[-_:]?"
    r"(?P<word>[^\W\d_][a-z]*+|)[^\W\d_]*+\b"
)
"""`geva2020transformer`, `geva20transformer`, `geva-etal-2020-transformer`, `Geva2020TransformerFL`"""
TO = re.compile(r"(?<=[^\W\d_])-2-(?=[^\W\d_])")
VERSION = re.compile(r"\bversion ([0-9])", re.IGNORECASE)


def apart(text: str) -> str:
    """The text with the words apart that marks join, and those of keys of citations; versions as names have them."""
    text = TO.sub("-to-", VERSION.sub(r"v\1", text))
    tokens = (CITATION_KEY.sub(_key_apart, token) for token in text.split())
    return " ".join(token if as_arxiv_writes(token) else WITHIN.sub(" ", token).strip() for token in tokens)


def _key_apart(found: re.Match[str]) -> str:
    year = found["year"] if len(found["year"]) > 2 else f"20{found['year']}"
    return f"{found['name']} {year} {found['word']}"
