"""What the desk does on request."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from digests.desk.responses import PARTS
from digests.desk.views import actions
from digests.editing import history
from digests.models import Digest, Dismissal
from papers.fetching import CountsRead
from papers.models import CollectionDay, Paper, SavedRules, Tweet
from tests.digests.desk.conftest import DAY, NOW, READ, done, entry_of, listed, make_candidate, revision, send
from tests.digests.desk.desk_requests import refusal
from tests.factories import make_paper, make_tweet

pytestmark = pytest.mark.django_db


def shown(paper: Paper) -> list[str]:
    return [row.tweet.status_id for row in entry_of(paper).shown_tweets.select_related("tweet")]


def test_start_proposes_the_hot_papers(ann: Client, collected: CollectionDay) -> None:
    hot = make_candidate(60)
    make_candidate(10)

    answer = done(ann, "start")

    assert listed() == [hot]
    assert answer["said"] == "List started with 1 paper."
    assert set(answer["html"]) == set(PARTS)


def test_start_on_a_day_without_papers_makes_an_empty_list(ann: Client) -> None:
    done(ann, "start")
    done(ann, "start")

    assert Digest.objects.get().date == DAY
    assert listed() == []


def test_add_lists_a_paper_with_its_counts_and_tweets(ann: Client, papers: list[Paper]) -> None:
    cold = make_candidate(30, 20)

    answer = done(ann, "add", paper=cold.arxiv_id, position=2)

    assert listed() == [papers[0], cold, papers[1], papers[2]]
    entry = entry_of(cold)
    assert (entry.retweets, entry.favorites, entry.read_at, len(shown(cold))) == (0, 50, READ, 1)
    assert answer["said"] == f"“{cold.title}” is 2nd of 4 now."
    assert (answer["revision"], answer["saved_at"]) == (1, NOW.isoformat())


def test_add_takes_links_and_papers_of_other_days_and_puts_them_at_the_end(ann: Client, papers: list[Paper]) -> None:
    old = make_paper(arxiv_id="1706.03762")
    Dismissal.objects.create(day=DAY, paper=old, at=NOW)

    done(ann, "add", paper="https://arxiv.org/pdf/1706.03762v7.pdf")
    done(ann, "add", paper="arXiv:1706.03762", position=1)

    assert listed() == [*papers, old]
    assert entry_of(old).read_at == NOW
    assert not Dismissal.objects.exists()
    assert revision() == 1


def test_add_says_what_is_no_paper(ann: Client, papers: list[Paper]) -> None:
    response = send(ann, "add", paper="attention is all you need")

    assert response.status_code == 404
    assert response.json()["error"].startswith("This isn’t an arXiv id")


def test_remove_is_remembered_and_adding_again_brings_everything_back(ann: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    other = make_tweet(second, retweets=0, favorites=1, read_at=READ)
    done(ann, "note", paper=second.arxiv_id, text="Read *this*", base="")
    done(ann, "title", paper=second.arxiv_id, text="A better title", base="")
    done(ann, "show_tweets", paper=second.arxiv_id, tweets=[other.status_id], base=shown(second))

    done(ann, "remove", paper=second.arxiv_id, revision=revision())
    done(ann, "remove", paper=second.arxiv_id, revision=revision())
    assert listed() == [first, third]
    dismissal = Dismissal.objects.get()
    assert (dismissal.paper, dismissal.by and dismissal.by.username) == (second, "ann")

    Tweet.objects.filter(pk=other.pk).update(favorites=5)
    done(ann, "add", paper=second.arxiv_id, position=1)
    done(ann, "add", paper=second.arxiv_id, position=3)
    assert listed() == [second, first, third]
    entry = entry_of(second)
    assert (entry.note, entry.title, shown(second)) == ("Read *this*", "A better title", [other.status_id])
    assert entry.favorites == 85  # read since
    assert not Dismissal.objects.exists()
    assert revision() == 5


def test_dismissed_candidates_are_decided_until_they_are_undismissed(ann: Client, papers: list[Paper]) -> None:
    newcomer = make_candidate(75)

    def undecided() -> tuple[list[Paper], list[str]]:
        desk = ann.get(f"/admin/desk/{DAY}/").context["desk"]
        return [row.paper for row in desk.candidates], [one.arxiv_id for one in desk.suggestions]

    assert undecided() == ([newcomer], [newcomer.arxiv_id])

    done(ann, "dismiss", paper=newcomer.arxiv_id)
    done(ann, "dismiss", paper=newcomer.arxiv_id)
    assert undecided() == ([], [])

    done(ann, "undismiss", paper=newcomer.arxiv_id)
    assert undecided() == ([newcomer], [newcomer.arxiv_id])
    assert refusal(ann, "dismiss", paper=papers[0].arxiv_id).startswith(f"“{papers[0].title}” is already in the list")


@pytest.mark.parametrize(("position", "order"), [(1, [2, 0, 1]), (2, [0, 2, 1]), (3, [0, 1, 2]), (99, [0, 1, 2])])
def test_move_gives_a_paper_the_place(ann: Client, papers: list[Paper], position: int, order: list[int]) -> None:
    done(ann, "move", paper=papers[2].arxiv_id, position=position, moves=0)

    assert listed() == [papers[place] for place in order]
    assert [entry_of(paper).moves for paper in papers] == [0, 0, int(order != [0, 1, 2])]


def test_pin_and_unpin(ann: Client, papers: list[Paper]) -> None:
    done(ann, "pin", paper=papers[1].arxiv_id, pinned=True, revision=0)
    assert entry_of(papers[1]).is_pinned
    done(ann, "pin", paper=papers[1].arxiv_id, pinned=False, revision=0)
    assert not entry_of(papers[1]).is_pinned


def test_intro_note_and_title_are_saved(ann: Client, papers: list[Paper]) -> None:
    paper = papers[0]
    done(ann, "intro", text="A day of **two** lines\r\nthis is one", base="")
    done(ann, "note", paper=paper.arxiv_id, text="Why it matters", base="")
    done(ann, "title", paper=paper.arxiv_id, text="Mended\ntitle ", base=paper.title)

    assert Digest.objects.get().intro == "A day of **two** lines\nthis is one"
    entry = entry_of(paper)
    assert (entry.note, entry.printed_otherwise) == ("Why it matters", {"title": "Mended title"})

    done(ann, "title", paper=paper.arxiv_id, text="", base="Mended title")
    assert entry_of(paper).printed_otherwise is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("\x00", "control character U+0000"), ("\ud800", "half a character"), ("a" * 20_001, "has 20,001 characters")],
)
def test_text_that_cannot_be_kept_is_refused(ann: Client, papers: list[Paper], text: str, said: str) -> None:
    assert said in refusal(ann, "note", paper=papers[0].arxiv_id, text=text, base="")
    assert entry_of(papers[0]).note == ""


def test_show_tweets_chooses_and_orders(ann: Client, papers: list[Paper]) -> None:
    paper = papers[0]
    [first] = shown(paper)
    second, third = (make_tweet(paper).status_id for _ in range(2))
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[third, first, second], base=[first])
    assert shown(paper) == [third, first, second]
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[second, third], base=[third, first, second])
    assert shown(paper) == [second, third]
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[], base=[second, third])
    assert shown(paper) == []


def test_show_tweets_takes_none_of_another_paper(ann: Client, papers: list[Paper]) -> None:
    alien = make_tweet(papers[1]).status_id

    said = refusal(ann, "show_tweets", paper=papers[0].arxiv_id, tweets=[alien], base=shown(papers[0]))

    assert said == f"The post {alien} doesn’t mention this paper. Add it by its link."
    assert len(shown(papers[0])) == 1


def test_add_tweet_shows_a_known_one_by_its_link(ann: Client, papers: list[Paper]) -> None:
    tweet = make_tweet(author_handle="lab")

    for _ in range(2):
        answer = done(ann, "add_tweet", paper=papers[0].arxiv_id, link=f"https://x.com/lab/status/{tweet.status_id}?s=20")

    assert shown(papers[0])[1:] == [tweet.status_id]
    assert answer["said"] == f"The post by @lab is shown under “{papers[0].title}”."
    assert revision() == 1


def test_rules_are_tried_before_they_are_saved(ann: Client, papers: list[Paper]) -> None:
    warm = make_candidate(40)
    tried = {"shown_tweet_score": 25, "shown_tweets": 10, "one_tweet_per_author": False}

    answer = done(ann, "rules_preview", hot_score=85, **tried)
    assert answer["said"] == "0 would be added, 2 would be removed."
    answer = done(ann, "rules_preview", hot_score=40, **tried)
    assert answer["said"] == "1 would be added, 0 would be removed."
    assert set(answer["html"]) == {"preview"}
    assert not SavedRules.objects.exists()

    done(ann, "save_rules", hot_score=40, **tried)
    done(ann, "save_rules", hot_score=40, **tried)
    desk = ann.get(f"/admin/desk/{DAY}/?show=all").context["desk"]
    assert [row.paper for row in desk.candidates if row.hot] == [*papers, warm]


def test_refresh_counts_without_a_key_names_the_setting(ann: Client, papers: list[Paper], settings: Any) -> None:
    settings.X_BEARER_TOKEN = ""

    response = send(ann, "refresh_counts")

    assert response.status_code == 502
    assert response.json()["error"].startswith("X_BEARER_TOKEN is not set")


def test_refresh_counts_shows_what_was_read(ann: Client, papers: list[Paper], monkeypatch: pytest.MonkeyPatch) -> None:
    def read(keys: list[int], *, now: datetime) -> CountsRead:
        assert keys == [paper.pk for paper in papers]
        return CountsRead(Tweet.objects.update(favorites=7, read_at=now), ("Bluesky is not available (503).",))

    monkeypatch.setattr(actions, "read_counts", read)

    assert done(ann, "refresh_counts")["said"] == "Counts of 3 posts refreshed. Bluesky is not available (503)."
    assert [(entry_of(paper).favorites, entry_of(paper).read_at) for paper in papers] == [(7, NOW)] * 3
    assert revision() == 0


SAME: list[tuple[str, dict[str, Any]]] = [
    ("add", {}),
    ("pin", {"pinned": False, "revision": 7}),
    ("note", {"text": "", "base": "what somebody saw"}),
    ("title", {"text": "", "base": "what somebody saw"}),
    ("move", {"position": 1, "moves": 7}),
]


def test_what_is_so_already_is_no_change(ann: Client, papers: list[Paper]) -> None:
    for action, body in SAME:
        done(ann, action, paper=papers[0].arxiv_id, **body)

    assert revision() == 0
    assert history.changes(Digest.objects.get()) == []
