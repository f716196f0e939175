"""What posts print about papers and tweets, and the records that are made, found or corrected from it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from digests.markdown.composing import NOT_PLAIN, name_html
from digests.markdown.post import PostPaper, PostTweet
from digests.models import Digest, ShownTweet
from papers.collecting.versions import replace_categories
from papers.counts.erased_on_request import Named, refused
from papers.models import Erasure, Paper, PaperCategory, Tweet
from papers.networks.registry import KINDS, OLD_NETWORK
from papers.rows import insert, select
from papers.text.embed import unescape

TweetKey = tuple[str, str]
"""The network's name, and its id of the post."""
TWEET_TEXTS = ["language", "direction", "body_html", "author_name", "author_handle"]
NO_TEXTS = ("und", Tweet.Direction.LTR.value, "", "", "")


Day = tuple[Digest, tuple[PostPaper, ...]]
"""A digest, and the papers of its post."""


class Record(NamedTuple):
    """The row of a paper: its key, and what a post would print from it."""

    pk: int
    prints: dict[str, Any]

    def otherwise(self, printed: dict[str, Any]) -> dict[str, Any] | None:
        """Return what a post prints differently from the record; None if there is no difference."""
        if printed == self.prints:
            return None
        return {key: value for key, value in printed.items() if value != self.prints[key]}


class TweetRecord(NamedTuple):
    """The row of a tweet: its key, and what a post would print from it."""

    pk: int
    prints: PostTweet

    def otherwise(self, printed: PostTweet) -> dict[str, Any] | None:
        """Return what a post prints differently from the record; None if there is no difference."""
        if printed == self.prints:
            return None
        ours = _printed_tweet(self.prints)
        return {key: value for key, value in _printed_tweet(printed).items() if value != ours[key]}


def printed_paper(paper: PostPaper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "abstract": paper.abstract,
    }


def store_papers(days: Sequence[Day]) -> dict[str, Record]:
    """Return the records of the posts' papers, by arXiv id. New ones are made; existing ones are corrected if only posts made
    them and no other day shows them. Several days have no paper in common."""
    printed = {paper.arxiv_id: (digest, printed_paper(paper)) for digest, posted in days for paper in posted}
    made = insert(
        Paper,
        ["arxiv_id", "title", "abstract", "authors", "listing_date", "listing_source", "is_sample", "is_settled"],
        [
            (arxiv_id, prints["title"], prints["abstract"], prints["authors"],
             digest.date, Paper.ListingSource.POST.value, digest.is_sample, digest.status == Digest.Status.PUBLISHED)
            for arxiv_id, (digest, prints) in sorted(printed.items())  # one order for all: two imports never wait for each other
        ],
        on_conflict="(arxiv_id) DO NOTHING",
        returning=["id", "arxiv_id"],
    )  # fmt: skip
    records = {arxiv_id: Record(pk, printed[arxiv_id][1]) for pk, arxiv_id in made}
    _insert_categories((record.pk, record.prints["categories"]) for record in records.values())
    if len(records) < len(printed):
        new = set(records)
        for digest, posted in days:
            ids = {paper.arxiv_id for paper in posted} - new
            records |= _known_papers(digest, {arxiv_id: printed[arxiv_id][1] for arxiv_id in ids})
    return records


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


def _printed_tweet(tweet: PostTweet) -> dict[str, Any]:
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


def store_tweets(days: Sequence[Day]) -> dict[TweetKey, TweetRecord]:
    """Return the records of the posts' tweets. New ones are made; existing ones are filled in or corrected if no other day
    shows them. Several days have no tweet in common."""
    printed: dict[TweetKey, PostTweet] = {}
    of_day: dict[TweetKey, Digest] = {}
    for digest, posted in days:
        for paper in posted:
            for tweet in paper.tweets:
                key = key_of(tweet)
                if key not in printed:
                    printed[key], of_day[key] = tweet, digest
    posted_at = {key: _posted_at(tweet) for key, tweet in printed.items()}
    erased = _erased(printed)
    made = insert(
        Tweet,
        ["network", "status_id", "posted_at", "state", "is_sample", *TWEET_TEXTS],
        [
            (*key, posted_at[key], Tweet.State.ERASED.value, of_day[key].is_sample, *NO_TEXTS)
            if key in erased
            else (*key, posted_at[key], Tweet.State.LIVE.value, of_day[key].is_sample, *_tweet_texts(printed[key]))
            for key in sorted(printed)
        ],
        on_conflict="(network, status_id) DO NOTHING",
        returning=["id", "network", "status_id"],
    )
    records: dict[TweetKey, TweetRecord] = {}
    for pk, *one in made:
        key = one[0], one[1]
        tweet = printed[key]
        records[key] = TweetRecord(pk, tweet if key in erased else _printed_after(tweet, posted_at[key].date()))
    if len(records) < len(printed):
        known = [key for key in printed if key not in records]
        for digest, _ in days:
            records |= _known_tweets(digest, {key: printed[key] for key in known if of_day[key] is digest})
    return records


def _erased(printed: Mapping[TweetKey, PostTweet]) -> set[TweetKey]:
    """Return those that were erased on request: their texts are not stored again."""
    if not Erasure.objects.exists():  # nearly always: to make the keys of all tweets takes as long as to store some
        return set()
    names: dict[str, list[Named]] = {}
    for (network, status_id), tweet in printed.items():
        names.setdefault(network, []).append(Named(status_id, "", tweet.handle))
    return {(network, status_id) for network, named in names.items() for status_id in refused(network, named)}


def _posted_at(tweet: PostTweet) -> datetime:
    """Return the moment in the id, otherwise midnight (UTC) of the day that the post prints.

    X makes its own ids. On networks where authors make them, the day that the post prints decides.
    """
    moment = KINDS[tweet.network].posted_at(tweet.status_id)
    if moment and (tweet.network == OLD_NETWORK or moment.date() == tweet.day):
        return moment
    return datetime.combine(tweet.day, time(), UTC)


def _known_tweets(digest: Digest, printed: Mapping[TweetKey, PostTweet]) -> dict[TweetKey, TweetRecord]:
    """Return the records that existed before, filled in or corrected where that is allowed."""
    if not printed:
        return {}
    records: dict[TweetKey, TweetRecord] = {}
    samples: list[int] = []
    columns = ["id", "network", "status_id", "state", "is_sample", "posted_at", "embedded_at", *TWEET_TEXTS]
    ids = {status_id for _, status_id in printed}
    for pk, network, status_id, state, is_sample, posted_at, embedded_at, *texts in select(Tweet, columns, "status_id", ids):
        key = network, status_id
        if key not in printed:
            continue
        language, direction, body, name, handle = texts
        day = posted_at.date()
        prints = PostTweet(status_id, language, direction, body, name_html(name), handle, day, network)
        wanted = printed[key]
        if state != Tweet.State.LIVE:
            # The text of a tweet that is gone is not stored again, here or as what the day prints otherwise.
            prints = wanted
        elif prints != wanted and (is_sample or _is_posts_alone(pk, body and embedded_at, digest)):
            Tweet.objects.filter(pk=pk).update(**dict(zip(TWEET_TEXTS, _tweet_texts(wanted), strict=True)))
            prints = _printed_after(wanted, day)
        if is_sample and not digest.is_sample:
            samples.append(pk)
        records[key] = TweetRecord(pk, prints)
    if samples:
        Tweet.objects.filter(pk__in=samples).update(is_sample=False)
    return records


def _is_posts_alone(tweet: int, read_at: datetime | None, digest: Digest) -> bool:
    """Say whether the tweet's text is neither as the network gave it (at that moment) nor shown by another day."""
    return not (read_at or ShownTweet.objects.filter(tweet=tweet).exclude(entry__digest=digest).exists())


def _printed_after(tweet: PostTweet, day: date) -> PostTweet:
    """Return what a post prints from a record that was made from `tweet`; `day` is the day of its moment."""
    name = name_html(_name(tweet))
    return tweet if name == tweet.name and day == tweet.day else tweet._replace(name=name, day=day)


def _tweet_texts(tweet: PostTweet) -> tuple[str, ...]:
    """Return the values of the columns TWEET_TEXTS."""
    return tweet.language, tweet.direction, tweet.body, _name(tweet), tweet.handle


def _name(tweet: PostTweet) -> str:
    return unescape(tweet.name) if NOT_PLAIN.search(tweet.name) else tweet.name
