"""Under which key a text is kept once it is rendered (decision 0009)."""

import hashlib

LINE = "line"
"""The kind of a title; all kinds are in papers/rendered/kinds.py."""


def key_of(kind: str, source: str) -> str:
    return hashlib.sha256(f"{kind}\0{source}".encode(errors="surrogatepass")).hexdigest()
