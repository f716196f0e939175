"""Sample data comes into an empty site, is marked, and goes without a trace."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from digests.markdown import samples
from digests.markdown.files import read_post
from digests.markdown.importing import Outcome, store
from digests.models import Digest
from papers.models import Mention, Paper, PaperMeasurement, Tweet
from tests.factories import make_digest, make_entry

pytestmark = pytest.mark.django_db


def test_samples_are_marked_and_cleared_exactly() -> None:
    own = make_digest(papers=2)
    assert samples.load() == 3
    assert Digest.objects.filter(is_sample=True).count() == 3
    assert Paper.objects.filter(is_sample=True).count() == 11
    out = io.StringIO()
    call_command("clear_samples", stdout=out)
    assert out.getvalue() == "3 sample days removed\n"
    assert list(Digest.objects.all()) == [own]
    assert (Paper.objects.count(), Tweet.objects.count(), Mention.objects.count(), PaperMeasurement.objects.count()) == (
        2,
        2,
        2,
        0,
    )


def test_sample_paper_that_an_editor_used_stays() -> None:
    samples.load()
    paper = Paper.objects.get(arxiv_id="1706.03762")
    make_entry(make_digest(), paper)
    samples.clear()
    assert list(Paper.objects.all()) == [paper]


def test_real_post_makes_sample_rows_real() -> None:
    samples.load()
    reading = read_post(sorted(Path(samples.SAMPLES).iterdir())[0])
    assert store(reading) == Outcome.CHANGED
    samples.clear()
    assert [str(digest.date) for digest in Digest.objects.all()] == ["2019-06-03"]
    assert Paper.objects.count() == 4
    assert Tweet.objects.count() == 5
