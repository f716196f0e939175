"""The machine suggests; an editor's order and choice stay as they are."""

from datetime import timedelta

import pytest
from django.test import Client

from digests.desk.suggestions import Place, Suggestion, suggestions
from digests.editing import history
from digests.models import Digest
from digests.tasks import propose_drafts
from digests.templatetags.reading import ordinal
from papers.models import CollectionDay, Paper, Tweet
from papers.ranking.ranking import RankedPaper
from tests.digests.desk.conftest import DAY, NOW, done, entry_of, listed, make_candidate, revision, send
from tests.editors import values


def heat(arxiv_id: str, score: int) -> RankedPaper:
    return RankedPaper(arxiv_id, 0, score, 0, score, hot=score >= 50, tweets=())


def suggested(
    order: str, scores: dict[str, int], *, settled: str = "", dismissed: str = "", candidates: str | None = None
) -> list[tuple[str, int]]:
    """Letters are papers."""
    live = {name: heat(name, score) for name, score in scores.items()}
    ranked = sorted((live[name] for name in candidates or scores), key=lambda paper: -paper.score)
    listed = [Place(name, place, name in settled) for place, name in enumerate(order, 1)]
    return [(one.arxiv_id, one.position) for one in suggestions(ranked, listed, live, set(dismissed))]


@pytest.mark.parametrize(
    ("order", "scores", "expected"),
    [
        ("AB", {"A": 90, "B": 80}, []),
        ("AB", {"A": 80, "B": 90}, [("B", 1)]),
        ("ABC", {"A": 70, "B": 80, "C": 90}, [("C", 1)]),
        ("ABCD", {"A": 70, "B": 90, "C": 60, "D": 80}, [("B", 1), ("D", 2)]),
        ("AB", {"A": 90, "B": 80, "N": 85}, [("N", 2)]),
        ("AB", {"A": 90, "B": 80, "N": 100, "M": 60}, [("N", 1), ("M", 3)]),
        ("AB", {"A": 90, "B": 80, "N": 49}, []),
        ("", {"N": 50}, [("N", 1)]),
    ],
)
def test_newcomers_and_rises_are_suggested(order: str, scores: dict[str, int], expected: list[tuple[str, int]]) -> None:
    assert suggested(order, scores) == expected


def test_dismissed_papers_are_not_suggested() -> None:
    assert suggested("A", {"A": 60, "N": 90}, dismissed="N") == []


def test_papers_of_other_days_are_not_suggested_but_compared_with() -> None:
    assert suggested("AO", {"A": 60, "O": 80, "N": 70}, candidates="AN") == [("N", 2), ("O", 1)]


def test_what_an_editor_moved_or_pinned_is_neither_moved_nor_compared_with() -> None:
    assert suggested("CAB", {"A": 90, "B": 80, "C": 70}, settled="C") == []
    assert suggested("ABC", {"A": 70, "B": 80, "C": 90}, settled="C") == [("B", 1)]
    assert suggested("CAB", {"A": 80, "B": 90, "C": 70}, settled="C") == [("B", 2)]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (22, "22nd"), (113, "113th")]
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_suggestion_says_the_place() -> None:
    assert Suggestion("2611.00001", 2, is_new=True).text == "would be 2nd now"


def recount(scores: dict[Paper, int]) -> None:
    for paper, score in scores.items():
        Tweet.objects.filter(mentions__paper=paper).update(favorites=score, read_at=NOW)


@pytest.mark.django_db
def test_recount_that_reverses_the_ranking_leaves_the_editor_s_order_and_suggests(ann: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    cold = make_candidate(10)
    done(ann, "note", paper=first.arxiv_id, text="The one to read", base="")
    before = revision()

    recount({first: 60, second: 70, third: 110, cold: 100})
    propose_drafts()

    assert listed() == papers
    assert [entry_of(paper).favorites for paper in papers] == [60, 70, 110]
    assert entry_of(first).read_at == NOW
    assert revision() == before
    desk = ann.get(f"/admin/desk/{DAY}/?show=all").context["desk"]
    assert [(one.arxiv_id, one.text) for one in desk.suggestions] == [
        (cold.arxiv_id, "would be 2nd now"),
        (third.arxiv_id, "would be 1st now"),
    ]
    assert [(row.suggestion, row.rank_now) for row in desk.rows] == [("", 3), ("", 2), ("would be 1st now", 1)]
    assert [row.suggestion for row in desk.candidates] == ["", "would be 2nd now", "", ""]


@pytest.mark.django_db
def test_suggestions_are_accepted_or_ignored(ann: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    newcomer, other = make_candidate(100), make_candidate(95)
    recount({third: 120})

    done(ann, "accept", paper=third.arxiv_id, position=1, moves=0)
    done(ann, "accept", paper=newcomer.arxiv_id, position=2)
    done(ann, "ignore", paper=other.arxiv_id)
    assert listed() == [third, newcomer, first, second]

    recount({second: 200})
    done(ann, "ignore", paper=second.arxiv_id)
    desk = ann.get(f"/admin/desk/{DAY}/").context["desk"]
    assert (desk.suggestions, [row.paper for row in desk.candidates if row.hot]) == ([], [])
    assert entry_of(second).is_pinned
    assert listed() == [third, newcomer, first, second]


@pytest.mark.django_db
def test_untouched_draft_is_proposed_anew(ann: Client, papers: list[Paper]) -> None:
    first, second, third = papers
    newcomer = make_candidate(300)
    recount({first: 40, second: 80, third: 90})
    dismissed = make_candidate(200)
    done(ann, "dismiss", paper=dismissed.arxiv_id)

    propose_drafts()

    assert listed() == [newcomer, third, second]
    keys = list(Digest.objects.get().entries.values_list("pk", flat=True))
    propose_drafts()
    assert list(Digest.objects.get().entries.values_list("pk", flat=True)) == keys


@pytest.mark.django_db
def test_what_is_proposed_anew_is_not_published_for_the_list_that_was_seen(eve: Client, papers: list[Paper]) -> None:
    seen = revision()
    recount({papers[0]: 40})
    propose_drafts()

    response = send(eve, "publish", revision=seen)

    told = response.json()["conflict"]
    assert (response.status_code, told["by"]) == (409, "Hot Papers")
    assert told["theirs"].endswith("UTC: proposed again after new counts")
    assert (Digest.objects.get().status, history.changes(Digest.objects.get())) == ("draft", [])
    recount({papers[1]: 41})
    propose_drafts()  # still nobody's
    assert (listed(), revision()) == (papers[2:], seen + 2)

    done(eve, "note", paper=papers[2].arxiv_id, text="Eve's", base="")
    assert [(one.action, one.paper) for one in history.changes(Digest.objects.get())] == [("noted", papers[2]), ("before", None)]
    done(eve, "publish", revision=seen + 3)


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [{"imported_sha256": "f" * 64}, {"is_sample": True}, {"status": "withdrawn"}, {"revision": 1}])
def test_no_other_list_is_proposed_anew(ann: Client, papers: list[Paper], kept: dict[str, object]) -> None:
    Digest.objects.update(**kept)
    make_candidate(300)

    propose_drafts()

    assert listed() == papers


@pytest.mark.django_db
def test_counts_of_a_published_list_stay(ann: Client, papers: list[Paper]) -> None:
    Digest.objects.update(status="published", published_at=NOW - timedelta(hours=1), revision=1)
    recount({papers[0]: 500})

    propose_drafts()

    assert entry_of(papers[0]).favorites == 90


@pytest.mark.django_db
def test_list_made_by_hand_in_the_admin_is_no_proposal(editor: Client, collected: CollectionDay) -> None:
    paper = make_candidate(60)
    make_candidate(300)
    address = "/admin/digests/digest/add/"
    filled = {"date": str(DAY), "written_at": "2026-11-20T20:00:00", "entries-TOTAL_FORMS": "1", "entries-0-paper": str(paper.pk)}
    counts = {"entries-0-retweets": "1", "entries-0-favorites": "1"}
    assert editor.post(address, values(editor, address, "digest_form") | filled | counts).status_code == 302

    propose_drafts()

    assert listed() == [paper]
    assert [version.action for version in history.changes(Digest.objects.get())] == ["form"]
