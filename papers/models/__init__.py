"""Papers, the posts that mention them, and their counts over time."""

# A foreign key has no index of its own (`db_index=False`) where a unique constraint begins with it and serves as one.

from papers.models.budget import PaidRead, ReadBudget
from papers.models.collection import CollectionDay, NetworkDay, SourceDay, SourceHealth, StreamPlace
from papers.models.erasures import Erasure
from papers.models.indexing import IndexedPaper, IndexedPost, MisspelledWord, SearchWord, UnindexedPaper, UnindexedPost
from papers.models.measurements import PaperMeasurement, Provenance, ThinnedUntil, TweetMeasurement
from papers.models.papers import Paper, PaperAuthor, PaperCategory, paper_address
from papers.models.rendering import RenderedText, UnrenderedRow, WithCleanBody
from papers.models.rules import RulesChange, SavedRules
from papers.models.tweets import Mention, Tweet, TweetQuerySet, UnmatchedMention, of_live_tweet

__all__ = [
    "CollectionDay",
    "Erasure",
    "IndexedPaper",
    "IndexedPost",
    "Mention",
    "MisspelledWord",
    "NetworkDay",
    "PaidRead",
    "Paper",
    "PaperAuthor",
    "PaperCategory",
    "PaperMeasurement",
    "Provenance",
    "ReadBudget",
    "RenderedText",
    "RulesChange",
    "SavedRules",
    "SearchWord",
    "SourceDay",
    "SourceHealth",
    "StreamPlace",
    "ThinnedUntil",
    "Tweet",
    "TweetMeasurement",
    "TweetQuerySet",
    "UnindexedPaper",
    "UnindexedPost",
    "UnmatchedMention",
    "UnrenderedRow",
    "WithCleanBody",
    "of_live_tweet",
    "paper_address",
]
