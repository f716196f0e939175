"""From the sources into the database: the papers that a day announced, and the tweets about them.

Everything here may be done twice, by two workers at once, or be broken off anywhere: the rows are the same in the end.
"""

from papers.ingest.announced import collect_papers, store_paper
from papers.ingest.swept import collect_tweets

__all__ = ["collect_papers", "collect_tweets", "store_paper"]
