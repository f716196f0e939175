"""What pages of papers show, read for many papers with as many queries as for one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q

from digests.models import Digest, Entry, ShownTweet, in_published_digest
from digests.reader.pages.counts_over_time import History, histories
from digests.reader.related import Asked, RelatedPaper, related_to
from digests.reader.texts import texts_of_whole_papers
from papers.models import Mention, Paper, PaperCategory, Tweet
from papers.ranking.candidates import candidates, rules
from papers.ranking.ranking import RankedPaper, Rules
from papers.rendered.stored import Texts
from papers.rows import objects


@dataclass(frozen=True, slots=True)
class LoadedPaper:
    paper: Paper
    categories: list[str]
    """The primary one first."""
    appearances: Sequence[Entry]
    """On published lists, the newest first."""
    shown: Sequence[ShownTweet]
    """The posts that these lists show, in their order."""
    tweets: Sequence[Tweet]
    """The posts that count for it."""
    history: History | None
    related: Sequence[RelatedPaper]
    rank_now: RankedPaper | None
    """Among the papers of its listing day, by the newest counts; None if none were read."""
    rules: Rules
    texts: Texts
    """Those of the papers that were loaded together."""


def load(arxiv_ids: Collection[str]) -> dict[str, LoadedPaper]:
    """Those that readers may see; ten queries for one. More papers take two more for each day on which arXiv listed some of them,
    and three for each month; papers without a category take one more."""
    papers, categories = _papers(arxiv_ids)
    if not papers:
        return {}
    appearances, tweets, found = _appearances(papers), _tweets(papers), histories(papers)
    shown = _shown(appearances)
    related = related_to(
        Asked(paper, frozenset(categories[pk]), frozenset(tweet.author_handle for tweet in tweets[pk]) - {""})
        for pk, paper in papers.items()
    )
    texts = texts_of_whole_papers(papers.values(), (one.paper for some in related.values() for one in some))
    ranked_by = rules()
    days = {paper.listing_date for paper in papers.values() if not paper.is_sample}
    ranked = {one.arxiv_id: one for day in days for one in candidates(day, ranked_by) if any(line.read_at for line in one.tweets)}
    return {
        paper.arxiv_id: LoadedPaper(
            paper,
            categories[pk],
            appearances[pk],
            shown.get(pk, []),
            tweets[pk],
            found.get(pk),
            related[pk],
            None if paper.is_sample else ranked.get(paper.arxiv_id),
            ranked_by,
            texts,
        )
        for pk, paper in papers.items()
    }


def visible_paper(prefix: str = "") -> Q:
    """Papers that have a page. The query leaves out all others, so a paper of a draft takes as long as an unknown one."""
    listed = Entry.objects.filter(in_published_digest(), paper=OuterRef(f"{prefix}pk"))
    return Paper.public(prefix) | Q(Exists(listed))


def _papers(arxiv_ids: Collection[str]) -> tuple[dict[int, Paper], dict[int, list[str]]]:
    """The papers and their categories by primary key; one query, or two if any has no category."""
    papers, categories = dict[int, Paper](), defaultdict[int, list[str]](list)
    rows = PaperCategory.objects.filter(visible_paper("paper__"), paper__arxiv_id__in=arxiv_ids).select_related("paper")
    for row in rows.order_by("position"):
        papers.setdefault(row.paper_id, row.paper)
        categories[row.paper_id].append(row.code)
    if missing := set(arxiv_ids) - {paper.arxiv_id for paper in papers.values()}:
        papers |= {paper.pk: paper for paper in Paper.objects.filter(visible_paper(), arxiv_id__in=missing)}
    return papers, categories


def _appearances(papers: Collection[int]) -> dict[int, list[Entry]]:
    """By paper, the newest first; one query."""
    found = defaultdict[int, list[Entry]](list)
    for entry in sorted(objects(Entry, "paper", papers, joined="digest"), key=attrgetter("digest.date"), reverse=True):
        if entry.digest.status == Digest.Status.PUBLISHED:
            found[entry.paper_id].append(entry)
    return found


def _shown(appearances: Mapping[int, list[Entry]]) -> dict[int, list[ShownTweet]]:
    """By paper, the posts that its lists show; one query."""
    of_entry = defaultdict[int, list[ShownTweet]](list)
    entries = [entry.pk for entries in appearances.values() for entry in entries]
    for one in sorted(objects(ShownTweet, "entry", entries, joined="tweet"), key=attrgetter("position")):
        of_entry[one.entry_id].append(one)
    return {pk: [one for entry in entries for one in of_entry[entry.pk]] for pk, entries in appearances.items()}


def _tweets(papers: Collection[int]) -> dict[int, list[Tweet]]:
    """By paper; one query."""
    found = defaultdict[int, list[Tweet]](list)
    for mention in objects(Mention, "paper", papers, joined="tweet"):
        tweet = mention.tweet
        if tweet.state == Tweet.State.LIVE and not tweet.is_excluded:
            found[mention.paper_id].append(tweet)
    return found
