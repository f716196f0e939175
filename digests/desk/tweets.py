"""The posts shown under a paper. Raises Refused and Conflict like all changes of the desk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.contrib.auth.models import User

from digests.desk.changing import Action, AsWanted, compare, editing, entry_of
from digests.editing.conflicts import Refused
from digests.editing.positions import next_position, renumber
from digests.models import Entry, ShownTweet
from papers.models import Mention, Paper, Tweet
from papers.post_keys import PostKey


def show_tweets(day: date, paper: Paper, keys: Sequence[str], base: Sequence[str], *, by: User) -> None:
    """Show these posts under the paper, in this order. Each must mention the paper or be shown there already."""
    with editing(day, Action.TWEETS_CHOSEN, by=by, paper=paper) as digest:
        entry = entry_of(digest, paper, mine=list(keys), by=by)
        shown: dict[PostKey, int] = {}
        for row in entry.shown_tweets.select_related("tweet"):
            shown.setdefault(row.tweet.key, row.pk)
        mentions = Mention.objects.filter(paper=paper).values_list("tweet__network", "tweet__status_id", "tweet")
        tweets = {PostKey(network, id): pk for network, id, pk in mentions}
        could = [*shown, *tweets]
        wanted, saw, theirs = written(keys, could), written(base, could), [str(key) for key in shown]
        what = f"posts about “{paper.plain_title}”"
        compare(digest, what, base=saw, mine=wanted, theirs=theirs, paper=paper, action=Action.TWEETS_CHOSEN, by=by)
        _show(entry, wanted, shown, tweets)


def written(keys: Iterable[str], could: Iterable[PostKey]) -> list[str]:
    """Return the keys without duplicates; a bare id becomes the key of the one post that it can mean and that is here."""
    of_id: dict[str, set[str]] = {}
    for key in could:
        of_id.setdefault(key.id, set()).add(str(key))
    return list(dict.fromkeys(next(iter(of_id[one])) if len(of_id.get(one, ())) == 1 else one for one in keys))


def show_tweet(day: date, paper: Paper, tweet: Tweet, *, by: User) -> None:
    """Show one more post under the paper, after the others."""
    with editing(day, Action.TWEET_ADDED, by=by, paper=paper) as digest:
        entry = entry_of(digest, paper, mine="show one more post", by=by)
        if entry.shown_tweets.filter(tweet=tweet).exists():
            raise AsWanted
        ShownTweet.objects.create(entry=entry, tweet=tweet, position=next_position(entry.shown_tweets.all()))


def _show(entry: Entry, wanted: Sequence[str], shown: Mapping[PostKey, int], tweets: Mapping[PostKey, int]) -> None:
    """Store what is shown. `shown` are the rows that exist; `tweets` are the posts that mention the paper."""
    rows, known = ({str(key): pk for key, pk in keys.items()} for keys in (shown, tweets))
    entry.shown_tweets.exclude(pk__in=[pk for key, pk in rows.items() if key in wanted]).delete()
    if unknown := [key for key in wanted if key not in rows and key not in known]:
        raise Refused(f"The post {unknown[0]} doesn’t mention this paper. Add it by its link.")
    first = next_position(entry.shown_tweets.all())
    new = [key for key in wanted if key not in rows]
    made = ShownTweet.objects.bulk_create(
        ShownTweet(entry=entry, tweet_id=known[key], position=position) for position, key in enumerate(new, first)
    )
    rows |= {key: row.pk for key, row in zip(new, made, strict=True)}
    renumber(entry.shown_tweets.all(), [rows[key] for key in wanted])
