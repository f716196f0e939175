"""What a post prints about papers and tweets, and the records that are made, found or corrected from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from digests.markdown.composing import name_html
from digests.markdown.post import PostPaper, PostTweet
from digests.models import Digest, ShownTweet
from papers.collecting.versions import replace_categories
from papers.counts.erased_on_request import Named, refused
from papers.models import Paper, PaperCategory, Tweet
from papers.networks.registry import KINDS, OLD_NETWORK
from papers.rows import insert, select
from papers.text.embed import unescape

TweetKey = tuple[str, str]
"""The network's name, and its id of the post."""
TWEET_TEXTS = ["language", "direction", "body_html", "author_name", "author_handle"]
NO_TEXTS = ("und", Tweet.Direction.LTR.value, "", "", "")


@dataclass(frozen=True, slots=True)
class Record:
    """The row of a paper or tweet: its key, and what a post would print from it."""

    pk: int
    prints: dict[str, Any]

    def otherwise(self, printed: dict[str, Any]) -> dict[str, Any] | None:
        """Return what a post prints differently from the record; None if there is no difference."""
        if printed == self.prints:
            return None
        return {key: value for key, value in printed.items() if value != self.prints[key]}


def printed_paper(paper: PostPaper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "abstract": paper.abstract,
    }


def store_papers(digest: Digest, posted: Iterable[PostPaper]) -> dict[str, Record]:
    """Return the records of the post's papers, by arXiv id. New ones are made; existing ones are corrected if only posts made
    them and no other day shows them."""
    printed = {paper.arxiv_id: printed_paper(paper) for paper in posted}
    made = insert(
        Paper,
        ["arxiv_id", "title", "abstract", "authors", "listing_date", "listing_source", "is_sample", "is_settled"],
        [
            (arxiv_id, prints["title"], prints["abstract"], prints["authors"],
             digest.date, Paper.ListingSource.POST.value, digest.is_sample, digest.status == Digest.Status.PUBLISHED)
            for arxiv_id, prints in sorted(printed.items())  # one order for all: two imports never wait for each other
        ],
        on_conflict="(arxiv_id) DO NOTHING",
        returning=["id", "arxiv_id"],
    )  # fmt: skip
    records = {arxiv_id: Record(pk, printed[arxiv_id]) for pk, arxiv_id in made}
    _insert_categories((record.pk, record.prints["categories"]) for record in records.values())
    return records | _known_papers(digest, {key: prints for key, prints in printed.items() if key not in records})


def _known_papers(digest: Digest, printed: dict[str, dict[str, Any]]) -> dict[str, Record]:
    """Return the records that existed before, corrected where that is allowed."""
    if not printed:
        return {}
    columns = ["id", "arxiv_id", "title", "authors", "abstract", "listing_date", "listing_source", "is_sample", "is_settled"]
    records, late, samples, unsettled = {}, [], [], []
    for pk, arxiv_id, title, authors, abstract, listing_date, source, is_sample, is_settled in select(
        Paper, columns, "arxiv_id", printed
    ):
        records[pk] = arxiv_id, Record(pk, {"title": title, "authors": authors, "categories": [], "abstract": abstract})
        if source == Paper.ListingSource.POST and listing_date > digest.date and digest.status != Digest.Status.DRAFT:
            late.append(pk)
        if is_sample and not digest.is_sample:
            samples.append(pk)
        if not is_settled and digest.status == Digest.Status.PUBLISHED:
            unsettled.append(pk)
    for paper_id, _, code in sorted(select(PaperCategory, ["paper", "position", "code"], "paper", records)):
        records[paper_id][1].prints["categories"].append(code)
    if different := [pk for pk, (arxiv_id, record) in records.items() if record.prints != printed[arxiv_id]]:
        for paper in Paper.objects.filter(pk__in=different):
            _correct_paper(digest, paper, records[paper.pk][1].prints, printed[paper.arxiv_id])
    if late:
        Paper.objects.filter(pk__in=late).update(listing_date=digest.date)
    if samples:
        Paper.objects.filter(pk__in=samples).update(is_sample=False)
    if unsettled:  # published now: arXiv's newer versions wait for an editor
        Paper.objects.filter(pk__in=unsettled).update(is_settled=True)
    return dict(records.values())


def _correct_paper(digest: Digest, paper: Paper, prints: dict[str, Any], printed: dict[str, Any]) -> None:
    """Make the record say what the post prints, where that is allowed; `prints` is updated."""
    ours = paper.is_sample or (
        paper.listing_source == Paper.ListingSource.POST and not paper.entries.exclude(digest=digest).exists()
    )
    if ours:
        if printed["categories"] != prints["categories"]:
            replace_categories({paper.pk: printed["categories"]})
        prints |= printed
    elif printed["abstract"] and not prints["abstract"]:
        # The days that print it without an abstract go on doing so.
        for entry in paper.entries.exclude(digest=digest):
            entry.printed_otherwise = {"abstract": ""} | (entry.printed_otherwise or {})
            entry.save(update_fields=["printed_otherwise"])
        prints["abstract"] = printed["abstract"]
    else:
        return
    paper.title, paper.authors, paper.abstract = prints["title"], prints["authors"], prints["abstract"]
    paper.save(update_fields=["title", "authors", "abstract"])


def _insert_categories(codes: Iterable[tuple[int, list[str]]]) -> None:
    rows = [(pk, position, code) for pk, one in codes for position, code in enumerate(one)]
    insert(PaperCategory, ["paper", "position", "code"], rows)


def printed_tweet(tweet: PostTweet) -> dict[str, Any]:
    return {
        "language": tweet.language,
        "direction": tweet.direction,
        "body": tweet.body,
        "name": tweet.name,
        "handle": tweet.handle,
        "day": tweet.day.isoformat(),
    }


def key_of(tweet: PostTweet) -> TweetKey:
    return tweet.network, tweet.status_id


def store_tweets(digest: Digest, posted: Iterable[PostTweet]) -> dict[TweetKey, Record]:
    """Return the records of the post's tweets. New ones are made; existing ones are filled in or corrected if no other day
    shows them."""
    printed: dict[TweetKey, dict[str, Any]] = {}
    posted_at: dict[TweetKey, datetime] = {}
    for one in posted:
        printed.setdefault(key_of(one), printed_tweet(one))
        posted_at.setdefault(key_of(one), _posted_at(one))
    erased = _erased(printed)
    made = insert(
        Tweet,
        ["network", "status_id", "posted_at", "state", "is_sample", *TWEET_TEXTS],
        [
            (*key, posted_at[key], Tweet.State.ERASED.value, digest.is_sample, *NO_TEXTS)
            if key in erased
            else (*key, posted_at[key], Tweet.State.LIVE.value, digest.is_sample, *_tweet_texts(prints))
            for key, prints in sorted(printed.items(), key=lambda item: item[0])
        ],
        on_conflict="(network, status_id) DO NOTHING",
        returning=["id", "network", "status_id"],
    )
    records = {
        (network, status_id): Record(
            pk, _printed_after(printed[network, status_id], posted_at[network, status_id].date().isoformat())
        )
        for pk, network, status_id in made
    }
    records |= {key: Record(records[key].pk, printed[key]) for key in erased & set(records)}
    return records | _known_tweets(digest, {key: prints for key, prints in printed.items() if key not in records})


def _erased(printed: dict[TweetKey, dict[str, Any]]) -> set[TweetKey]:
    """Return those that were erased on request: their texts are not stored again."""
    names: dict[str, list[Named]] = {}
    for (network, status_id), prints in printed.items():
        names.setdefault(network, []).append(Named(status_id, "", prints["handle"]))
    return {(network, status_id) for network, named in names.items() for status_id in refused(network, named)}


def _posted_at(tweet: PostTweet) -> datetime:
    """Return the moment in the id, otherwise midnight (UTC) of the day that the post prints.

    X makes its own ids. On networks where authors make them, the day that the post prints decides.
    """
    moment = KINDS[tweet.network].posted_at(tweet.status_id)
    if moment and (tweet.network == OLD_NETWORK or moment.date() == tweet.day):
        return moment
    return datetime.combine(tweet.day, time(), UTC)


def _known_tweets(digest: Digest, printed: dict[TweetKey, dict[str, Any]]) -> dict[TweetKey, Record]:
    """Return the records that existed before, filled in or corrected where that is allowed."""
    if not printed:
        return {}
    records, samples = {}, []
    columns = ["id", "network", "status_id", "state", "is_sample", "posted_at", "embedded_at", *TWEET_TEXTS]
    ids = {status_id for _, status_id in printed}
    for pk, network, status_id, state, is_sample, posted_at, embedded_at, *texts in select(Tweet, columns, "status_id", ids):
        key = network, status_id
        if key not in printed:
            continue
        language, direction, body, name, handle = texts
        day = posted_at.date().isoformat()
        prints = {
            "language": language,
            "direction": direction,
            "body": body,
            "name": name_html(name),
            "handle": handle,
            "day": day,
        }
        wanted = printed[key]
        if state != Tweet.State.LIVE:
            # The text of a tweet that is gone is not stored again, here or as what the day prints otherwise.
            prints = wanted
        elif prints != wanted and (is_sample or _is_posts_alone(pk, body and embedded_at, digest)):
            Tweet.objects.filter(pk=pk).update(**dict(zip(TWEET_TEXTS, _tweet_texts(wanted), strict=True)))
            prints = _printed_after(wanted, day)
        if is_sample and not digest.is_sample:
            samples.append(pk)
        records[key] = Record(pk, prints)
    if samples:
        Tweet.objects.filter(pk__in=samples).update(is_sample=False)
    return records


def _is_posts_alone(tweet: int, read_at: datetime | None, digest: Digest) -> bool:
    """Say whether the tweet's text is neither as the network gave it (at that moment) nor shown by another day."""
    return not (read_at or ShownTweet.objects.filter(tweet=tweet).exclude(entry__digest=digest).exists())


def _printed_after(prints: dict[str, Any], day: str) -> dict[str, Any]:
    """Return what a post prints from a record that was made from `prints`; `day` is the day of its moment."""
    return prints | {"name": name_html(unescape(prints["name"])), "day": day}


def _tweet_texts(prints: dict[str, Any]) -> tuple[str, ...]:
    """Return the values of the columns TWEET_TEXTS."""
    return prints["language"], prints["direction"], prints["body"], unescape(prints["name"]), prints["handle"]
