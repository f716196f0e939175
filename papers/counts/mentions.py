"""Which tweet mentions which paper."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from papers import rows
from papers.counts.measuring import measure_again
from papers.models import Mention, Paper, Tweet, UnmatchedMention


def match(*, papers: Collection[int] = (), tweets: Collection[int] = ()) -> None:
    """Mentions of papers that were not here become mentions of the papers, for these papers or tweets (primary keys).

    To be called after the rows are committed, by whoever brought papers and by whoever brought tweets: of two workers that
    do not see each other's rows yet, the later one then sees both. If one is killed before that, it is done when the
    same papers or tweets are brought again.
    """
    column, keys = ("paper.id", papers) if papers else ("unmatched.tweet_id", tweets)
    if not keys:
        return
    places = ", ".join(["%s"] * len(keys))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Mention._meta.db_table} (tweet_id, paper_id) SELECT unmatched.tweet_id, paper.id "  # noqa: S608
            f"FROM {UnmatchedMention._meta.db_table} unmatched JOIN {Paper._meta.db_table} paper "
            f"ON paper.arxiv_id = unmatched.arxiv_id WHERE {column} IN ({places}) ORDER BY 1, 2 ON CONFLICT DO NOTHING",
            list(keys),
        )
        # Not those that another worker added since: only what has its mention goes.
        mention = Mention.objects.filter(tweet=OuterRef("tweet"), paper__arxiv_id=OuterRef("arxiv_id"))
        if papers:
            mention = mention.filter(paper__in=papers)
        matched = UnmatchedMention.objects.filter(Exists(mention))
        (matched if papers else matched.filter(tweet__in=tweets)).delete()


def match_left() -> None:
    """Match all that waits though its paper is here: what workers left that were killed and never told the same again."""
    papers = Paper.objects.filter(arxiv_id__in=UnmatchedMention.objects.values("arxiv_id"))
    match(papers=list(papers.values_list("pk", flat=True)))


def add_mentions(network: str, papers: Mapping[str, Collection[str]]) -> dict[str, int]:
    """By the network's ids, the arXiv ids of the papers that a stored tweet mentions; gives back the tweets' primary keys."""
    keys = dict(Tweet.objects.filter(network=network, status_id__in=papers).values_list("status_id", "pk"))
    link(keys, papers)
    match(tweets=list(keys.values()))  # also what an earlier attempt left when it was killed
    return keys


def link(keys: Mapping[str, int], papers: Mapping[str, Collection[str]]) -> list[int]:
    """Keep which papers (arXiv ids) these tweets mention, both by the network's ids; gives back the primary keys of the tweets
    that mention papers that are not here. These are to be matched once all is committed."""
    _, unmatched = _insert({(keys[status_id], number) for status_id, numbers in papers.items() for number in numbers})
    return unmatched


def _insert(pairs: Collection[tuple[int, str]]) -> tuple[list[int], list[int]]:
    """Keep that these tweets mention these papers; the papers that are here, and the tweets of those that are not."""
    here = dict(Paper.objects.filter(arxiv_id__in={number for _, number in pairs}).values_list("arxiv_id", "pk"))
    matched = [(tweet, here[number]) for tweet, number in sorted(pairs) if number in here]
    unmatched = [(tweet, number) for tweet, number in sorted(pairs) if number not in here]
    with transaction.atomic():
        rows.insert(Mention, ["tweet", "paper"], matched, on_conflict="DO NOTHING")
        rows.insert(UnmatchedMention, ["tweet", "arxiv_id"], unmatched, on_conflict="DO NOTHING")
    return [paper for _, paper in matched], [tweet for tweet, _ in unmatched]


@transaction.atomic
def relink(network: str, papers: Mapping[str, Collection[str]], *, now: datetime) -> None:
    """These posts, by the network's ids, link these papers now (arXiv ids) and no others: an author may edit a post.

    Links made by hand stay. Two queries where nothing changed; else the papers that lost or got a post are measured again.
    """
    known = dict(Tweet.objects.filter(network=network, status_id__in=papers).values_list("pk", "status_id"))
    mentions = Mention.objects.filter(tweet__in=known).values_list("pk", "tweet", "paper", "paper__arxiv_id", "is_by_hand")
    waiting = UnmatchedMention.objects.filter(tweet__in=known).values_list("pk", "tweet", "arxiv_id")
    missing = {(tweet, number) for tweet, id in known.items() for number in papers[id]}
    stale: dict[int, int] = {}
    """Mentions, each with its paper."""
    for pk, tweet, paper, number, is_by_hand in mentions:
        if number not in papers[known[tweet]] and not is_by_hand:
            stale[pk] = paper
        missing.discard((tweet, number))
    stale_waiting = []
    still_waiting = []
    for pk, tweet, number in waiting:
        if number in papers[known[tweet]]:
            still_waiting.append(tweet)
        else:
            stale_waiting.append(pk)
        missing.discard((tweet, number))
    if stale:
        Mention.objects.filter(pk__in=stale).delete()
    if stale_waiting:
        UnmatchedMention.objects.filter(pk__in=stale_waiting).delete()
    gained, unmatched = _insert(missing) if missing else ([], [])
    measure_again(sorted({*stale.values(), *gained}), now=now)
    transaction.on_commit(lambda: match(tweets=[*unmatched, *still_waiting]))  # as in `link`
