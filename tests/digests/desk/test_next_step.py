"""What the desk says to do first."""

import pytest
from django.test import Client

from digests.desk.next_step import next_step
from digests.models import Digest
from papers.models import CollectionDay
from tests.digests.desk.conftest import DAY, NOW, done


@pytest.mark.parametrize(
    ("hot", "todo"),
    [
        (0, "No paper is hot. Start it empty, then add papers."),
        (1, "Start it with the 1 paper that is hot."),
        (3, "Start it with the 3 papers that are hot."),
    ],
)
def test_a_list_is_started_with_what_is_hot(hot: int, todo: str) -> None:
    step = next_step(None, 0, hot, 12, can_edit=True, can_publish=False, is_correction=False, published=0)
    assert (step.state, step.todo, step.is_start) == ("No list yet.", todo, True)


@pytest.mark.parametrize(
    ("digest", "todo"),
    [
        (Digest(status="draft"), "You can read it. Curators and editors change it."),
        (Digest(status="draft", review="changes"), "You can read it. Curators and editors change it."),
        (Digest(status="published"), "Whoever publishes can correct it."),
        (Digest(status="draft", goes_out_at=NOW), "Until then readers don’t see it, and whoever publishes can undo it."),
    ],
)
def test_who_only_reads_is_told_to_do_nothing(digest: Digest, todo: str) -> None:
    step = next_step(digest, 40, 40, 12, can_edit=False, can_publish=False, is_correction=False, published=40)
    assert (step.todo, step.keep) == (todo, 0)


def test_a_curator_is_not_told_to_publish_a_correction() -> None:
    told = {
        can_publish: next_step(
            Digest(status="draft"), 3, 3, 12, can_edit=True, can_publish=can_publish, is_correction=True, published=3
        ).todo
        for can_publish in (False, True)
    }
    assert told == {
        False: "Readers see it once it is published.",
        True: "Readers see it once you publish it, with your words on what changed.",
    }


@pytest.mark.django_db
def test_a_day_without_papers_says_when_papers_can_be_added(ann: Client, collected: CollectionDay) -> None:
    CollectionDay.objects.update(state="quiet", reason="arXiv announces nothing on weekends.")

    def says() -> str:
        foot = ann.get(f"/admin/desk/{DAY}/").content.decode().partition('id="desk-candidates_foot"')[2].partition("</div>")[0]
        return " ".join(foot.partition('<p class="empty">')[2].partition("</p>")[0].split())

    assert says() == "arXiv announces nothing on weekends. Once the list is started, you can add papers by arXiv id."
    done(ann, "start")
    assert says() == "arXiv announces nothing on weekends. You can add papers by arXiv id."


@pytest.mark.django_db
def test_who_signs_in_again_comes_back_to_this_day(ann: Client, collected: CollectionDay) -> None:
    assert f'data-login="/admin/login/?next=/admin/desk/{DAY}/"' in ann.get(f"/admin/desk/{DAY}/").content.decode()
