"""Sample data comes into an empty site, is marked, and goes without a trace."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from digests.editing import curation
from digests.markdown import samples
from digests.markdown.files import read_post
from digests.markdown.importing import Outcome, store
from digests.models import Digest, Entry
from digests.reader.lists.rising import rising
from digests.tasks import propose_drafts
from papers.models import Mention, Paper, PaperMeasurement, Tweet
from papers.networks.registry import KINDS
from papers.ranking.candidates import candidates
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
DAYS = [date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]
"""Four listing days, Tuesday to Friday."""


def test_sample_days_end_with_the_newest_listing_day() -> None:
    assert samples.load(NOW) == DAYS
    published = Digest.objects.published().order_by("date").values_list("date", flat=True)
    assert list(published) == DAYS[:-1]
    assert Tweet.objects.order_by("posted_at").values_list("posted_at", flat=True)[0].date() == DAYS[0]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 20, 5, 10, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 2, tzinfo=UTC), date(2026, 11, 19)),  # a Friday, before arXiv's announcement
        (datetime(2026, 11, 22, 12, tzinfo=UTC), date(2026, 11, 20)),  # a Sunday
        (datetime(2026, 11, 27, 12, tzinfo=UTC), date(2026, 11, 26)),  # no listing on the day after Thanksgiving
    ],
)
def test_sample_days_are_days_on_which_arxiv_announces(now: datetime, last: date) -> None:
    assert samples.load(now)[-1] == last


def test_last_sample_day_has_candidates_and_no_list() -> None:
    samples.load(NOW)
    assert not Digest.objects.filter(date=DAYS[-1]).exists()
    hot = [(paper.arxiv_id, paper.hot) for paper in candidates(DAYS[-1])]
    assert hot == [
        ("2006.11239", True),
        ("2103.00020", True),
        ("2106.09685", True),
        ("2001.08361", True),
        ("1712.01815", True),
        ("1506.02142", False),
    ]


def test_sample_papers_have_posts_of_all_networks_on_every_list_and_on_the_desk() -> None:
    samples.load(NOW)
    for day in DAYS:
        assert {line.network for paper in candidates(day) for line in paper.tweets} == set(KINDS)
    listed = {network for entry in Entry.objects.filter(digest__date=DAYS[0]) for network in entry.counted}
    assert listed == set(KINDS)
    page = Client().get(f"/posts/hot-papers-{DAYS[0]}").content.decode()
    assert page.count("142 points") == 2  # in the reasons: of the list's paper and of its post
    assert "news.ycombinator.com" not in page  # nobody posted it


def test_samples_again_change_nothing() -> None:
    samples.load(NOW)
    before = (Tweet.objects.count(), Mention.objects.count())
    samples.load(NOW)
    assert (Tweet.objects.count(), Mention.objects.count()) == before


def test_list_of_sample_papers_is_sample_data_itself() -> None:
    samples.load(NOW)
    digest = curation.begin(DAYS[-1], now=NOW)
    assert digest.is_sample
    assert digest.entries.count() == 5


def test_sample_papers_are_rising() -> None:
    samples.load(NOW)
    assert len(rising(NOW)) == Paper.objects.filter(entries__isnull=False).count()


def test_samples_are_marked_and_cleared_exactly() -> None:
    own = make_digest(papers=2)
    samples.load(NOW)
    assert Digest.objects.filter(is_sample=True).count() == 3
    assert Paper.objects.filter(is_sample=True).count() == 17
    out = io.StringIO()
    call_command("clear_samples", stdout=out)
    assert out.getvalue() == "4 sample days removed\n"
    assert list(Digest.objects.all()) == [own]
    rows = (Paper.objects.count(), Tweet.objects.count(), Mention.objects.count(), PaperMeasurement.objects.count())
    assert rows == (2, 2, 2, 0)


def test_sample_paper_that_an_editor_used_stays() -> None:
    samples.load(NOW)
    paper = Paper.objects.get(arxiv_id="1706.03762")
    make_entry(make_digest(), paper)
    samples.clear()
    assert list(Paper.objects.all()) == [paper]


def test_samples_step_aside_for_real_papers_of_their_days() -> None:
    samples.load(NOW)
    curation.begin(DAYS[-1], now=NOW)
    make_paper(listing_date=date(2021, 5, 12))
    assert samples.step_aside() == 0
    real = make_paper(listing_date=DAYS[-1])
    with time_machine.travel(NOW, tick=False):
        propose_drafts()
    assert list(Paper.objects.filter(listing_date__gte=DAYS[0])) == [real]
    assert not Digest.objects.exists()


def test_sample_candidate_is_added_without_asking_arxiv(editor: Client) -> None:
    samples.load(NOW)
    curation.begin(DAYS[-1], now=NOW)
    with time_machine.travel(NOW, tick=False):
        answer = editor.post(f"/admin/desk/{DAYS[-1]}/add", '{"paper": "1506.02142"}', content_type="application/json")
    assert answer.status_code == 200
    assert Digest.objects.get(date=DAYS[-1]).entries.filter(paper__arxiv_id="1506.02142").exists()


def test_real_post_makes_sample_rows_real() -> None:
    samples.load(NOW)
    reading = read_post(sorted(Path(samples.SAMPLES).iterdir())[0])
    assert store(reading) == Outcome.NEW
    samples.clear()
    assert [str(digest.date) for digest in Digest.objects.all()] == ["2019-06-03"]
    assert Paper.objects.count() == 4
    assert Tweet.objects.count() == 5
