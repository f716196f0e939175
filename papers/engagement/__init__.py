"""Counts and texts that stay true: tweets are read again, embedded, hidden once they are gone; histories are thinned."""

from papers.engagement.claiming import claim_due, claim_texts
from papers.engagement.embedding import Embedded, embed, to_embed
from papers.engagement.refreshing import Refreshed, refresh
from papers.engagement.thinning import thin

__all__ = ["Embedded", "Refreshed", "claim_due", "claim_texts", "embed", "refresh", "thin", "to_embed"]
