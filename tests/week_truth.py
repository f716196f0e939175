"""What the world of the simulated week says at a moment, to be compared with the database."""

from datetime import datetime

from tests.standins.listed_world import WorldDailyPaper, WorldStory
from tests.standins.running import Services
from tests.standins.tweets import WorldTweet

OPEN_FACTS = """
import json, django
django.setup()
from papers.models import *
open = Tweet.objects.exclude(network="x")
papers = {}
for pk, paper in Mention.objects.exclude(tweet__network="x").order_by("paper__arxiv_id").values_list("tweet", "paper__arxiv_id"):
    papers.setdefault(pk, []).append(paper)
print(json.dumps({
    "live": [[one.network, one.status_id, one.author_handle, one.counts, papers.get(one.pk, [])] for one in open.live()],
    "gone": open.exclude(state="live").count(),
    "texts": open.exclude(state="live").exclude(body_html="", author_handle="").count(),
    "missed": list(NetworkDay.objects.exclude(missed=[]).values_list("network", flat=True)),
    "health": dict(SourceHealth.objects.values_list("service", "state")),
}))
"""
Said = dict[tuple[str, str], tuple[str, dict[str, int], list[str]]]
"""Handle, counts and papers of each post, by network and id."""


def said_by(made: Services, at: datetime) -> Said:
    """Of all posts of the open networks that everybody can see and that link a paper."""
    said: Said = {}
    for post in made.skies.posts:
        if post.posted_at <= at and post.is_live(at):
            said["bluesky", post.uri] = (post.author.handle(at), post.counted(at), sorted(post.papers(at)))
    for story in made.hackernews.stories.values():
        if isinstance(story, WorldStory) and story.paper and story.posted_at <= at and story.is_live(at):
            said["hackernews", str(story.id)] = (story.author, story.counted(at), [story.paper])
    for paper in made.huggingface.papers.values():
        if isinstance(paper, WorldDailyPaper) and paper.listed_at <= at:
            said["huggingface", paper.arxiv_id] = ("", paper.counted(at), [paper.arxiv_id])
    return said


def is_true(tweet: WorldTweet, state: str, counts: list[int], now: datetime) -> bool:
    """Whether it is live with the counts of now, or gone; oEmbed knows only one kind of gone. Of a silent one nobody can tell."""
    if tweet.silent:
        return True
    return state != "live" if tweet.is_gone(now) else [state, *counts] == ["live", *tweet.counts(now)[:2]]


def most_texts(tweet: WorldTweet) -> int:
    """oEmbed is asked once, again once a day while the tweet stands in a new digest, and twice more for one that is gone."""
    from papers.counts.embedding import NEW_FOR  # here, since it needs Django's set-up and the rest does not

    return 1 + NEW_FOR.days + (2 if tweet.gone else 0)


def truth(tweets: list[WorldTweet], now: datetime) -> dict[str, WorldTweet]:
    """The tweets that are to be found by the end: of an edited one the newest version, of a thread also its root."""
    posted = [tweet for tweet in tweets if tweet.posted_at < now]
    newer = {old for tweet in posted for old in tweet.versions if int(old) < int(tweet.status_id)}
    answered = {tweet.conversation_id for tweet in posted if tweet.kind == "own_reply"}
    return {
        tweet.status_id: tweet
        for tweet in posted
        if tweet.papers
        and tweet.kind != "retweet"
        and tweet.status_id not in newer
        and (tweet.kind != "root" or tweet.status_id in answered)
    }
