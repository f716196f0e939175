"""The requests of the desk's page: each reads its body, calls `actions`, and says what happened."""

import re
from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse

from digests.desk import actions, texts, tweets
from digests.desk.changing import refuse_published
from digests.desk.request_body import Body, flag, post_keys, revision, text, whole
from digests.desk.responses import EDIT, VIEW, DeskAction, answer, desk_action, part, user_of
from digests.desk.rules import read_rules, save_for_site
from digests.desk.rules_preview import preview_rules
from digests.desk.state import digests_of
from digests.desk.undoing import undo as undo_last
from digests.editing import curation
from digests.editing.columns import MARKS, TEXTS, Mark, Text
from digests.editing.conflicts import Refused
from digests.templatetags.reading import ordinal
from papers import clock
from papers.fetching import fetch_paper, fetch_tweet
from papers.fetching import refresh_counts as read_counts
from papers.models import Paper
from papers.network_words import title as title_of
from papers.plurals import counted
from papers.ranking.candidates import announced_on
from papers.text.identifiers import ARXIV_ID


@desk_action(EDIT)
def start(request: HttpRequest, day: date, body: Body) -> str:
    digest = curation.begin(day, now=clock.now())
    number = digest.entries.count()
    return f"List started with {counted(number, 'paper')}."


@desk_action(EDIT)
def add(request: HttpRequest, day: date, body: Body) -> str:
    now = clock.now()
    asked = text(body, "paper")
    here = Paper.objects.filter(announced_on(day), arxiv_id=asked).first() if re.fullmatch(ARXIV_ID, asked) else None
    paper = here or fetch_paper(asked, now=now)
    position = whole(body, "position") if body.get("position") is not None else None
    actions.add(day, paper, position, by=user_of(request), now=now)
    return f"“{paper.plain_title}” {place(day, paper)}."


@desk_action(EDIT)
def remove(request: HttpRequest, day: date, body: Body) -> str:
    paper = paper_of(body)
    actions.remove(day, paper, revision(body), by=user_of(request), now=clock.now())
    return f"“{paper.plain_title}” removed."


@desk_action(EDIT)
def dismiss(request: HttpRequest, day: date, body: Body) -> str:
    paper = paper_of(body)
    actions.dismiss(day, paper, by=user_of(request), now=clock.now())
    return f"“{paper.plain_title}”: not today."


@desk_action(EDIT)
def undismiss(request: HttpRequest, day: date, body: Body) -> str:
    paper = paper_of(body)
    actions.undismiss(day, [paper])
    return f"“{paper.plain_title}” is undecided again."


@desk_action(EDIT)
def move(request: HttpRequest, day: date, body: Body) -> str:
    paper = paper_of(body)
    actions.move(day, paper, whole(body, "position"), whole(body, "moves"), by=user_of(request))
    return f"“{paper.plain_title}” {place(day, paper)}."


def mark(column: Mark) -> DeskAction:
    @desk_action(EDIT)
    def act(request: HttpRequest, day: date, body: Body) -> str:
        paper, is_set = paper_of(body), flag(body, column.actions[True])
        actions.mark(column, day, paper, is_set, revision(body), by=user_of(request))
        return f"“{paper.plain_title}” is {column.actions[is_set].label}."

    return act


def write(column: Text) -> DeskAction:
    @desk_action(EDIT)
    def act(request: HttpRequest, day: date, body: Body) -> str:
        paper = paper_of(body)
        texts.write(column, day, paper, text(body, "text"), text(body, "base"), by=user_of(request))
        return f"{column.of.capitalize()} “{paper.plain_title}” saved."

    return act


@desk_action(EDIT)
def intro(request: HttpRequest, day: date, body: Body) -> str:
    texts.intro(day, text(body, "text"), text(body, "base"), by=user_of(request))
    return "Intro saved."


@desk_action(EDIT)
def add_tweet(request: HttpRequest, day: date, body: Body) -> str:
    paper = paper_of(body)
    if digest := digests_of(day)[1]:
        refuse_published(digest)
    tweet = fetch_tweet(text(body, "link"), paper, now=clock.now())
    tweets.show_tweet(day, paper, tweet, by=user_of(request))
    by = f"by @{tweet.author_handle}" if tweet.author_handle else f"on {title_of(tweet.network)}"
    return f"The post {by} is shown under “{paper.plain_title}”."


@desk_action(EDIT)
def show_tweets(request: HttpRequest, day: date, body: Body) -> str:
    paper, wanted = paper_of(body), post_keys(body, "tweets")
    tweets.show_tweets(day, paper, wanted, post_keys(body, "base"), by=user_of(request))
    return f"{counted(len(wanted), 'post')} shown under “{paper.plain_title}”."


@desk_action(EDIT)
def accept(request: HttpRequest, day: date, body: Body) -> str:
    paper = paper_of(body)
    base = whole(body, "moves") if body.get("moves") is not None else None
    actions.accept(day, paper, whole(body, "position"), base, by=user_of(request), now=clock.now())
    return f"“{paper.plain_title}” {place(day, paper)}."


@desk_action(EDIT)
def ignore(request: HttpRequest, day: date, body: Body) -> str:
    paper = paper_of(body)
    actions.ignore(day, paper, by=user_of(request), now=clock.now())
    return f"“{paper.plain_title}” is no longer suggested."


@desk_action(VIEW)
def rules_preview(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    preview = preview_rules(day, read_rules(body))
    said = f"{len(preview.enters)} would be added, {len(preview.leaves)} would be removed."
    return JsonResponse({"said": said, "html": {"preview": part(request, "preview", preview=preview, day=day)}})


@desk_action("papers.change_savedrules")
def save_rules(request: HttpRequest, day: date, body: Body) -> HttpResponse:
    seen = whole(body, "seen") if body.get("seen") is not None else None
    save_for_site(read_rules(body), seen=seen, by=user_of(request), now=clock.now())
    return answer(request, day, "Rules saved for the whole site.", body, parts={"rules_log": part(request, "rules_log")})


@desk_action(EDIT)
def refresh_counts(request: HttpRequest, day: date, body: Body) -> str:
    digest = digests_of(day)[1]
    if digest is None or not digest.is_editable:
        raise Refused("Nothing to refresh: this day has no list you can edit.")
    done = read_counts(list(digest.entries.values_list("paper", flat=True)), now=clock.now())
    curation.take_counts(digest)
    return " ".join([f"Counts of {counted(done.read, 'post')} refreshed.", *done.failed])


@desk_action(EDIT)
def undo(request: HttpRequest, day: date, body: Body) -> str:
    version = whole(body, "version") if "version" in body else None
    undone = undo_last(day, revision(body), by=user_of(request), version=version)
    return f"Undone: {undone}."


ACTIONS: dict[str, DeskAction] = {
    **{
        view.name: view
        for view in (
            *(start, add, remove, dismiss, undismiss, move, intro, add_tweet, show_tweets),
            *(accept, ignore, rules_preview, save_rules, refresh_counts, undo),
        )
    },
    **{column.name: mark(column) for column in MARKS},
    **{column.name: write(column) for column in TEXTS},
}


def place(day: date, paper: Paper) -> str:
    """Say where the paper is now, for people who cannot see it."""
    digest = digests_of(day)[1]
    entries = list(digest.entries.order_by("position").values_list("paper", flat=True)) if digest else []
    return f"is {ordinal(entries.index(paper.pk) + 1)} of {len(entries)} now" if paper.pk in entries else "is not in the list"


def paper_of(body: Body) -> Paper:
    number = text(body, "paper")
    paper = Paper.objects.filter(arxiv_id=number).first() if re.fullmatch(ARXIV_ID, number) else None
    if paper is None:
        raise Refused("Unknown paper. Reload the page.")
    return paper
