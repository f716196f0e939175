"""What a day's page and home tell beyond titles: movement, reasons, editors' words, what became of a list."""

import gzip
import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from digests.models import Digest, Entry, PublicEvent
from papers.models import PaperMeasurement, Provenance, SavedRules
from papers.rendered.waiting import render_changed
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)
ADDRESS = "/posts/hot-papers-2021-05-12"


def text_of(client: Client, address: str) -> str:
    """The page with its tags removed and white space folded."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode().split("<main")[1]).split())


@pytest.fixture
def entry() -> Entry:
    """Number 1 of the day, that gained 750 in a day."""
    paper = make_paper(comment="8 pages. Code: https://github.com/example/one", abstract="See gitlab.com/example/two.")
    for hours, score in ((30, 50), (25, 100), (0, 850)):
        PaperMeasurement.objects.create(
            paper=paper, provenance=Provenance.NETWORK, read_at=READ_AT - timedelta(hours=hours), retweets=score // 2,
            favorites=score - score // 2,
        )  # fmt: skip
    tweet = make_tweet(paper, author_name="Ada", retweets=400, favorites=300, read_at=READ_AT)
    make_tweet(paper, author_name="Bob", retweets=1, favorites=149, read_at=READ_AT)
    return make_entry(make_digest(DAY), paper, tweet, retweets=425, favorites=425)


@pytest.mark.parametrize("address", ["/", ADDRESS])
def test_day_tells_what_moved_with_a_sparkline_that_has_a_text(client: Client, entry: Entry, address: str) -> None:
    page = client.get(address).content.decode()

    assert re.findall(r'<svg class="spark"[^>]* aria-label="([^"]+)"', page) == [
        "Score in 3 readings: 50 on 12 May, 03:14, 850 on 13 May, 09:14 UTC"
    ]
    assert re.findall(r'<b>(\S+)</b> from <time datetime="([^"]+)">12 May, 08:14</time> to <time datetime="([^"]+)">', page) == [
        ("+750", "2021-05-12T08:14:27Z", "2021-05-13T09:14:27Z")
    ]


def test_day_tells_when_readers_first_saw_it_not_when_its_draft_was_made(client: Client, entry: Entry) -> None:
    Digest.objects.update(published_at=datetime(2021, 5, 13, 6, 30, 0, 7, tzinfo=UTC))

    assert "Published 13 May 2021, 06:30 UTC." in text_of(client, ADDRESS)


def test_old_counts_have_no_gain(client: Client, entry: Entry) -> None:
    Entry.objects.update(provenance=Provenance.POST)

    assert 'class="gain' not in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize("hot_score", [800, 900])
def test_digest_says_why_a_paper_is_there(client: Client, entry: Entry, hot_score: int) -> None:
    """What it printed, and today's rule as today's: by which one the list was made is not known."""
    SavedRules.objects.create(hot_score=hot_score, shown_tweet_score=200, shown_tweets=4)

    page = text_of(client, ADDRESS)

    assert f"make a score of 850; by today’s rules papers are hot from a score of {hot_score}. " in page
    assert "We know of 2 posts that link to it; 1 shown." in page
    assert "Ada: X 400 reposts, 300 likes as of 13 May 2021, 09:14 UTC" in page


def test_digest_says_that_editors_chose_the_place_of_a_paper(client: Client, entry: Entry) -> None:
    Entry.objects.update(is_pinned=True)

    page = text_of(client, ADDRESS)

    assert "The editors pinned it to its place." in page


def test_digest_links_the_code_that_comment_and_abstract_name(client: Client, entry: Entry) -> None:
    page = client.get(ADDRESS).content.decode()

    assert re.findall(r'<a href="([^"]+)" rel="nofollow noopener noreferrer ugc">code', page) == [
        "https://github.com/example/one",
        "https://gitlab.com/example/two",
    ]


def test_digest_shows_intro_and_note_as_safe_markdown(client: Client, entry: Entry) -> None:
    Digest.objects.update(intro="A *quiet* day <script>alert(1)</script>")
    Entry.objects.update(note="**Read** this")
    render_changed()

    page = client.get(ADDRESS).content.decode()

    assert "<p>A <em>quiet</em> day &lt;script&gt;alert(1)&lt;/script&gt;</p>" in page
    assert "<h3>Editors’ note</h3><p><strong>Read</strong> this</p>" in page


def test_digest_folds_posts_beyond_the_first(client: Client) -> None:
    paper = make_paper()
    make_entry(make_digest(DAY), paper, *(make_tweet(paper) for _ in range(5)))

    page = client.get(ADDRESS).content.decode()

    before, folded = page.split('<details class="further">')
    assert (before.count("<blockquote"), folded.count("<blockquote")) == (1, 4)
    assert folded.startswith("<summary>4 more posts")


def test_digest_tells_its_history(client: Client) -> None:
    digest = make_digest(DAY)
    PublicEvent.objects.create(digest=digest, kind="published", at=datetime(2021, 5, 13, 10, tzinfo=UTC))
    PublicEvent.objects.create(digest=digest, kind="corrected", at=datetime(2021, 6, 14, 11, 30, tzinfo=UTC), note="A *name*.")
    render_changed()

    page = client.get(ADDRESS).content.decode()

    assert re.findall(r"<li><time[^>]+>([^<]+)</time>: (\w+)", page) == [
        ("13 May 2021, 10:00 UTC", "published"),
        ("14 Jun 2021, 11:30 UTC", "corrected"),
    ]
    assert "<p>A <em>name</em>.</p>" in page


def test_withdrawn_digest_says_so_and_nothing_else(client: Client) -> None:
    digest = make_digest(DAY, papers=1, status=Digest.Status.WITHDRAWN)
    PublicEvent.objects.create(digest=digest, kind="withdrawn", at=READ_AT, note="Counted twice.")

    response = client.get(ADDRESS)

    page = response.content.decode()
    assert response.status_code == 404
    assert "Counted twice." in page
    assert digest.papers.get().title not in page
    assert 'content="noindex"' in page
    assert client.get(f"{ADDRESS}.md").status_code == 404


def test_paper_on_no_list_is_kept_from_search_engines(client: Client) -> None:
    paper = make_paper()

    page = client.get(paper.get_absolute_url()).content.decode()

    assert '<meta name="robots" content="noindex">' in page
    assert "Not on any published list yet." in page


def test_sample_paper_that_nothing_shows_is_not_found(client: Client) -> None:
    assert client.get(make_paper(is_sample=True).get_absolute_url()).status_code == 404


def test_paper_tells_its_rank_then_and_now(client: Client, entry: Entry) -> None:
    better = make_paper()
    make_tweet(better, retweets=5_000, favorites=0, read_at=READ_AT)

    page = text_of(client, entry.paper.get_absolute_url())

    assert "Wednesday, 12 May 2021, no. 1" in page
    assert "Currently ranked 2nd of the papers announced on 12 May 2021, with a score of 850: X 401 reposts, 449 likes." in page


def test_paper_draws_the_history_of_its_counts_with_a_table(client: Client, entry: Entry) -> None:
    page = client.get(entry.paper.get_absolute_url()).content.decode()

    assert "X, 3 readings: reposts from 25 to 425, likes from 25 to 425" in page
    assert re.findall(r"<th scope=\"row\">([^<]+)</th><td>(\d+)</td><td>(\d+)</td>", page) == [
        ("12 May 2021, 03:14", "25", "25"),
        ("12 May 2021, 08:14", "50", "50"),
        ("13 May 2021, 09:14", "425", "425"),
    ]


def test_paper_tells_of_a_newer_version(client: Client) -> None:
    paper = make_paper(version=1, newer={"version": 3, "title": "Secret until an editor takes it"})

    page = text_of(client, paper.get_absolute_url())

    assert "The text above is from version 1; arXiv now has version 3." in page
    assert "Secret" not in page


def test_page_of_thirteen_papers_is_light_with_its_styles(client: Client, archive: Path) -> None:
    """A real one, of 12 May 2021, as it goes over the wire."""
    call_command("import_posts", str(archive / "2021-05-12---Hot-Papers.md"), stdout=io.StringIO())

    page = client.get(ADDRESS).content
    styles = [(settings.BASE_DIR / f"static/readers/{name}.css").read_bytes() for name in ("site", "papers", "lists")]

    assert page.count(b"<article") == 13
    assert sum(len(gzip.compress(part)) for part in (page, *styles)) < 40_000
