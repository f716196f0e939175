"""A note as readers will see it, while it is typed."""

import pytest
from django.test import Client

from digests.models import ListChange
from papers.models import Paper, RenderedText
from tests.digests.desk.conftest import done
from tests.digests.desk.desk_requests import refusal

pytestmark = pytest.mark.django_db


def test_note_is_rendered_and_nothing_is_stored(ann: Client, papers: list[Paper]) -> None:
    before = RenderedText.objects.count()

    assert done(ann, "note_preview", text="*New* <script>alert(1)</script>")["note"].startswith("<p><em>New</em> &lt;script&gt;")
    assert done(ann, "note_preview", text=" ") == {"note": "", "trouble": ""}
    assert (RenderedText.objects.count(), ListChange.objects.count()) == (before, 0)


def test_note_that_is_too_long_is_refused(ann: Client, papers: list[Paper]) -> None:
    assert refusal(ann, "note_preview", text="x" * 20_001) == "“text” must be a text of at most 20000 characters."
