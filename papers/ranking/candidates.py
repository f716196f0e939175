"""The papers of a listing day, ranked: from which an editor makes the digest."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.db.models import Q

from papers.models import Mention, Paper, SavedRules, Tweet
from papers.post_keys import PostKey
from papers.ranking.ranking import MentionedPaper, MentioningTweet, RankedPaper, Rules, default_weights, rank
from papers.ranking.repeats import Said
from papers.rows import select

READ = [
    f"tweet__{name}"
    for name in ("network", "status_id", "retweets", "favorites", "read_at", "state", "author_id", "is_excluded", "counts")
]
"""As MentioningTweet takes them, in its order."""
TEXT = ("network", "author_name", "author_handle", "body_html", "posted_at")
"""As Said takes them."""


def rules() -> Rules:
    """Those saved on the desk, else the settings'."""
    if saved := SavedRules.objects.first():
        return Rules(
            saved.hot_score,
            saved.shown_tweet_score,
            saved.shown_tweets,
            saved.one_tweet_per_author,
            weights={name: {**weights, **saved.weights.get(name, {})} for name, weights in default_weights().items()},
            saved_at=saved.saved_at,
        )
    return Rules(
        hot_score=settings.HOT_SCORE,
        shown_tweet_score=settings.SHOWN_TWEET_SCORE,
        shown_tweets=settings.SHOWN_TWEETS,
        one_tweet_per_author=settings.ONE_TWEET_PER_AUTHOR,
    )


def announced_on(day: date) -> Q:
    """Of papers: the candidates for the listing day's digest."""
    return Q(listing_date=day) & includes()


def includes() -> Q:
    """Of papers: those that can be candidates on their day, by INCLUDE_CROSS_LISTS."""
    return Q() if settings.INCLUDE_CROSS_LISTS else Q(announced_as=Paper.AnnouncedAs.NEW)


def candidates(day: date, ranked_by: Rules | None = None) -> list[RankedPaper]:
    """All papers that arXiv announced on the listing day, in their order; cross-listed ones by INCLUDE_CROSS_LISTS.

    Three queries, or two where the rules are at hand.
    """
    papers = Paper.objects.filter(announced_on(day)).order_by().values_list("pk", "arxiv_id")
    return ranked(dict(papers), ranked_by or rules())


def ranked(papers: Mapping[int, str], ranked_by: Rules) -> list[RankedPaper]:
    """These papers (arXiv ids by primary key) in their order, by their tweets as they were last read; one query."""
    tweets = tweets_on(papers)
    return rank((MentionedPaper(arxiv_id, tweets[pk]) for pk, arxiv_id in papers.items()), ranked_by)


def tweets_on(papers: Collection[int]) -> defaultdict[int, list[MentioningTweet]]:
    """The tweets that mention these papers (primary keys), by paper; one query, and one more for what is said on several networks
    about the same paper."""
    tweets: defaultdict[int, list[MentioningTweet]] = defaultdict(list)
    # Values, not rows: a day has thousands, and rows would take three times as long.
    for paper, *read in select(Mention, ("paper", *READ), "paper", papers):
        tweets[paper].append(MentioningTweet(*read))
    if several := [paper for paper, of_paper in tweets.items() if len({one.network for one in of_paper}) > 1]:
        said: dict[PostKey, Said] = {}
        texts = Tweet.objects.live().filter(mentions__paper__in=several).exclude(body_html="").order_by().distinct()
        for id, network, *read in texts.values_list("status_id", *TEXT):
            said[PostKey(network, id)] = Said.read(network, *read)
        for paper in several:
            tweets[paper] = [replace(one, said=said.get(PostKey(one.network, one.id))) for one in tweets[paper]]
    return tweets
