"""The desk's requests that hand a list over: ready for review, changes wanted."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from digests.desk.request_body import Body, short_text
from digests.desk.responses import EDIT, PUBLISH, desk_action, user_of
from digests.desk.views.publication import done, edited
from digests.reviewing import review
from digests.reviewing.comments import LONGEST
from papers import clock


@desk_action(EDIT)
def ask_for_review(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    review.ask_for_review(edited(day), by=user_of(request), now=clock.now())
    return done(request, day, "Ready for review.", body)


@desk_action(EDIT)
def take_back_review(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    review.take_back(edited(day), by=user_of(request), now=clock.now())
    return done(request, day, "Taken back from review.", body)


@desk_action(PUBLISH)
def want_changes(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    note = short_text(body, "note", LONGEST)
    review.want_changes(edited(day), by=user_of(request), now=clock.now(), note=note, token=get_random_string(20))
    return done(request, day, "Changes wanted.", body)


ACTIONS = {one.name: one for one in (ask_for_review, take_back_review, want_changes)}
