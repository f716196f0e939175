"""The site proposes a day's list; editors decide.

A draft that nobody touched follows the counts: it is proposed again and again. Once an editor touches it, its order and choice
belong to the editor, and new counts change only the counts shown.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from digests.models import Digest, Dismissal, Entry, ShownTweet
from papers.models import CollectionDay, Paper, Provenance, Tweet
from papers.networks.registry import OLD_NETWORK
from papers.post_keys import PostKey
from papers.ranking.candidates import announced_on, candidates, ranked, rules
from papers.ranking.ranking import LedgerLine, RankedPaper


def propose(day: date, *, now: datetime) -> Digest | None:
    """Propose a draft of the day's hot papers in rank order, with their counts and shown posts as last read.

    None if there is nothing to propose: the day's papers have not been collected, an editor has begun its list, or the draft
    already is what would be proposed. A day that is not over yet, or lacks something, is proposed too: the desk and the check
    say that it is incomplete, and no rule publishes it.
    """
    is_here = Q(state=CollectionDay.State.COMPLETE) | Q(found_new__gt=0)
    if not CollectionDay.objects.filter(is_here, date=day).exists():
        return None
    present = Digest.objects.filter(date=day).first()
    if present and not is_untouched(present):
        return None  # without ranking its candidates
    return _propose(day, now)


def begin(day: date, *, now: datetime) -> Digest:
    """The day's list. If there is none yet, one is proposed from the papers collected so far; it may be empty."""
    return Digest.objects.filter(date=day).first() or _propose(day, now) or Digest.objects.get(date=day)


def _propose(day: date, now: datetime) -> Digest | None:
    dismissed = set(Dismissal.objects.filter(day=day).values_list("paper__arxiv_id", flat=True))
    hot = [paper for paper in candidates(day) if paper.hot and paper.arxiv_id not in dismissed]
    papers = dict(Paper.objects.filter(arxiv_id__in=[paper.arxiv_id for paper in hot]).values_list("arxiv_id", "pk"))
    tweets = keys_of_shown(hot)
    moment = now.replace(microsecond=0)
    of_samples = Paper.objects.filter(announced_on(day), is_sample=True).exists()
    with transaction.atomic():
        defaults = {"written_at": moment, "is_sample": of_samples}
        digest, is_new = Digest.objects.select_for_update().get_or_create(date=day, defaults=defaults)
        if not is_new and not is_untouched(digest):
            return None
        entries = [new_entry(digest, papers[paper.arxiv_id], position, paper, moment) for position, paper in enumerate(hot, 1)]
        shown = [shown_tweets(entry, paper, tweets) for entry, paper in zip(entries, hot, strict=True)]
        if not is_new:
            if _says(digest) == [_saying(entry, rows) for entry, rows in zip(entries, shown, strict=True)]:
                return None
            digest.entries.all().delete()
            digest.written_at = moment
            digest.revision = digest.proposed = digest.revision + 1  # no version, but another list than an editor may have seen
            digest.save(update_fields=["written_at", "changed_at", "revision", "proposed"])
        Entry.objects.bulk_create(entries)
        ShownTweet.objects.bulk_create(row for rows in shown for row in rows)
    return digest


def is_untouched(digest: Digest) -> bool:
    """Whether the list is still as proposed."""
    is_own = not digest.imported_sha256 and not digest.is_sample
    is_waiting = digest.status == Digest.Status.DRAFT and digest.goes_out_at is None
    return digest.revision == digest.proposed and is_waiting and is_own


def new_entry(digest: Digest, paper_id: int, position: int, paper: RankedPaper, now: datetime) -> Entry:
    """With the counts as they were last read; not saved."""
    return Entry(
        digest=digest,
        position=position,
        paper_id=paper_id,
        retweets=paper.retweets,
        favorites=paper.favorites,
        counts=other_counts(paper),
        extra_points=extra_points(paper),
        read_at=last_read(paper.tweets, now),
        provenance=Provenance.NETWORK,
    )


def other_counts(paper: RankedPaper) -> dict[str, dict[str, int]]:
    """The counts of networks other than X, whose counts have columns of their own."""
    return {name: dict(counts) for name, counts in paper.counts.items() if name != OLD_NETWORK}


def extra_points(paper: RankedPaper) -> int:
    """What the score has beside retweets and favorites."""
    return paper.score - paper.retweets - paper.favorites


def shown_tweets(entry: Entry, paper: RankedPaper, tweets: Mapping[PostKey, int]) -> list[ShownTweet]:
    """The tweets that the rules show under the paper, by their primary keys; not saved."""
    shown = (line for line in paper.tweets if line.shown)
    return [ShownTweet(entry=entry, position=position, tweet_id=tweets[line.key]) for position, line in enumerate(shown, 1)]


def keys_of_shown(papers: Iterable[RankedPaper]) -> dict[PostKey, int]:
    """The primary keys of the tweets that the rules show under these papers; one query."""
    shown = Tweet.objects.with_keys(line.key for paper in papers for line in paper.tweets if line.shown)
    return {PostKey(network, id): pk for network, id, pk in shown.values_list("network", "status_id", "pk")}


def last_read(ledger: tuple[LedgerLine, ...], now: datetime) -> datetime:
    """When a post that counts was last read, in whole seconds."""
    return max((line.read_at for line in ledger if line.read_at and not line.left_out), default=now).replace(microsecond=0)


Saying = tuple[int, int, int, dict[str, dict[str, int]], datetime, list[int]]


def _says(digest: Digest) -> list[Saying]:
    return [_saying(entry, list(entry.shown_tweets.all())) for entry in digest.entries.prefetch_related("shown_tweets")]


def _saying(entry: Entry, shown: list[ShownTweet]) -> Saying:
    return entry.paper_id, entry.retweets, entry.favorites, entry.counts, entry.read_at, [row.tweet_id for row in shown]


def take_counts(digest: Digest) -> int:
    """Update the counts of an unpublished list to the latest; returns how many entries changed.

    Order and choice stay, and so does the revision, since no editor changed anything. Counts that a post file printed stay as
    well, and those of a list that is about to go out: what was checked is published. A constant number of queries.
    """
    with transaction.atomic():
        waiting = Digest.all_drafts.filter(pk=digest.pk, goes_out_at=None)
        locked = waiting.select_for_update().exclude(status=Digest.Status.PUBLISHED).first()
        if locked is None:
            return 0
        entries = list(locked.entries.filter(provenance=Provenance.NETWORK).select_related("paper").defer("paper__abstract"))
        live = {paper.arxiv_id: paper for paper in ranked({row.paper_id: row.paper.arxiv_id for row in entries}, rules())}
        changed = [entry for entry in entries if take_live_counts(entry, live[entry.paper.arxiv_id])]
        Entry.objects.bulk_update(changed, ["retweets", "favorites", "counts", "extra_points", "read_at"])
        if changed:
            locked.save(update_fields=["changed_at"])
    return len(changed)


def take_live_counts(entry: Entry, live: RankedPaper) -> bool:
    """Set the entry's counts to the latest, without saving it. False if nothing changed."""
    if not any(line.read_at and not line.left_out for line in live.tweets):
        return False
    now = live.retweets, live.favorites, other_counts(live), last_read(live.tweets, entry.read_at)
    before = entry.retweets, entry.favorites, entry.counts, entry.read_at
    entry.retweets, entry.favorites, entry.counts, entry.read_at = now
    entry.extra_points = extra_points(live)
    return before != now
