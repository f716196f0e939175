"""Shows what other rules would change on a day, before they are saved for the site."""

from dataclasses import dataclass
from datetime import date

from papers.models import Paper
from papers.ranking.candidates import announced_on, rules, tweets_on
from papers.ranking.ranking import MentionedPaper, RankedPaper, Rules, rank
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts


@dataclass(frozen=True)
class Tried:
    arxiv_id: str
    title: str
    """Plain text."""
    score: int
    """By the rules that are being tried."""
    rank: int


@dataclass(frozen=True)
class RulesPreview:
    rules: Rules
    hot_before: int
    hot_after: int
    enters: list[Tried]
    leaves: list[Tried]


def preview_rules(day: date, tried: Rules) -> RulesPreview:
    """Return which of the day's candidates would become hot, and which would no longer be; four queries."""
    papers = Paper.objects.filter(announced_on(day)).order_by().values_list("pk", "arxiv_id", "title")
    titles = {number: title for _, number, title in papers}
    tweets = tweets_on([pk for pk, _, _ in papers])
    mentioned = [MentionedPaper(number, tweets[pk]) for pk, number, _ in papers]
    before = {paper.arxiv_id for paper in rank(mentioned, rules()) if paper.hot}
    after = rank(mentioned, tried)

    changes = [one.arxiv_id for one in after if one.hot != (one.arxiv_id in before)]
    texts = Texts((Kind.LINE, titles[arxiv_id]) for arxiv_id in changes)

    def told(papers: list[RankedPaper]) -> list[Tried]:
        return [Tried(paper.arxiv_id, texts.line_text(titles[paper.arxiv_id]), paper.score, paper.rank) for paper in papers]

    return RulesPreview(
        rules=tried,
        hot_before=len(before),
        hot_after=sum(paper.hot for paper in after),
        enters=told([paper for paper in after if paper.hot and paper.arxiv_id not in before]),
        leaves=told([paper for paper in after if not paper.hot and paper.arxiv_id in before]),
    )
