"""The part of X's query language that the stand-in understands; everything else is the 400 that X gives too."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

TERM = re.compile(r'(?:(?P<operator>[a-z_]+):)?(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s()":]+))')
STANDALONE = ("min_likes", "min_reposts", "min_replies")
CONJUNCTION_ONLY = ("is", "has", "lang")


class QueryError(ValueError):
    """What X says of the query."""


@dataclass(frozen=True)
class Query:
    phrases: tuple[str, ...]
    """Any of these; each a run of tokens between blanks."""
    min_likes: int
    without_retweets: bool

    def matches(self, texts: Sequence[str]) -> bool:
        return any(phrase in text for text in texts for phrase in self.phrases)


def tokens(text: str) -> str:
    """The text as X matches it: runs of letters and digits, between blanks."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "


def read_query(text: str, *, longest: int) -> Query:
    if not 1 <= len(text) <= longest:
        raise QueryError(f"query length has to be 1 to {longest}")
    if text.count("(") != text.count(")") or "-(" in text:
        raise QueryError("unbalanced or negated group")
    phrases: list[str] = []
    min_likes, without_retweets = 0, False
    for part in re.split(r"\s+(?:OR\s+)?", re.sub(r"[()]", " ", text).strip()):
        negated, part = part.startswith("-"), part.removeprefix("-")
        term = TERM.fullmatch(part)
        if not term:
            raise QueryError(f"cannot be read at {part}")
        operator, value = term["operator"], term["quoted"] or term["bare"]
        if operator in STANDALONE and not negated and value.isdigit():
            min_likes = max(min_likes, int(value) if operator == "min_likes" else 0)
        elif operator in CONJUNCTION_ONLY:
            without_retweets |= negated and part == "is:retweet"
        elif operator in ("url", None) and not negated:
            if term["bare"] and not value.isalnum():
                raise QueryError(f"quote {value}")
            phrases.append(tokens(value))
        else:
            raise QueryError(f"no such operator: {operator}")
    if not phrases:
        raise QueryError("needs a standalone operator")
    return Query(tuple(phrases), min_likes, without_retweets)
