"""What phones and tablets, which show one column of the desk, begin with."""

import re

import pytest
from django.test import Client

from papers.models import CollectionDay
from tests.digests.desk.conftest import DAY, done, make_candidate

pytestmark = pytest.mark.django_db


def test_narrow_screens_open_on_the_candidates_while_nothing_is_listed(ann: Client, collected: CollectionDay) -> None:
    def tab() -> tuple[str, str]:
        page = ann.get(f"/admin/desk/{DAY}/").content.decode()
        [column] = re.findall(r'<div class="desk-columns" data-tab="(\w+)"', page)
        [pressed] = re.findall(r'data-do="tab" data-tab="(\w+)" aria-pressed="true"', page)
        return column, pressed

    empty = tab()
    make_candidate(60)
    waiting = tab()
    done(ann, "start")

    assert (empty, waiting, tab()) == (("list", "list"), ("candidates", "candidates"), ("list", "list"))
