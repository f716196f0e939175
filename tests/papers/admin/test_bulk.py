"""Bulk actions on papers and tweets: asked first, done as shown, and never on what changed meanwhile."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client

from papers.models import Mention, Paper, PaperMeasurement, Tweet
from tests.editors import confirm, make_client, make_user, run_action, values
from tests.factories import make_paper, make_tweet

pytestmark = pytest.mark.django_db
PAPERS = "/admin/papers/paper/"
TWEETS = "/admin/papers/tweet/"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NEWER = {"version": 3, "title": "A Newer Title", "abstract": "New.", "authors": ["Ada Example"], "categories": ["cs.CV"]}


@pytest.fixture
def editor() -> Client:
    return make_client(make_user(group="Editor"))


def ask(client: Client, at: str, action: str, *records: Any) -> Any:
    return client.post(at, {"action": action, "_selected_action": [record.pk for record in records], "index": "0"})


def said(client: Client, at: str) -> list[str]:
    return [str(message) for message in client.get(at).context["messages"]]


def read_tweet(*papers: Paper, **fields: Any) -> Tweet:
    return make_tweet(*papers, retweets=3, favorites=4, read_at=NOW, **fields)


def sums() -> list[tuple[str, int, int]]:
    return list(PaperMeasurement.objects.order_by("pk").values_list("paper__arxiv_id", "retweets", "favorites"))


def test_asking_says_what_will_happen_and_does_nothing(editor: Client) -> None:
    tweet = read_tweet(make_paper(arxiv_id="2105.00001"), body_html="A <br>text")
    already = make_tweet(is_excluded=True)

    page = ask(editor, TWEETS, "exclude_selected", tweet, already)

    assert page.status_code == 200
    assert [(step.name, step.looks) for step in page.context["steps"]] == [(str(tweet), "counts, mentions 2105.00001: A  text")]
    assert [(step.name, step.left_alone) for step in page.context["others"]] == [(str(already), "already excluded")]
    assert "their counts are recalculated" in page.content.decode()
    assert not Tweet.objects.get(pk=tweet.pk).is_excluded
    assert sums() == []


@pytest.mark.parametrize("shown_at", ["", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "9" * 99, "never"])
def test_form_that_does_not_say_when_it_was_shown_changes_nothing(editor: Client, shown_at: str) -> None:
    tweet = make_tweet()
    form = {"action": "exclude_selected", "_selected_action": [tweet.pk], "index": "0", "confirmed": "yes", "shown_at": shown_at}
    assert editor.post(TWEETS, form).status_code == 409
    assert not Tweet.objects.get().is_excluded


@time_machine.travel(NOW, tick=False)
def test_excluded_tweets_count_no_more_and_the_papers_are_measured(editor: Client) -> None:
    paper = make_paper(arxiv_id="2105.00001")
    first, second = read_tweet(paper), read_tweet(paper)

    answer = run_action(editor, TWEETS, "exclude_selected", first)

    assert answer.status_code == 302
    assert list(Tweet.objects.filter(is_excluded=True)) == [first]
    assert sums() == [("2105.00001", 3, 4)]
    assert said(editor, TWEETS) == [f"Excluded (1): {first}."]
    assert [str(entry.get_change_message()) for entry in LogEntry.objects.all()] == ["Excluded."]

    run_action(editor, TWEETS, "include_selected", first, second)

    assert Tweet.objects.filter(is_excluded=True).count() == 0
    assert sums() == [("2105.00001", 6, 8)]
    assert said(editor, TWEETS) == [f"Included again (1): {first}.", f"Left alone, not excluded (1): {second}."]


def test_a_tweet_that_changed_since_is_shown_again_and_nothing_is_done(editor: Client) -> None:
    tweet, other = read_tweet(make_paper(arxiv_id="2105.00001")), read_tweet()
    page = ask(editor, TWEETS, "exclude_selected", tweet, other)
    Mention.objects.create(tweet=tweet, paper=make_paper(arxiv_id="2105.00002"))

    answer = confirm(editor, TWEETS, page)

    assert answer.status_code == 409
    (conflict,) = answer.context["conflicts"]
    assert conflict.looked == "counts, mentions 2105.00001: Our synthetic paper is out"
    assert conflict.looks == "counts, mentions 2105.00001, 2105.00002: Our synthetic paper is out"
    assert "Nothing was changed" in answer.content.decode()
    assert Tweet.objects.filter(is_excluded=True).count() == 0

    assert confirm(editor, TWEETS, answer).status_code == 302
    assert Tweet.objects.filter(is_excluded=True).count() == 2


def test_what_someone_else_did_already_is_no_conflict(editor: Client) -> None:
    tweet, other = read_tweet(), read_tweet()
    page = ask(editor, TWEETS, "exclude_selected", tweet, other)
    Tweet.objects.filter(pk=other.pk).update(is_excluded=True)

    assert confirm(editor, TWEETS, page).status_code == 302
    assert said(editor, TWEETS) == [f"Excluded (1): {tweet}.", f"Left alone, already excluded (1): {other}."]


def test_what_was_to_be_left_alone_and_would_be_changed_now_is_a_conflict(editor: Client) -> None:
    tweet, excluded = read_tweet(), read_tweet(is_excluded=True)
    page = ask(editor, TWEETS, "exclude_selected", tweet, excluded)
    Tweet.objects.update(is_excluded=False)

    answer = confirm(editor, TWEETS, page)

    assert answer.status_code == 409
    assert [step.name for step in answer.context["conflicts"]] == [str(excluded)]


def test_a_tweet_that_is_gone_by_then_is_left_out(editor: Client) -> None:
    tweet, gone = read_tweet(), read_tweet()
    page = ask(editor, TWEETS, "exclude_selected", tweet, gone)
    gone.delete()

    assert confirm(editor, TWEETS, page).status_code == 302
    assert said(editor, TWEETS) == [f"Excluded (1): {tweet}."]


@pytest.mark.parametrize("tweets", [2, 9])
def test_asking_takes_the_same_queries_at_any_size(editor: Client, django_assert_num_queries: Any, tweets: int) -> None:
    records = [read_tweet(make_paper(), make_paper()) for _ in range(tweets)]
    editor.get("/admin/")

    with django_assert_num_queries(13):
        page = ask(editor, TWEETS, "exclude_selected", *records)

    assert len(page.context["steps"]) == tweets


@pytest.mark.parametrize("action", ["exclude_selected", "include_selected"])
def test_viewer_may_not(action: str) -> None:
    tweet = read_tweet(is_excluded=action == "include_selected")
    viewer = make_client(make_user(rights="papers.view_tweet"))

    looks = f"{'excluded' if tweet.is_excluded else 'counts'}, mentions no paper: Our synthetic paper is out"
    sent = {"action": action, "_selected_action": [tweet.pk], "confirmed": "yes", f"looked-{tweet.pk}": looks}

    answer = viewer.post(TWEETS, sent)

    assert "steps" not in (answer.context or {})
    assert Tweet.objects.get().is_excluded is (action == "include_selected")


@time_machine.travel(NOW, tick=False)
def test_a_tick_on_the_tweet_page_measures_its_papers_as_well(editor: Client) -> None:
    paper = make_paper(arxiv_id="2105.00001")
    tweet = read_tweet(paper)
    read_tweet(paper)
    address = f"{TWEETS}{tweet.pk}/change/"

    editor.post(address, values(editor, address, "tweet_form") | {"is_excluded": "on"})

    assert sums() == [("2105.00001", 3, 4)]


def test_newer_versions_are_taken_after_a_question(editor: Client) -> None:
    paper, other = make_paper(newer=NEWER, version=2), make_paper(arxiv_id="2106.00001")

    page = ask(editor, PAPERS, "take_newer_selected", paper, other)
    assert [(step.name, step.effect) for step in page.context["steps"]] == [
        (
            paper.arxiv_id,
            "replaces version 2; its title becomes “A Newer Title”; published lists print the old text until they are corrected",
        )
    ]
    confirm(editor, PAPERS, page)

    paper.refresh_from_db()
    assert (paper.title, paper.version, paper.newer) == ("A Newer Title", 3, None)
    assert said(editor, PAPERS) == [
        f"Updated (1): {paper.arxiv_id}.", "Left alone, no newer version (1): 2106.00001."
    ]  # fmt: skip


def test_a_still_newer_version_is_shown_before_it_is_taken(editor: Client) -> None:
    paper = make_paper(newer=NEWER)
    page = ask(editor, PAPERS, "take_newer_selected", paper)
    Paper.objects.update(newer=NEWER | {"version": 4})

    answer = confirm(editor, PAPERS, page)

    assert answer.status_code == 409
    assert [(step.looked, step.looks) for step in answer.context["conflicts"]] == [
        ("version 3 is available", "version 4 is available")
    ]
    assert Paper.objects.get().newer is not None
