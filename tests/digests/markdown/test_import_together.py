"""New posts without a paper or tweet in common are stored together; the outcome is that of one after the other."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import Model

from digests.markdown.composing import compose
from digests.markdown.files import PostFile, UnreadablePost, read_post
from digests.markdown.format import Post, PostPaper, PostTweet
from digests.markdown.importing import batches, store, store_new
from digests.models import Digest, Entry
from papers.models import Paper, Tweet
from tests.digests.markdown.importing_posts import DAY, PAPER, TWEET, a_file, a_post, all_rows, changed, import_posts

pytestmark = pytest.mark.django_db


def own(number: int, *tweets: PostTweet, title: str = PAPER.title) -> Post:
    """A post of a day of its own, whose paper and tweet are on no other."""
    name = ("Lab", "O&#39;Neil &amp; Lab", "Zoë 🔥")[number % 3]
    tweet = TWEET._replace(status_id=str(int(TWEET.status_id) + number), name=name)
    return a_post(DAY + timedelta(number), changed(arxiv_id=f"2105.{number:05}", tweets=(tweet, *tweets), title=title))


def read(folder: Path, *posts: Post) -> list[PostFile]:
    return [read_post(a_file(folder, post)) for post in posts]


def test_posts_stored_together_are_the_same_rows_as_one_by_one(tmp_path: Path) -> None:
    posts = [own(number) for number in range(4)]
    readings = read(tmp_path, *posts)
    assert store_new(readings)
    together = [list(model._default_manager.order_by("pk").values_list(*columns)) for model, columns in COMPARED.items()]
    assert [compose(Digest.objects.get(date=post.day)) for post in posts] == posts

    for model in (Digest, Paper, Tweet):
        model.objects.all().delete()
    for reading in readings:
        store(reading)
    assert [list(model._default_manager.order_by("pk").values_list(*columns)) for model, columns in COMPARED.items()] == together


COMPARED: dict[type[Model], tuple[str, ...]] = {
    Digest: ("date", "status", "written_at", "published_at", "imported_sha256", "intro", "is_sample", "revision"),
    Entry: ("digest__date", "position", "paper__arxiv_id", "retweets", "favorites", "read_at", "printed_otherwise"),
    Paper: ("arxiv_id", "title", "authors", "listing_date", "listing_source", "is_settled", "is_sample"),
    Tweet: ("network", "status_id", "author_name", "body_html", "posted_at", "state", "is_sample"),
}


def test_nothing_is_stored_if_one_of_the_days_is_here(tmp_path: Path) -> None:
    readings = read(tmp_path, *(own(number) for number in range(3)))
    store(readings[1])
    before = all_rows()

    assert not store_new(readings)
    assert all_rows() == before


def test_import_among_days_that_an_editor_changed_stores_the_others(tmp_path: Path) -> None:
    posts = [own(number) for number in range(12)]
    files = [a_file(tmp_path, post) for post in posts]
    import_posts(files[4])
    Entry.objects.update(note="Read this first.")
    a_file(tmp_path, own(4, title="Another Title"))
    (tmp_path / "no-post.md").write_text("no post")

    out, err = import_posts(tmp_path, fails=True)

    assert "13 files: 11 new, 0 unchanged, 0 changed, 1 kept, 0 repaired, 0 normalised, 1 failed" in out
    assert err.startswith(f"{tmp_path / 'no-post.md'}: line 1: expected ")
    assert list(Digest.objects.order_by("date").values_list("date", flat=True)) == [post.day for post in posts]
    assert Paper.objects.get(arxiv_id="2105.00004").title == "A  Title"


def test_ten_new_posts_take_as_many_queries_as_one(django_assert_num_queries, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for first, count in ((0, 2), (10, 10)):
        readings = read(tmp_path, *(own(number) for number in range(first, first + count)))
        with django_assert_num_queries(11 + count):  # to show a day is one more: its pages are told then
            assert store_new(readings)


def test_batches_share_no_day_paper_or_tweet(tmp_path: Path) -> None:
    tweet, paper = own(1).papers[0].tweets[0], own(3).papers[0]
    posts = [own(1), own(2), own(3), a_post(date(2022, 1, 1), paper), own(5), own(6), own(7), own(8, tweet)]
    found: list[tuple[Path, PostFile | UnreadablePost]] = [(one.path, one) for one in read(tmp_path, *posts)]
    found.insert(2, (tmp_path / "no-post.md", UnreadablePost("no post")))
    found.append(found[-1])  # a day that comes twice

    made = list(batches(found, 4))

    assert [one for batch in made for one in batch] == found
    assert [len(batch) for batch in made] == [4, 4, 1, 1]


def test_paper_that_two_posts_print_differently_is_that_of_the_first(tmp_path: Path) -> None:
    one: PostPaper = changed(tweets=())
    first, second = a_post(DAY, one), a_post(DAY + timedelta(1), one._replace(title="Another Title"))
    import_posts(a_file(tmp_path, first), a_file(tmp_path, second))

    assert Paper.objects.get().title == "A  Title"
    assert [compose(Digest.objects.get(date=post.day)) for post in (first, second)] == [first, second]
