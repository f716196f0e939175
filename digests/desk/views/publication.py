"""The desk's requests about publication: the check, publish, schedule, withdraw, and corrections."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from digests.desk import tweets
from digests.desk.changing import Action, editing, own_revision
from digests.desk.request_body import Body, flag, revision, short_text
from digests.desk.responses import EDIT, PUBLISH, VIEW, answer, desk_action, desk_of, part, user_of
from digests.desk.state import Desk, digests_of
from digests.editing import history, presence
from digests.editing.comparing import Difference, difference
from digests.editing.conflicts import Refused
from digests.editing.sentences import said
from digests.models import Digest, IgnoredFinding, ShownTweet
from digests.publishing.checking import Finding, findings, refusal
from digests.publishing.correcting import drop_correction, open_correction
from digests.publishing.grace import correct_soon, publish_soon, release, take_back
from digests.publishing.scheduling import UnclearTime, schedule, unschedule
from digests.publishing.status import PUBLISHED, withdraw
from papers import clock
from papers.models import Paper, Tweet
from papers.plurals import counted
from papers.post_keys import LONGEST_KEY
from papers.rendered.kinds import Kind
from papers.rendered.stored import Texts

LONGEST_NOTE = 2_000


@desk_action(VIEW)
def check(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Check the list; how much is found, and how much of it stops its publication, is spoken."""
    desk = desk_of(request, day)
    found = found_in(desk)
    stops = sum(one.stops for one in found)
    what = f"fix or ignore {stops}" if stops else "none of them stops publication"
    said = f"Checked: {counted(len(found), 'finding')}; {what}." if found else "Checked: no problems found."
    return answer(request, day, said, body, desk=desk, parts={"checks": checks(request, desk, found)})


@desk_action(EDIT)
def ignore_finding(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Ignore a finding, or stop ignoring it."""
    digest, key = edited(day), short_text(body, "finding", 400)
    if "ignored" not in body or flag(body, "ignored"):
        if key not in {one.key for one in findings(digest, clock.now())}:
            raise Refused("This is already fixed.")
        IgnoredFinding.objects.get_or_create(digest=digest, finding=key, defaults={"at": clock.now(), "by": user_of(request)})
        return done(request, day, "Ignored.", body)
    IgnoredFinding.objects.filter(digest=digest, finding=key).delete()
    return done(request, day, "No longer ignored.", body)


@desk_action(EDIT)
def direction(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Show a post from right to left, or from left to right, on this day."""
    number, wanted = (short_text(body, name, 40) for name in ("paper", "direction"))
    asked = short_text(body, "tweet", LONGEST_KEY)
    if wanted not in Tweet.Direction.values:
        raise Refused("A post’s direction must be ltr or rtl.")
    paper = Paper.objects.filter(arxiv_id=number).first()

    def shown_on(digest: Digest) -> list[ShownTweet]:
        rows = list(ShownTweet.objects.filter(entry__digest=digest, entry__paper=paper).select_related("tweet"))
        [key] = tweets.written([asked], [one.tweet.key for one in rows])
        return [one for one in rows if str(one.tweet.key) == key]

    if any(one.direction != wanted for one in shown_on(edited(day))):
        with editing(day, Action.TWEET_DIRECTION, by=user_of(request), paper=paper) as digest:
            for one in shown_on(digest):
                one.printed_otherwise = one.otherwise | {"direction": wanted}
                one.save(update_fields=["printed_otherwise"])
    return done(request, day, f"The post is now shown {Tweet.Direction(wanted).label}.", body)


@desk_action(PUBLISH)
def publish_now(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    digest = own(day)
    return unless_stopped(request, day, body, digest, lambda: _publish(request, digest, body), is_now=True)


def _publish(request: HttpRequest, digest: Digest, body: Body) -> str:
    won = publish_soon(digest, now=clock.now(), by=user_of(request), seen=known(request, digest, body))
    if digest.goes_out_at:
        return f"Publishing in {counted(settings.PUBLISH_GRACE_SECONDS, 'second')}. Press u to undo."
    return f"Published: {digest.date}." if won else "It is already published."


@desk_action(PUBLISH)
def undo_publish(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Undo the publication within the grace period: nobody has seen the list yet."""
    take_back(edited(day))
    return done(request, day, "Not published. Nobody has seen it.", body)


@desk_action(PUBLISH)
def release_now(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Publish the list: the page asks for this when the grace period is over; otherwise the worker's next tick does it."""
    if release(edited(day), now=clock.now()):
        return done(request, day, f"Published: {day}. Readers see it now.", body)
    digest = edited(day)
    said = (
        "It isn’t time yet."
        if digest.goes_out_at
        else "It is published."
        if digest.status == PUBLISHED
        else "It is not published."
    )
    return done(request, day, said, body)


@desk_action(PUBLISH)
def schedule_at(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    """Publish when the clocks of a zone show `at`. A time that they show twice, or never, is refused with the two times that it
    may mean."""
    digest = own(day)
    try:
        return unless_stopped(request, day, body, digest, lambda: _schedule(request, digest, body))
    except UnclearTime as unclear:
        choices = [{"at": one.at, "fold": one.fold, "said": one.said} for one in unclear.choices]
        return JsonResponse({"error": str(unclear), "choices": choices}, status=400)


def _schedule(request: HttpRequest, digest: Digest, body: Body) -> str:
    fold, zone = body.get("fold"), short_text(body, "zone", 64)
    try:
        at = datetime.fromisoformat(short_text(body, "at", 30))
    except ValueError:
        at = None
    if at is None or at.tzinfo or fold not in (None, 0, 1):
        raise Refused("Choose a date and a time, and a time zone like Europe/Berlin.")
    schedule(digest, at, zone, fold=fold, now=clock.now(), by=user_of(request), seen=known(request, digest, body))
    return f"Scheduled for {at:%-d %b %Y, %H:%M} {zone} ({digest.publish_at:%-d %b, %H:%M} UTC)."


@desk_action(PUBLISH)
def unschedule_it(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    digest = own(day)
    unschedule(digest, by=user_of(request), seen=known(request, digest, body))
    return done(request, day, "Not scheduled: it waits for an editor.", body)


@desk_action(PUBLISH)
def withdraw_it(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    digest = own(day)
    if digest.status == Digest.Status.DRAFT:
        raise Refused("The day isn’t published, so readers don’t see it.")
    note = short_text(body, "note", LONGEST_NOTE)
    won = withdraw(digest, now=clock.now(), by=user_of(request), seen=known(request, digest, body), note=note)
    return done(request, day, "Withdrawn: readers no longer see it." if won else "It is already withdrawn.", body)


@desk_action(PUBLISH)
def correct(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    open_correction(own(day), by=user_of(request))
    return done(request, day, "Correction started. Readers see it when you publish it.", body)


@desk_action(PUBLISH)
def publish_the_correction(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    if not (held := correction(day)):
        return done(request, day, "The correction no longer exists.", body)
    return unless_stopped(request, day, body, held, lambda: _publish_correction(request, held, body), is_now=True)


def _publish_correction(request: HttpRequest, held: Digest, body: Body) -> str:
    note = short_text(body, "note", LONGEST_NOTE)
    replaces = revision(body, "replaces") if "replaces" in body else None
    seen = known(request, held, body)
    correct_soon(held, by=user_of(request), note=note, now=clock.now(), seen=seen, replaces=replaces)
    if settings.PUBLISH_GRACE_SECONDS:
        return f"Publishing the correction in {counted(settings.PUBLISH_GRACE_SECONDS, 'second')}. Press u to undo."
    return "Correction published."


@desk_action(PUBLISH)
def drop_the_correction(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    if held := correction(day):
        drop_correction(held, by=user_of(request), seen=known(request, held, body))
    return done(request, day, "Correction discarded. You see the published list again.", body)


def unless_stopped(
    request: HttpRequest, day: date, body: Body, digest: Digest, act: Callable[[], str], *, is_now: bool = False
) -> HttpResponse:
    """Do it if every finding is fixed or ignored; otherwise answer with the findings.

    An action that takes effect at once is not done while somebody else types on the desk, unless the body has `anyway`.
    """
    stopped = "" if digest.status == PUBLISHED else refusal(findings(digest, clock.now()))
    if not stopped:
        writers = writing(request, digest) if is_now and body.get("anyway") is not True else []
        if writers and digest.status != PUBLISHED:
            asked = {"error": f"{'. '.join(writers)}. Publish anyway?", "anyway": "Publish anyway"}
            return JsonResponse(asked, status=400)
        return done(request, day, act(), body)
    return JsonResponse({"error": stopped, "html": {"checks": checks(request, desk_of(request, day))}}, status=400)


def done(request: HttpRequest, day: date, said: str, body: Body) -> HttpResponse:
    """Return the answer, with the current check."""
    desk = desk_of(request, day)
    return answer(request, day, said, body, desk=desk, parts={"checks": checks(request, desk)})


def found_in(desk: Desk) -> list[Finding]:
    """Return the findings of the list that the desk shows; none if readers see it already."""
    return findings(desk.digest, clock.now()) if desk.digest and desk.digest.status != PUBLISHED else []


def checks(request: HttpRequest, desk: Desk, found: list[Finding] | None = None) -> str:
    """Show the check; for a correction also what changed since the list was published."""
    found = found_in(desk) if found is None else found
    changed: dict[str, Any] = {}
    if desk.is_correction and desk.digest and desk.published:
        since = difference(history.now(desk.published), history.now(desk.digest))
        changed = {"changed": since, "texts": titles_in(since)}
    writers = presence.writing(desk.editors, desk.digest)
    return part(request, "checks", desk=desk, findings=found, happened=happened(desk.digest), writers=writers, **changed)


def titles_in(found: Difference) -> Texts:
    return Texts((Kind.LINE, one.title) for line in found.lines for one in (line.before, line.after) if one)


def writing(request: HttpRequest, digest: Digest) -> list[str]:
    """Return what others are writing at this moment."""
    return presence.writing(presence.others(digest.date, user_of(request)), digest)


def happened(digest: Digest | None) -> dict[str, Any] | None:
    """Return the last thing that was done about publication, in words."""
    if digest is None:
        return None
    last = next((one for one in history.changes(digest) if one.action in history.OF_PUBLICATION), None)
    return {"editor": last.editor, "said": said(last), "at": last.at} if last else None


def known(request: HttpRequest, digest: Digest, body: Body) -> int:
    """Return the revision that the editor saw, or made."""
    return own_revision(digest, revision(body), user_of(request))


def own(day: date) -> Digest:
    """Return the day's digest, not its correction."""
    if digest := digests_of(day)[0]:
        return digest
    raise Refused("This day has no list yet. Start one first.")


def edited(day: date) -> Digest:
    """Return the list that the desk shows."""
    return digests_of(day)[1] or own(day)


def correction(day: date) -> Digest | None:
    held = digests_of(day)[1]
    return held if held and held.corrects_id else None
