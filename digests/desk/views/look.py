"""What an editor reads about one paper without leaving the desk: everything about it, the reasons for its score, and the posts
to choose from."""

from datetime import date

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from digests.desk.context.covered import covered, ignored_on
from digests.desk.responses import EDIT, VIEW, desk_part, part
from digests.desk.rows.entries import entry_tweets
from digests.desk.state import digests_of
from digests.reader.pages.counts_over_time import histories
from digests.reader.pages.papers import drawn, posts_of
from digests.reader.texts import texts_of_whole_papers
from papers.code_links import code_links
from papers.models import Paper, Tweet
from papers.ranking.candidates import candidates, ranked, rules
from papers.ranking.ranking import RankedPaper
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts

MOST_POSTS = 30
"""The most posts that are shown with their texts."""


@desk_part(VIEW)
def look(request: HttpRequest, day: date, arxiv_id: str) -> str:
    """Show quick look: the paper, what the networks say about it, and its coverage in past lists."""
    paper = get_object_or_404(Paper.objects.prefetch_related("categories"), arxiv_id=arxiv_id)
    heat = heat_of(paper)
    history = histories([paper.pk]).get(paper.pk)
    digest = digests_of(day)[1]
    entries = list(digest.entries.select_related("paper").defer("paper__abstract")) if digest else []
    entry = next((one for one in entries if one.paper_id == paper.pk), None)
    repeats = covered({paper.pk: paper}, day, entries, ignored_on(day)).get(paper.pk, [])
    site_rules = rules()
    posts = posts_of(paper.tweets.live().filter(is_excluded=False), [], site_rules)
    context = {
        "paper": paper,
        "texts": texts_of_whole_papers([paper]),
        "heat": heat,
        "distance": heat.score - site_rules.hot_score,
        "threshold": site_rules.hot_score,
        "is_candidate": paper.listing_date == day,
        "charts": drawn(history) if history and len(history.readings) > 1 else [],
        "posts": posts.boxes[:MOST_POSTS],
        "more_posts": max(0, len(posts.boxes) - MOST_POSTS) + len(posts.lines) + posts.left,
        "number_of_posts": len(posts.boxes) + len(posts.lines) + posts.left,
        "covered": repeats,
        "titles": Texts((Kind.LINE, one.title) for one in repeats),
        "can_ignore": request.user.has_perm(EDIT),
        "entry": entry,
        "can_edit": digest is not None and digest.is_editable and request.user.has_perm(EDIT),
        "code": code_links(paper),
        "shares": shares(heat),
    }
    return part(request, "look", **context)


@desk_part(VIEW)
def why(request: HttpRequest, day: date, arxiv_id: str) -> str:
    """Show the ledger of a paper's score."""
    paper = get_object_or_404(Paper, arxiv_id=arxiv_id)
    heat = ranked({paper.pk: paper.arxiv_id}, rules())[0]
    tweets = {tweet.key: tweet for tweet in Tweet.objects.filter(mentions__paper=paper)}
    lines = [(line, tweets.get(line.key)) for line in heat.tweets]
    return part(request, "why", paper=paper, heat=heat, lines=lines, shares=shares(heat))


@desk_part(VIEW)
def posts(request: HttpRequest, day: date, arxiv_id: str) -> str:
    """Show the posts under a listed paper, and those that could be shown instead."""
    digest = digests_of(day)[1]
    entry = digest.entries.select_related("paper").filter(paper__arxiv_id=arxiv_id).first() if digest else None
    if entry is None:
        raise Http404("This paper is not in the list")
    [heat] = ranked({entry.paper_id: arxiv_id}, rules())
    can_edit = entry.digest.is_editable and request.user.has_perm(EDIT)
    return part(request, "posts", tweets=entry_tweets(entry, heat), id=arxiv_id, can_edit=can_edit)


def heat_of(paper: Paper) -> RankedPaper:
    """Return its rank among all papers of its day."""
    found = next((one for one in candidates(paper.listing_date) if one.arxiv_id == paper.arxiv_id), None)
    return found or ranked({paper.pk: paper.arxiv_id}, rules())[0]


def shares(heat: RankedPaper) -> dict[str, int]:
    """Return what each network contributed to the score."""
    found: dict[str, int] = {}
    for line in heat.tweets:
        if not line.left_out:
            found[line.network] = found.get(line.network, 0) + line.gave
    return found
