"""What the desk tells beside the list, and the requests that ignore some of it."""

import re
from datetime import date

from django.http import HttpRequest

from digests.desk.answers import EDIT, DeskAction, desk_action, user_of
from digests.desk.body import Body, short_text
from digests.desk.context import covered
from digests.desk.titles import quoted
from digests.desk.views.actions import paper_of
from digests.editing.conflicts import Refused
from papers import clock
from papers.text.identifiers import ARXIV_ID

COVERED = re.compile(rf"(?:paper|title|authors):(?:{ARXIV_ID}):[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}")
LONGEST_KEY = 64


@desk_action(EDIT)
def ignore_covered(request: HttpRequest, day: date, body: Body) -> str:
    """What a past list had of the paper doesn't matter for this day, whoever edits it."""
    paper, key = paper_of(body), key_of(body)
    covered.ignore(day, paper, key, by=user_of(request), now=clock.now())
    return f"{quoted(paper)}: ignored what a past list had."


@desk_action(EDIT)
def recall_covered(request: HttpRequest, day: date, body: Body) -> str:
    paper, key = paper_of(body), key_of(body)
    covered.recall(day, paper, key)
    return f"{quoted(paper)}: no longer ignored."


def key_of(body: Body) -> str:
    key = short_text(body, "covered", LONGEST_KEY)
    if not COVERED.fullmatch(key):
        raise Refused("The request doesn’t say what to ignore. Reload the page.")
    return key


ACTIONS: dict[str, DeskAction] = {view.name: view for view in (ignore_covered, recall_covered)}
