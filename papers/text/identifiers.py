"""Identifiers of arXiv and X: patterns for ids and categories, and the moment inside a status id."""

from datetime import UTC, datetime

ARXIV_ID = r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})"
"""An arXiv id without its version, new style (`2010.04296`) or old style (`cs/0112017`, `math.GT/0309136`)."""
CATEGORY = r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[a-z]+)*)?"
"""An arXiv category: `cs.LG`, `quant-ph`, `cond-mat.mtrl-sci`."""
STATUS_ID = r"[1-9][0-9]{0,18}"
"""A status id of X: a decimal number that fits a signed 64-bit integer."""
FIRST_YEAR, LAST_YEAR = 1991, 2199
"""arXiv began in August 1991. No date is ever later than the last year, so all arithmetic with days stays possible."""
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
"""2010-11-04T01:42:54.657Z, from which X's status ids count, in ms since 1970."""


def snowflake_moment(status_id: str) -> datetime:
    """The exact moment (UTC, ms) at which X made the status id, by X's public snowflake layout."""
    return datetime.fromtimestamp(((int(status_id) >> 22) + SNOWFLAKE_EPOCH_MS) / 1000, UTC)


def year_of(arxiv_id: str) -> int:
    """The year in which the paper came to arXiv, by its id: 2020 for `2012.14668`, 1998 for `cs/9812001`."""
    year = int(arxiv_id.rpartition("/")[2][:2])
    return 1900 + year if "/" in arxiv_id and year > 90 else 2000 + year
