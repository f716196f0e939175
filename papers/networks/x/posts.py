"""What X's answers say about posts: one strict reading of its two vocabularies (`tweet…` and, since August 2026, `post…`).

Public description: https://docs.x.com/x-api/fundamentals/data-dictionary
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from papers.networks.base import GoneReason
from papers.networks.paid import Counts, FoundTweet
from papers.networks.paper_links import paper_ids_in
from papers.networks.strict_json import LARGEST_COUNT, items, language, mapping, moment, text_of, whole_number
from papers.sources.left_out import LeftOut
from papers.text.identifiers import STATUS_ID

LARGEST_ID = 2**63 - 1


GONE_TYPES = {
    "resource-not-found": GoneReason.DELETED,
    "not-authorized-for-resource": GoneReason.PROTECTED,
    "disallowed-resource": GoneReason.WITHHELD,
    "resource-unavailable": GoneReason.WITHHELD,
}


def read_posts(raw: Iterable[object]) -> tuple[list[FoundTweet], list[LeftOut]]:
    """The posts that can be read, and the others."""
    found, left_out = [], []
    for one in raw:
        if tweet := read_post(one):
            found.append(tweet)
        else:
            left_out.append(_lacking(mapping(one)))
    return found, left_out


def _lacking(post: Mapping[str, Any]) -> LeftOut:
    metrics = mapping(post.get("public_metrics"))
    needed = {
        "an id": is_status_id(post.get("id")),
        "an author": is_status_id(post.get("author_id")),
        "retweets": _count(metrics, "retweet_count", "repost_count") is not None,
        "likes": _count(metrics, "like_count") is not None,
    }
    name = str(post["id"]) if needed["an id"] else ""
    return LeftOut(name, " and ".join(field for field, is_there in needed.items() if not is_there))


def read_post(raw: object) -> FoundTweet | None:
    """The post, or None where its id, its author, its retweets or its likes cannot be read: guessing them would falsify a
    history."""
    post = mapping(raw)
    status_id, author_id = post.get("id"), post.get("author_id")
    counts = _counts(mapping(post.get("public_metrics")))
    if not (is_status_id(status_id) and is_status_id(author_id) and counts):
        return None
    note = mapping(post.get("note_tweet")) or mapping(post.get("note_post"))
    entities = mapping(post.get("entities"))
    links = [mapping(link) for part in (entities, mapping(note.get("entities"))) for link in items(part.get("urls"))]
    # The address that X unwound first: where it is no paper (a listing, a consent page) the author's own one may be.
    urls = [text_of(link.get(key)) for link in links for key in ("unwound_url", "expanded_url")]
    text = text_of(note.get("text")) or text_of(post.get("text"))
    references = [
        mapping(one).get("type") for one in (*items(post.get("referenced_tweets")), *items(post.get("referenced_posts")))
    ]
    history = [*items(post.get("edit_history_tweet_ids")), *items(post.get("edit_history_post_ids"))]
    conversation_id = post.get("conversation_id")
    first_mention = next((one for one in map(mapping, items(entities.get("mentions"))) if one.get("start") == 0), {})
    return FoundTweet(
        status_id=str(status_id),
        author_id=str(author_id),
        handle=_matching(r"[A-Za-z0-9_]{1,20}", post.get("username"), otherwise=""),
        text=text,
        language=language(post.get("lang")),
        created_at=moment(post.get("created_at")),
        conversation_id=str(conversation_id if is_status_id(conversation_id) else status_id),
        counts=counts,
        papers=paper_ids_in(urls, text),
        is_retweet=any(kind in ("retweeted", "reposted") for kind in references),
        answers_another="id" in first_mention and first_mention["id"] != author_id,
        is_withheld=bool(post.get("withheld")),
        edit_history=tuple(version for version in history if is_status_id(version)) or (str(status_id),),
        has_links=any(urls),
    )


def read_gone(errors: object) -> Iterator[tuple[str, GoneReason]]:
    """Id and reason of each partial error that says a post is gone. Other errors say nothing about the post."""
    for error in map(mapping, items(errors)):
        reason = GONE_TYPES.get(text_of(error.get("type")).rstrip("/").rpartition("/")[2])
        bracketed = re.search(r"\[([0-9]{1,19})\]", text_of(error.get("detail")))
        named = (error.get("resource_id"), error.get("value"), bracketed and bracketed[1])
        status_id = next((one for one in named if is_status_id(one)), None)
        if reason and status_id:
            yield str(status_id), reason


def is_status_id(value: object) -> bool:
    """Whether X could have given out the id: a decimal number of 63 bits."""
    return isinstance(value, str) and re.fullmatch(STATUS_ID, value) is not None and int(value) <= LARGEST_ID


def _counts(metrics: Mapping[str, Any]) -> Counts | None:
    retweets, favorites = _count(metrics, "retweet_count", "repost_count"), _count(metrics, "like_count")
    if retweets is None or favorites is None:
        return None
    return Counts(retweets, favorites, _count(metrics, "reply_count"), _count(metrics, "quote_count"))


def _count(metrics: Mapping[str, Any], *names: str) -> int | None:
    numbers = (whole_number(metrics[name]) for name in names if name in metrics)
    return next((number for number in numbers if number is not None and number <= LARGEST_COUNT), None)


def _matching(pattern: str, value: object, *, otherwise: str) -> str:
    return value if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) else otherwise
