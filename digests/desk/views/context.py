"""What the desk tells beside the list, and the requests that ignore parts of it."""

import re
from datetime import date

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from digests.desk.context import compared, covered, note_starts, past_lists
from digests.desk.request_body import Body, short_text
from digests.desk.responses import EDIT, VIEW, DeskAction, desk_action, desk_part, part, user_of
from digests.desk.views.actions import paper_of
from digests.editing.conflicts import Refused
from papers import clock
from papers.models import Paper
from papers.text.identifiers import ARXIV_ID

COVERED = re.compile(rf"(?:paper|title|authors):(?:{ARXIV_ID}):[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}")
LONGEST_KEY = 64


@desk_action(EDIT)
def ignore_covered(request: HttpRequest, day: date, body: Body) -> str:
    """Ignore that a past list had the paper, on this day, for all editors."""
    paper, key = paper_of(body), key_of(body)
    covered.ignore(day, paper, key, by=user_of(request), now=clock.now())
    return f"“{paper.plain_title}”: ignored what a past list had."


@desk_action(EDIT)
def recall_covered(request: HttpRequest, day: date, body: Body) -> str:
    paper, key = paper_of(body), key_of(body)
    covered.recall(day, paper, key)
    return f"“{paper.plain_title}”: no longer ignored."


def key_of(body: Body) -> str:
    key = short_text(body, "covered", LONGEST_KEY)
    if not COVERED.fullmatch(key):
        raise Refused("The request doesn’t say what to ignore. Reload the page.")
    return key


@desk_part(VIEW)
def past(request: HttpRequest, day: date) -> str:
    """Show papers of past lists that have the words of `?q=`."""
    words = request.GET.get("q", "")
    return part(request, "past", found=past_lists.find(words), words=words.strip())


@desk_part(VIEW)
def compare(request: HttpRequest, day: date) -> str:
    """Compare the day with the day before and with the same weekday a week before."""
    return part(request, "compared", comparison=compared.compare(day, clock.now()))


@desk_part(EDIT)
def templates(request: HttpRequest, day: date, arxiv_id: str) -> str:
    """Show what a note on the paper may start from."""
    paper = get_object_or_404(Paper, arxiv_id=arxiv_id)
    return part(request, "templates", starts=note_starts.starts_for(paper))


ACTIONS: dict[str, DeskAction] = {view.name: view for view in (ignore_covered, recall_covered)}
