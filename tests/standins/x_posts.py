"""A tweet of the world as the JSON that X makes of it."""

from datetime import datetime
from typing import Any

from tests.standins.tweets import WorldTweet, snowflake


def post(tweet: WorldTweet, now: datetime, noun: str) -> dict[str, Any]:
    """The post with all fields that X knows, in the vocabulary of the noun, `tweet` or `post`."""
    retweets, favorites, replies, quotes = tweet.counts(now)
    answered = f"@{tweet.replies_to.handle} " if tweet.kind == "foreign_reply" and tweet.replies_to else ""
    links = [link(tweet, number, url) for number, url in enumerate(tweet.urls)]
    text = " ".join([answered + tweet.prose, *(one["url"] for one in links)])
    urls = {"urls": links} if links else {}
    made: dict[str, Any] = {
        "id": tweet.status_id,
        "text": text,
        f"edit_history_{noun}_ids": [
            one for one in tweet.versions or (tweet.status_id,) if int(one) <= int(snowflake(now, 2**22 - 1))
        ],
        "author_id": tweet.author.id,
        "created_at": f"{tweet.posted_at:%Y-%m-%dT%H:%M:%S}.000Z",
        "lang": tweet.language,
        "conversation_id": tweet.conversation_id,
        "possibly_sensitive": False,
        "public_metrics": {
            "retweet_count" if noun == "tweet" else "repost_count": retweets,
            "reply_count": replies,
            "like_count": favorites,
            "quote_count": quotes,
            "bookmark_count": 0,
            "impression_count": favorites * 50,
        },
        "entities": urls,
        "synthetic_extra": {"of": ["no", "meaning"]},
    }
    if tweet.link_in_note:
        made |= {"text": text[:20] + "…", "entities": {}, f"note_{noun}": {"text": text, "entities": urls}}
    if answered and tweet.replies_to:
        mention = {"start": 0, "end": len(answered) - 1, "username": tweet.replies_to.handle, "id": tweet.replies_to.id}
        made["entities"] = urls | {"mentions": [mention]}
    if tweet.conversation_id != tweet.status_id and not tweet.versions:
        made[f"referenced_{noun}s"] = [{"type": "replied_to", "id": tweet.conversation_id}]
    if tweet.kind == "retweet":
        original = str(int(tweet.status_id) - 1)
        made |= {"text": f"RT @lab_1: {text}", f"referenced_{noun}s": [{"type": "retweeted", "id": original}]}
    if tweet.gone == "withheld" and tweet.is_gone(now):
        made["withheld"] = {"copyright": False, "country_codes": ["XY"]}
    return made


def link(tweet: WorldTweet, number: int, url: str) -> dict[str, Any]:
    short = f"https://t.co/S{tweet.status_id[-8:]}{number}"
    known: dict[str, Any] = {"start": 0, "end": len(short), "url": short, "expanded_url": url, "display_url": url[8:34]}
    if not tweet.unwound:
        return known
    # A second shortener, which only X's unwinding sees through.
    expanded = {"expanded_url": f"https://short.example/{number}"} if int(tweet.status_id) % 3 == 0 else {}
    return known | expanded | {"status": 200, "title": "A Synthetic Paper", "unwound_url": url}
