"""A list's entries as its page shows them: with the history of their counts and how many posts link them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from django.db.models import Count

from digests.models import Digest, Entry, ShownTweet
from digests.reader.pages import charts
from digests.reader.pages.counts_over_time import History, histories
from digests.templatetags.reading import score
from papers import network_words
from papers.code_links import code_links
from papers.models import Mention, PaperCategory, of_live_tweet
from papers.ranking.ranking import Rules
from papers.rows import objects, select

COUNTED = Mention.objects.filter(of_live_tweet(), tweet__is_excluded=False)
SPARKLINE = {"width": 200, "height": 32, "inset": 2}


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """An entry, with what the page says about it beyond its own columns."""

    entry: Entry
    history: History | None
    posts: int = 0
    """The number of posts known to link the paper that count and still exist."""
    categories: Sequence[str] = ()
    """Categories as the day prints them, the primary one first."""
    tweets: Sequence[ShownTweet] = ()

    @property
    def sparkline(self) -> charts.Line | None:
        """The line to draw; None if there are fewer than two readings."""
        return sparkline(self.history) if self.history else None

    @property
    def code(self) -> tuple[str, ...]:
        """Addresses of repositories."""
        return code_links(self.entry.paper, self.entry.abstract)


def entries_of(digest: Digest) -> list[Entry]:
    """The digest's entries with their papers, in their order; one query."""
    entries = sorted(objects(Entry, "digest", [digest.pk], joined="paper"), key=attrgetter("position"))
    for entry in entries:
        entry.digest = digest
    return entries


def shown_papers(entries: Iterable[Entry], *, with_posts: bool = False) -> list[ShownPaper]:
    """The entries in their order; one query, or two with the number of posts (else 0)."""
    entries = list(entries)
    papers = [entry.paper_id for entry in entries]
    found, posts = histories(papers), _posts(papers) if with_posts else {}
    return [ShownPaper(entry, found.get(entry.paper_id), posts.get(entry.paper_id, 0)) for entry in entries]


def whole_papers(entries: Sequence[Entry]) -> list[ShownPaper]:
    """The entries in their order, with all that a list’s page says about them; four queries."""
    papers = [entry.paper_id for entry in entries]
    found, posts = histories(papers), _posts(papers)
    categories, tweets = defaultdict[int, list[str]](list), defaultdict[int, list[ShownTweet]](list)
    for paper_id, _, code in sorted(select(PaperCategory, ["paper", "position", "code"], "paper", papers)):
        categories[paper_id].append(code)
    shown = objects(ShownTweet, "entry", [entry.pk for entry in entries], joined="tweet")
    for one in sorted(shown, key=attrgetter("position")):
        tweets[one.entry_id].append(one)
    return [
        ShownPaper(
            entry,
            found.get(entry.paper_id),
            posts.get(entry.paper_id, 0),
            categories[entry.paper_id] if (printed := entry.otherwise.get("categories")) is None else printed,
            tweets[entry.pk],
        )
        for entry in entries
    ]


def is_hottest_first(entries: Sequence[Entry], rules: Rules) -> bool:
    """Whether the list is in the order of the counts that it prints. It is not if editors moved papers."""
    scores = [score(entry, rules) for entry in entries]
    return all(above >= below for above, below in pairwise(scores))


def first_counts(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """The networks that counted something for the list, and what each counts first: `("x", "reposts")`."""
    networks = {network for entry in entries for network, counts in entry.counted.items() if counts}
    return [(network, words) for network, words in network_words.first_counts().items() if network in networks]


def _posts(papers: Sequence[int]) -> dict[int, int]:
    return dict(COUNTED.filter(paper__in=papers).values_list("paper").annotate(Count("pk")))


def sparkline(history: History) -> charts.Line | None:
    if len(history.readings) < 2:
        return None
    points = [(reading.at, reading.score) for reading in history.readings]
    return charts.line(points, top=max(1, *(score for _, score in points)), **SPARKLINE)
