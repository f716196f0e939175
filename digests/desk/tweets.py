"""The tweets shown under a paper. Raises Refused and Conflict as all changes of the desk do."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Max

from digests.admin.ordered_rows import renumber
from digests.desk.changing import Action, AsWanted, compare, editing, entry_of
from digests.desk.titles import quoted
from digests.editing.conflicts import Refused
from digests.models import Entry, ShownTweet
from papers.models import Mention, Paper, Tweet


def show_tweets(day: date, paper: Paper, status_ids: Sequence[str], base: Sequence[str], *, by: User) -> None:
    """Show these tweets under the paper, in this order; each of them mentions it, or stands there already."""
    mine = list(dict.fromkeys(status_ids))
    with editing(day, Action.TWEETS_CHOSEN, by=by, paper=paper) as digest:
        entry = entry_of(digest, paper, mine=mine, by=by)
        shown: dict[str, int] = {}
        for row in entry.shown_tweets.select_related("tweet"):
            shown.setdefault(row.tweet.status_id, row.pk)
        what = f"posts about {quoted(paper)}"
        compare(digest, what, base=list(base), mine=mine, theirs=list(shown), paper=paper, action=Action.TWEETS_CHOSEN, by=by)
        _show(entry, mine, shown)


def show_tweet(day: date, paper: Paper, tweet: Tweet, *, by: User) -> None:
    """Show one more tweet under the paper, behind the others."""
    with editing(day, Action.TWEET_ADDED, by=by, paper=paper) as digest:
        entry = entry_of(digest, paper, mine="show one more post", by=by)
        if entry.shown_tweets.filter(tweet=tweet).exists():
            raise AsWanted
        last = entry.shown_tweets.aggregate(last=Max("position"))["last"] or 0
        ShownTweet.objects.create(entry=entry, tweet=tweet, position=last + 1)


def _show(entry: Entry, wanted: list[str], shown: dict[str, int]) -> None:
    """`shown`: rows that are there, by status id."""
    entry.shown_tweets.exclude(pk__in=[pk for status_id, pk in shown.items() if status_id in wanted]).delete()
    known = Mention.objects.filter(paper=entry.paper_id, tweet__status_id__in=wanted)
    tweets = dict(known.values_list("tweet__status_id", "tweet"))
    if unknown := [status_id for status_id in wanted if status_id not in shown and status_id not in tweets]:
        raise Refused(f"The post {unknown[0]} doesn’t mention this paper. Add it by its link.")
    last = entry.shown_tweets.aggregate(last=Max("position"))["last"] or 0
    new = [status_id for status_id in wanted if status_id not in shown]
    made = ShownTweet.objects.bulk_create(
        ShownTweet(entry=entry, tweet_id=tweets[status_id], position=last + place) for place, status_id in enumerate(new, 1)
    )
    keys = shown | {status_id: row.pk for status_id, row in zip(new, made, strict=True)}
    renumber(entry.shown_tweets.all(), [keys[status_id] for status_id in wanted])
