"""Importing posts: the records of the archive, and the same bytes out again."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from digests.markdown.composing import compose
from digests.markdown.files import read_post
from digests.markdown.format import PostPaper, PostTweet
from digests.markdown.importing import Outcome, store
from digests.models import Digest, Entry
from papers.models import Paper, Provenance, Tweet
from tests.digests.markdown.importing_posts import DAY, TWEET, a_file, a_post, all_rows, changed, import_posts

pytestmark = pytest.mark.django_db


def test_import_of_the_archive_and_the_seeds_exports_the_same_bytes(shared: Path, tmp_path: Path) -> None:
    out, err = import_posts(shared / "archive", shared / "seeds")
    assert "16 files: 14 new, 2 unchanged, 0 changed, 0 kept, 2 repaired, 1 normalised, 0 failed" in out
    assert out.count("repaired: ") == 2
    assert "2020-06-29---Hot-Papers.md: normalised: the second blank line below the front matter is dropped" in out
    assert err == ""
    call_command("export_posts", "--out", str(tmp_path), verbosity=0, stdout=io.StringIO())
    files = sorted((shared / "archive").iterdir())
    different = [file.name for file in files if (tmp_path / file.name).read_bytes() != file.read_bytes()]
    assert different == ["2020-06-29---Hot-Papers.md"]
    original = (shared / "archive" / different[0]).read_bytes()
    assert (tmp_path / different[0]).read_bytes() == original.replace(b"\n---\n\n", b"\n---\n", 1)
    assert len(list(tmp_path.iterdir())) == 14


def test_seeds_alone_give_the_archive_posts_of_their_days(shared: Path, tmp_path: Path) -> None:
    import_posts(shared / "seeds")
    call_command("export_posts", "--out", str(tmp_path), verbosity=0, stdout=io.StringIO())
    assert sorted(file.name[:10] for file in tmp_path.iterdir()) == ["2020-12-01", "2021-05-12"]
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (shared / "archive" / file.name).read_bytes()


def test_import_again_changes_no_row(archive: Path) -> None:
    import_posts(archive)
    before = all_rows()
    out, _ = import_posts(archive)
    assert "14 files: 0 new, 14 unchanged, 0 changed, 0 kept, 0 repaired, 1 normalised, 0 failed" in out
    assert all_rows() == before


def test_import_in_any_order_exports_the_same(archive: Path, tmp_path: Path) -> None:
    import_posts(*sorted(archive.iterdir(), reverse=True))
    call_command("export_posts", "--out", str(tmp_path), verbosity=0, stdout=io.StringIO())
    same = [file.name for file in archive.iterdir() if (tmp_path / file.name).read_bytes() == file.read_bytes()]
    assert len(same) == 13


def test_import_stores_the_records(tmp_path: Path) -> None:
    import_posts(a_file(tmp_path, a_post()))
    paper, tweet = Paper.objects.get(), Tweet.objects.get()
    entry = Entry.objects.get()
    assert (paper.arxiv_id, paper.title, paper.abstract, paper.authors) == (
        "2105.05233",
        "A  Title",
        "An abstract.",
        ["Ada Example"],
    )
    assert list(paper.categories.values_list("position", "code")) == [(0, "cs.LG"), (1, "stat.ML")]
    assert (paper.listing_date, paper.listing_source) == (DAY, "post")
    assert (tweet.status_id, tweet.author_name, tweet.author_handle, tweet.body_html) == (
        TWEET.status_id,
        "Lab",
        "lab",
        "Out now",
    )
    assert tweet.posted_at == datetime(2021, 5, 12, 6, 13, 46, 708000, UTC)
    assert (entry.position, entry.retweets, entry.favorites, entry.provenance) == (1, 12, 80, Provenance.POST)
    assert (entry.digest.status, entry.digest.written_at) == ("published", datetime(2021, 5, 13, 9, tzinfo=UTC))
    measurement = paper.measurements.get()
    assert (measurement.retweets, measurement.favorites, measurement.provenance) == (12, 80, Provenance.POST)
    assert list(tweet.papers.all()) == [paper]


def test_import_takes_a_constant_number_of_queries_a_post(django_assert_num_queries, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    def papers(first: int, count: int) -> list[PostPaper]:
        return [
            changed(
                arxiv_id=f"2105.{number:05}",
                tweets=(PostTweet(str(10**18 + number), "en", "ltr", "x", "n", "h", datetime.fromtimestamp(((10**18 + number >> 22) + 1288834974657) / 1000, UTC).date()),),
            )
            for number in range(first, first + count)
        ]  # fmt: skip

    for first, count in ((0, 1), (100, 30)):
        reading = read_post(a_file(tmp_path, a_post(date(2021, 5, 1 + count), *papers(first, count))))
        with django_assert_num_queries(12):
            assert store(reading) == Outcome.NEW


def test_paper_of_two_days_prints_on_each_what_its_post_said(tmp_path: Path) -> None:
    first, second = (
        a_post(DAY),
        a_post(date(2021, 5, 13), changed(title="Another Title", authors=("A. Example",), categories=("cs.CL",))),
    )
    import_posts(a_file(tmp_path, first), a_file(tmp_path, second))
    assert Paper.objects.get().title == "A  Title"
    assert compose(Digest.objects.get(date=DAY)) == first
    assert compose(Digest.objects.get(date=second.day)) == second


@pytest.mark.parametrize("empty_first", [True, False])
def test_paper_without_an_abstract_on_one_day_keeps_the_other_day_s(tmp_path: Path, empty_first: bool) -> None:
    posts = [a_post(DAY, changed(abstract="")), a_post(date(2021, 5, 13))]
    for post in posts if empty_first else reversed(posts):
        import_posts(a_file(tmp_path, post))
    assert Paper.objects.get().abstract == "An abstract."
    assert Paper.objects.get().listing_date == DAY
    assert [compose(Digest.objects.get(date=post.day)) for post in posts] == posts


def test_tweet_of_two_days_prints_on_each_what_its_post_said(tmp_path: Path) -> None:
    renamed = PostTweet(TWEET.status_id, "und", "rtl", "Out &lt;now", "Lab &quot;new&quot;", "lab_new", date(2021, 5, 11))
    first, second = a_post(), a_post(date(2021, 5, 13), changed(arxiv_id="2105.00002", tweets=(renamed, TWEET, renamed)))
    import_posts(a_file(tmp_path, first), a_file(tmp_path, second))
    assert Tweet.objects.get().author_name == "Lab"
    assert compose(Digest.objects.get(date=DAY)) == first
    assert compose(Digest.objects.get(date=second.day)) == second
