"""`manage.py rank_day`: a day's papers in their order, and why."""

import dataclasses
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from papers import network_words
from papers.management.collecting import add_date
from papers.models import CollectionDay, Paper
from papers.plurals import counted
from papers.ranking.candidates import candidates
from papers.ranking.ranking import LedgerLine, RankedPaper

LINE = ("network", "id", "retweets", "favorites", "read_at", "state", "shown", "left_out", "counts")


class Command(BaseCommand):
    help = "Print all papers of a listing day by rank, with the posts behind each score. The day's state says what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        add_date(parser, "date", help="the listing day")
        parser.add_argument("--json", action="store_true", help="print only JSON")

    def handle(self, *args: Any, date: date, json: bool, **options: Any) -> None:
        day = CollectionDay.objects.filter(date=date).first() or CollectionDay(date=date)
        papers = candidates(date)
        self.stdout.write(as_json(day, papers) if json else as_text(day, papers))


def as_json(day: CollectionDay, papers: list[RankedPaper]) -> str:
    found = {"date": str(day.date), "state": day.state, "papers": [_paper(paper) for paper in papers]}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _paper(paper: RankedPaper) -> dict[str, Any]:
    return dataclasses.asdict(paper) | {"tweets": [_tweet(line) for line in paper.tweets]}


def _tweet(line: LedgerLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in LINE}
    told = {"repeats": str(line.repeats)} if line.repeats else {}
    return values | {"read_at": line.read_at.isoformat() if line.read_at else None} | told


def as_text(day: CollectionDay, papers: list[RankedPaper]) -> str:
    titles = dict(Paper.objects.filter(listing_date=day.date).values_list("arxiv_id", "title"))
    lines = [f"{day}, {counted(len(papers), 'paper')}, {sum(paper.hot for paper in papers)} hot"]
    lines.append(f"{'Rank':>4}  {'Score':>7}  {'Reposts':>8}  {'Likes':>9}  {'':3}  Paper")
    for paper in papers:
        hot = "hot" if paper.hot else ""
        lines.append(
            f"{paper.rank:>4}  {paper.score:>7,}  {paper.retweets:>8,}  {paper.favorites:>9,}  {hot:3}  "
            f"{paper.arxiv_id} {titles[paper.arxiv_id]}"
        )
        lines += [_line(line) for line in paper.tweets]
    return "\n".join(lines)


def _line(line: LedgerLine) -> str:
    others = {name: count for name, count in line.counts.items() if name not in ("retweets", "favorites")}
    told = "".join(f", {words}" for words in network_words.in_words(others, line.network))
    retweets, favorites = ("?" if count is None else f"{count:,}" for count in (line.retweets, line.favorites))
    role = f"left out: {line.left_out}" if line.left_out else "shown" if line.shown else "counts"
    role += f", repeats {line.repeats}" if line.repeats else ""
    return f"{'':4}  {line.gave:>7,}  {retweets:>8}  {favorites:>9}  {'':3}  - {line.network} {line.id} {role}{told}"
