"""What an import leaves alone: editors' work, other days' counts, what the network gave and took."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digests.editing import history
from digests.markdown.composing import compose
from digests.models import Digest, Entry, ShownTweet
from papers.models import Paper, PaperMeasurement, Tweet
from tests.digests.markdown.importing_posts import DAY, PAPER, TWEET, a_file, a_post, all_rows, changed, import_posts
from tests.factories import make_paper, make_tweet

pytestmark = pytest.mark.django_db


def test_corrected_post_is_taken_over(tmp_path: Path) -> None:
    import_posts(a_file(tmp_path, a_post()))
    corrected = a_post(DAY, changed(title="A Title", retweets=13, tweets=()), changed(arxiv_id="2105.00002"))
    out, _ = import_posts(a_file(tmp_path, corrected))
    assert "0 new, 0 unchanged, 1 changed" in out
    assert compose(Digest.objects.get()) == corrected
    assert Paper.objects.get(arxiv_id="2105.05233").title == "A Title"
    assert [one.retweets for one in Paper.objects.get(arxiv_id="2105.05233").measurements.all()] == [13]


def test_editor_s_change_is_kept_unless_replaced(tmp_path: Path) -> None:
    file = a_file(tmp_path, a_post())
    import_posts(file)
    Entry.objects.update(retweets=99)
    _, errors = import_posts("--check", file, fails=True)
    assert "would not be exported unchanged: an editor has changed 2021-05-12 since" in errors
    out, _ = import_posts(file)
    assert "1 kept" in out
    assert "2021-05-12---Hot-Papers.md: left alone: an editor has changed 2021-05-12 since; use --replace to overwrite it" in out
    assert Entry.objects.get().retweets == 99
    out, _ = import_posts("--replace", file)
    assert "1 changed, 0 kept" in out
    assert compose(Digest.objects.get()) == a_post()
    again, before = history.changes(Digest.objects.get())
    assert again.action == "imported"
    assert [paper.retweets for paper in history.then(Digest.objects.get(), before.pk).papers] == [99]


@pytest.mark.parametrize("work", [{"note": "Read this first."}, {"is_pinned": True}, {"moves": 1}])
def test_editor_s_work_that_no_post_prints_is_kept_unless_replaced(tmp_path: Path, work: dict[str, object]) -> None:
    import_posts(a_file(tmp_path, a_post()))
    Entry.objects.update(**work)
    corrected = a_file(tmp_path, a_post(DAY, changed(retweets=99)))
    assert "1 kept" in import_posts(corrected)[0]
    assert Entry.objects.filter(**work).count() == 1
    assert "1 changed" in import_posts("--replace", corrected)[0]


def test_scheduled_draft_is_kept(tmp_path: Path) -> None:
    import_posts(a_file(tmp_path, a_post()._replace(draft=True)))
    Digest.objects.update(publish_at=datetime(2021, 5, 13, 18, tzinfo=UTC), publish_zone="UTC")
    assert "1 kept" in import_posts(a_file(tmp_path, a_post(DAY, changed(retweets=99))._replace(draft=True)))[0]
    assert Digest.objects.get().publish_at


def test_published_post_settles_papers_that_were_here_before(tmp_path: Path) -> None:
    make_paper(arxiv_id=PAPER.arxiv_id, listing_source="feed")
    import_posts(a_file(tmp_path, a_post()._replace(draft=True)))
    assert not Paper.objects.get().is_settled
    import_posts(a_file(tmp_path, a_post()))
    assert Paper.objects.get().is_settled


def test_counts_that_another_day_prints_stay(tmp_path: Path) -> None:
    other = date(2021, 5, 13)
    import_posts(a_file(tmp_path, a_post()), a_file(tmp_path, a_post(other)))
    import_posts(a_file(tmp_path, a_post(DAY, changed(arxiv_id="2105.00009"))))
    assert PaperMeasurement.objects.filter(paper__arxiv_id=PAPER.arxiv_id).count() == 1


def test_text_that_the_network_gave_stays_the_record(tmp_path: Path) -> None:
    network = make_tweet(status_id=TWEET.status_id, body_html="<p>As X has it</p>", embedded_at=datetime(2021, 5, 12, tzinfo=UTC))
    import_posts(a_file(tmp_path, a_post()))
    assert Tweet.objects.get().body_html == network.body_html
    assert compose(Digest.objects.get()) == a_post()


def test_withdrawn_digest_is_not_published_again_by_an_import(tmp_path: Path) -> None:
    file = a_file(tmp_path, a_post())
    import_posts(file)
    Digest.objects.update(status="withdrawn")
    out, _ = import_posts(file)
    assert "1 kept" in out
    assert Digest.objects.get().status == "withdrawn"


def test_text_of_a_deleted_tweet_does_not_come_back(tmp_path: Path) -> None:
    Tweet.objects.create(
        status_id=TWEET.status_id, author_handle="lab", state="deleted", posted_at=datetime(2021, 5, 12, tzinfo=UTC)
    )
    import_posts(a_file(tmp_path, a_post()))
    assert Tweet.objects.get().body_html == ""
    assert ShownTweet.objects.get().printed_otherwise is None
    assert compose(Digest.objects.get()).papers[0].tweets == ()


def test_dry_run_and_check_store_nothing(archive: Path) -> None:
    out, _ = import_posts("--dry-run", archive)
    assert "Nothing was stored. 14 files: 14 new" in out
    out, _ = import_posts("--check", archive)
    assert "Nothing was stored. 14 files: 14 new, 0 unchanged, 0 changed, 0 kept, 0 repaired, 1 normalised, 0 failed" in out
    assert all_rows() == [[]] * 8


def test_check_tells_a_post_that_would_not_come_out_as_it_is(tmp_path: Path) -> None:
    Tweet.objects.create(
        status_id=TWEET.status_id, author_handle="lab", state="deleted", posted_at=datetime(2021, 5, 12, tzinfo=UTC)
    )
    _, err = import_posts("--check", a_file(tmp_path, a_post()), fails=True)
    assert "2021-05-12---Hot-Papers.md: would not be exported unchanged" in err
