"""The requests that change many papers at once: each is one change in the history."""

from datetime import date

from django.http import HttpRequest

from digests.desk import bulk
from digests.desk.actions import undismiss
from digests.desk.request_body import Body, papers, revision
from digests.desk.responses import EDIT, DeskAction, desk_action, user_of
from digests.desk.rules import read_rules
from digests.editing.conflicts import Refused
from papers import clock
from papers.models import Paper
from papers.plurals import counted


@desk_action(EDIT)
def remove_several(request: HttpRequest, day: date, body: Body) -> str:
    chosen = papers_of(body)
    number = bulk.remove_several(day, chosen, revision(body), by=user_of(request), now=clock.now())
    return f"{counted(number, 'paper')} removed."


@desk_action(EDIT)
def add_several(request: HttpRequest, day: date, body: Body) -> str:
    number = bulk.add_several(day, papers_of(body), by=user_of(request), now=clock.now())
    return f"{counted(number, 'paper')} added."


@desk_action(EDIT)
def move_to_top(request: HttpRequest, day: date, body: Body) -> str:
    chosen = papers_of(body)
    bulk.move_to_top(day, chosen, revision(body), by=user_of(request))
    return f"{counted(len(chosen), 'paper')} moved to the top."


@desk_action(EDIT)
def dismiss_several(request: HttpRequest, day: date, body: Body) -> str:
    number = bulk.dismiss_several(day, papers_of(body), by=user_of(request), now=clock.now())
    return f"{counted(number, 'paper')}: not today."


@desk_action(EDIT)
def undismiss_several(request: HttpRequest, day: date, body: Body) -> str:
    chosen = papers_of(body)
    undismiss(day, chosen)
    return f"{counted(len(chosen), 'paper')} undecided again."


@desk_action(EDIT)
def accept_all(request: HttpRequest, day: date, body: Body) -> str:
    """`places` are the positions at which the editor saw the papers suggested, in the same order."""
    chosen, places = papers_of(body), body.get("places")
    if not isinstance(places, list) or len(places) != len(chosen) or not all(is_place(one) for one in places):
        raise Refused("The request has no “places”. Reload the page.")
    wanted = list(zip(chosen, places, strict=True))
    number = bulk.accept_all(day, wanted, revision(body), by=user_of(request), now=clock.now())
    return f"{counted(number, 'suggestion')} accepted."


@desk_action(EDIT)
def apply_rules(request: HttpRequest, day: date, body: Body) -> str:
    added, removed = bulk.apply_rules(day, read_rules(body), revision(body), by=user_of(request), now=clock.now())
    return f"Threshold applied to this day: {counted(added, 'paper')} added, {removed} removed."


ACTIONS: dict[str, DeskAction] = {
    view.name: view
    for view in (
        *(remove_several, add_several, move_to_top, dismiss_several, undismiss_several),
        *(accept_all, apply_rules),
    )
}


def is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**15


def papers_of(body: Body) -> list[Paper]:
    """Return the request's papers, in its order. Raises Refused if one is unknown."""
    numbers = papers(body)
    found = {paper.arxiv_id: paper for paper in Paper.objects.filter(arxiv_id__in=numbers).defer("abstract")}
    if len(found) < len(numbers):
        raise Refused("Unknown paper. Reload the page.")
    return [found[number] for number in numbers]
