"""Many papers of a list at once: one change, one undo; asked where another editor was at one of them."""

from typing import Any, get_type_hints

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.desk.views import batch
from digests.editing import history
from digests.models import Digest, Dismissal
from papers.models import CollectionDay, Paper
from tests.digests.desk.conftest import DAY, done, entry_of, listed, make_candidate, revision, send
from tests.digests.desk.desk_requests import refusal
from tests.digests.desk.two_editors import conflict

pytestmark = pytest.mark.django_db


def ids(papers: list[Paper]) -> list[str]:
    return [paper.arxiv_id for paper in papers]


def last() -> str:
    return history.changes(Digest.objects.get(date=DAY))[0].action


def test_several_are_removed_in_one_change_and_one_undo(ann: Client, papers: list[Paper]) -> None:
    done(ann, "note", paper=papers[1].arxiv_id, text="A word", base="")
    seen = revision()

    answer = done(ann, "remove_several", papers=ids(papers[1:]), revision=seen)
    assert (answer["said"], listed(), revision()) == ("2 papers removed.", papers[:1], seen + 1)
    assert Dismissal.objects.count() == 2
    done(ann, "remove_several", papers=ids(papers[1:]), revision=seen)
    assert revision() == seen + 1

    assert done(ann, "undo", revision=revision())["said"].startswith(f"Undone: removed “{papers[1].title}”, ")
    assert (listed(), entry_of(papers[1]).note, Dismissal.objects.count()) == (papers, "A word", 0)


def test_all_of_a_day_of_thousands_are_put_aside_in_one_change(ann: Client, collected: CollectionDay) -> None:
    made = Paper.objects.bulk_create(
        Paper(arxiv_id=f"2611.{10000 + n}", title="T", abstract="A", listing_date=DAY, version=1) for n in range(3000)
    )
    assert done(ann, "dismiss_several", papers=ids(made))["said"] == "3,000 papers: not today."
    assert Dismissal.objects.count() == 3000


def test_adding_many_takes_the_queries_of_adding_few(ann: Client, papers: list[Paper]) -> None:
    cost = []
    for size in (2, 12):
        made = [make_candidate(40, 30) for _ in range(size)]
        for _ in range(2):  # new, and then as they were before they were removed
            with CaptureQueriesContext(connection) as queries:
                done(ann, "add_several", papers=ids(made))
            cost.append(len(queries))
            done(ann, "remove_several", papers=ids(made), revision=revision())
    assert cost[2] <= cost[0]
    assert cost[3] <= cost[1] + 6  # it looks at one removal more

    wanted = [make_candidate(40) for _ in range(12)]
    places = {few: list(range(1, few + 1)) for few in (2, 10)}
    with CaptureQueriesContext(connection) as of_two:
        done(ann, "accept_all", papers=ids(wanted[:2]), places=places[2], revision=revision())
    with CaptureQueriesContext(connection) as of_ten:
        done(ann, "accept_all", papers=ids(wanted[2:]), places=places[10], revision=revision())
    assert len(of_ten) <= len(of_two) + 6
    assert listed()[:12] == [*wanted[2:], *wanted[:2]]


def test_what_a_colleague_took_off_by_threshold_is_not_suggested_again_once_removed(
    ann: Client, bob: Client, papers: list[Paper]
) -> None:
    seen = revision()
    rules = {"shown_tweet_score": 25, "shown_tweets": 10, "one_tweet_per_author": False}
    done(bob, "apply_rules", hot_score=85, revision=seen, **rules)

    done(ann, "remove", paper=papers[1].arxiv_id, revision=seen)
    done(ann, "remove_several", papers=ids(papers[2:]), revision=seen)

    dismissed = Dismissal.objects.order_by("pk").values_list("paper__arxiv_id", flat=True)
    assert (listed(), list(dismissed), revision()) == (papers[:1], ids(papers[1:]), seen + 1)


def test_paper_of_several_comes_back_with_its_note(ann: Client, papers: list[Paper]) -> None:
    done(ann, "note", paper=papers[1].arxiv_id, text="A word", base="")
    done(ann, "remove_several", papers=ids(papers), revision=revision())

    done(ann, "add_several", papers=ids(papers[1:]))

    assert (listed(), entry_of(papers[1]).note, last()) == (papers[1:], "A word", "added_several")


def test_removal_of_several_asks_where_another_wrote_on_one(ann: Client, bob: Client, papers: list[Paper]) -> None:
    seen = revision()
    done(bob, "note", paper=papers[2].arxiv_id, text="Bob's", base="")

    told = conflict(ann, "remove_several", papers=ids(papers[1:]), revision=seen)
    assert (told["mine"], told["by"], listed()) == ("remove 2 papers", "Bob", papers)
    assert not Dismissal.objects.exists()
    done(ann, "remove_several", **told["retry"])
    assert listed() == papers[:1]


def test_removal_of_one_asks_where_another_added_several(ann: Client, bob: Client, papers: list[Paper]) -> None:
    seen = revision()
    done(ann, "remove", paper=papers[0].arxiv_id, revision=seen)
    done(bob, "add_several", papers=ids(papers[:1]))

    assert conflict(ann, "remove", paper=papers[0].arxiv_id, revision=seen)["by"] == "Bob"


def test_several_move_to_the_top_in_their_order(ann: Client, papers: list[Paper]) -> None:
    done(ann, "move_to_top", papers=ids([papers[2], papers[1]]), revision=revision())

    assert (listed(), last()) == ([papers[2], papers[1], papers[0]], "moved_several")
    assert [entry_of(paper).moves for paper in papers] == [0, 1, 1]


def test_all_suggestions_are_accepted_in_one_change(ann: Client, papers: list[Paper]) -> None:
    newcomer = make_candidate(85)
    seen = revision()

    done(ann, "accept_all", papers=[newcomer.arxiv_id], places=[2], revision=seen)

    assert (listed(), revision(), last()) == ([papers[0], newcomer, *papers[1:]], seen + 1, "accepted_all")
    done(ann, "accept_all", papers=[newcomer.arxiv_id], places=[2], revision=seen)
    done(ann, "accept_all", papers=[newcomer.arxiv_id], places=[9], revision=seen + 1)  # the list ends before
    assert revision() == seen + 2
    done(ann, "accept_all", papers=[newcomer.arxiv_id], places=[9], revision=seen + 1)
    assert (listed()[-1], entry_of(newcomer).moves, revision()) == (newcomer, 1, seen + 2)
    assert "no “places”" in refusal(ann, "accept_all", papers=ids(papers), places=[1], revision=seen)


def test_rules_are_applied_to_this_day_and_not_to_the_site(ann: Client, papers: list[Paper]) -> None:
    warm = make_candidate(40)
    done(ann, "note", paper=papers[2].arxiv_id, text="It stays", base="")
    rules = {"shown_tweet_score": 25, "shown_tweets": 10, "one_tweet_per_author": False}

    answer = done(ann, "apply_rules", hot_score=75, revision=revision(), **rules)
    assert (answer["said"], listed()) == ("Threshold applied to this day: 0 papers added, 0 removed.", papers)
    done(ann, "apply_rules", hot_score=85, revision=revision(), **rules)
    assert (listed(), last()) == ([papers[0], papers[2]], "threshold")
    done(ann, "apply_rules", hot_score=40, revision=revision(), **rules)
    assert listed() == [papers[0], papers[2], papers[1], warm]
    done(ann, "undo", revision=revision())
    assert listed() == [papers[0], papers[2]]


def test_candidates_are_put_aside_together_and_listed_ones_stay(ann: Client, papers: list[Paper]) -> None:
    others = [make_candidate(20), make_candidate(10)]

    done(ann, "dismiss_several", papers=ids([*others, papers[0]]))
    assert (Dismissal.objects.count(), listed()) == (2, papers)
    done(ann, "undismiss_several", papers=ids(others))
    assert not Dismissal.objects.exists()


def test_changes_that_waited_travel_together_and_each_has_its_own_result(ann: Client, bob: Client, papers: list[Paper]) -> None:
    done(bob, "note", paper=papers[0].arxiv_id, text="Bob's", base="")
    numbers = ids(papers)
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("pin", {"paper": numbers[1], "pinned": True, "revision": revision()}),
        ("note", {"paper": numbers[0], "text": "Ann's", "base": ""}),
        ("note", {"paper": numbers[2], "text": "x" * 20_001, "base": ""}),
        ("explode", {}),
        ("remove", {"paper": numbers[2], "revision": revision()}),
    ]
    changes = [{"action": action, "body": body} for action, body in bodies]

    answer = done(ann, "changes", changes=changes)

    assert [one["kind"] for one in answer["results"]] == ["done", "conflict", "refused", "refused", "done"]
    assert answer["results"][1]["conflict"]["theirs"] == "Bob's"
    assert (listed(), entry_of(papers[1]).is_pinned, entry_of(papers[0]).note) == (papers[:2], True, "Bob's")
    before = revision()
    done(ann, "changes", changes=[changes[0], changes[4]])
    assert revision() == before
    assert send(ann, "changes", changes=[]).status_code == 400


def test_only_changes_that_answer_with_a_sentence_may_wait() -> None:
    answers = {name: get_type_hints(action.act)["return"] for name, action in batch.QUEUED.items() if name not in batch.ALONE}
    assert {name for name, answer in answers.items() if answer is not str} == set()


def test_answer_has_the_rows_that_the_page_lacks(ann: Client, papers: list[Paper]) -> None:
    desk = ann.get(f"/admin/desk/{DAY}/").context["desk"]
    have = " ".join(f"in-{row.paper.arxiv_id}:{row.version}" for row in desk.rows)

    answer = done(ann, "pin", paper=papers[1].arxiv_id, pinned=True, revision=0, have=have)

    assert list(answer["rows"]["list"]["rows"]) == [papers[1].arxiv_id]
    assert answer["rows"]["list"]["order"] == ids(papers)
    answer = done(ann, "remove", paper=papers[0].arxiv_id, revision=1, have=have)
    assert list(answer["rows"]["list"]["rows"]) == [papers[1].arxiv_id]
    assert answer["rows"]["list"]["order"] == ids(papers[1:])
    assert answer["rows"]["candidates"] == {"order": [], "rows": {}}


def test_answers_are_compressed(ann: Client, papers: list[Paper]) -> None:
    response = ann.post(f"/admin/desk/{DAY}/read", "{}", content_type="application/json", headers={"Accept-Encoding": "gzip"})

    assert (response.status_code, response.headers["Content-Encoding"]) == (200, "gzip")


def test_own_text_of_another_tab_is_replaced_without_asking_and_kept(ann: Client, papers: list[Paper]) -> None:
    paper = papers[0].arxiv_id
    done(ann, "note", paper=paper, text="In one tab", base="")

    done(ann, "note", paper=paper, text="In another", base="")

    assert entry_of(papers[0]).note == "In another"
    kept = history.changes(Digest.objects.get(date=DAY))
    assert [history.then(Digest.objects.get(), one.pk).papers[0].note for one in kept] == ["In another", "In one tab", ""]


def test_what_an_editor_does_to_a_paper_that_they_removed_is_void(ann: Client, papers: list[Paper]) -> None:
    paper = papers[0].arxiv_id
    done(ann, "remove", paper=paper, revision=revision())

    done(ann, "move", paper=paper, position=2, moves=0)
    done(ann, "pin", paper=paper, pinned=True, revision=0)
    assert "you removed it" in refusal(ann, "note", paper=paper, text="A word", base="")


def test_undecided_candidates_are_shown_and_others_on_request(ann: Client, papers: list[Paper], collected: CollectionDay) -> None:
    other, aside = make_candidate(20), make_candidate(10)
    done(ann, "dismiss", paper=aside.arxiv_id)

    def shown(query: str) -> list[Paper]:
        return [row.paper for row in ann.get(f"/admin/desk/{DAY}/{query}").context["desk"].candidates]

    assert [shown(query) for query in ("", "?show=dismissed", "?show=all")] == [[other], [aside], [*papers, other, aside]]
    assert shown("?show=all&text=score>50") == papers
