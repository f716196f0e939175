"""The papers of a listing day, ranked: from which an editor makes the digest."""

from collections import defaultdict
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from papers.models import Mention, Paper, SavedRules
from papers.ranking import MentionedPaper, MentioningTweet, RankedPaper, Rules, rank

READ = [
    f"tweet__{name}" for name in ("network", "status_id", "retweets", "favorites", "read_at", "state", "author_id", "is_excluded")
]


def rules() -> Rules:
    """Those saved on the desk, else the settings'."""
    if saved := SavedRules.objects.first():
        return Rules(saved.hot_score, saved.shown_tweet_score, saved.shown_tweets, saved.one_tweet_per_author)
    return Rules(
        hot_score=settings.HOT_SCORE,
        shown_tweet_score=settings.SHOWN_TWEET_SCORE,
        shown_tweets=settings.SHOWN_TWEETS,
        one_tweet_per_author=settings.ONE_TWEET_PER_AUTHOR,
    )


def candidates(day: date, ranked_by: Rules | None = None) -> list[RankedPaper]:
    """All papers that arXiv announced on the listing day, in their order; cross-listed ones by INCLUDE_CROSS_LISTS.

    By the rules of the site, or by other ones that are tried.
    Three queries.
    """
    return ranked(announced(day), ranked_by or rules())


def announced(day: date) -> QuerySet[Paper]:
    """The papers that are candidates for the listing day's digest."""
    papers = Paper.objects.filter(listing_date=day, is_sample=False)
    return papers if settings.INCLUDE_CROSS_LISTS else papers.filter(announced_as=Paper.AnnouncedAs.NEW)


def ranked(papers: QuerySet[Paper], ranked_by: Rules) -> list[RankedPaper]:
    """These papers in their order, by their tweets as they were last read; two queries."""
    mentions = Mention.objects.filter(paper__in=papers.order_by()).select_related("tweet").only("paper_id", *READ)
    tweets: defaultdict[int, list[MentioningTweet]] = defaultdict(list)
    for mention in mentions:
        tweet = mention.tweet
        tweets[mention.paper_id].append(
            MentioningTweet(
                network=tweet.network,
                id=tweet.status_id,
                retweets=tweet.retweets,
                favorites=tweet.favorites,
                read_at=tweet.read_at,
                state=tweet.state,
                author_id=tweet.author_id,
                is_excluded=tweet.is_excluded,
            )
        )
    mentioned = (MentionedPaper(arxiv_id, tweets[pk]) for pk, arxiv_id in papers.values_list("pk", "arxiv_id"))
    return rank(mentioned, ranked_by)
