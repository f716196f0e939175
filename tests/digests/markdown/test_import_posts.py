"""Old posts come in: whole, once, and never over what an editor changed."""

import contextlib
import errno
import io
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DataError

from digests.editing import history
from digests.markdown.composing import compose
from digests.markdown.files import FEW, Reading, UnreadablePost, read_post, read_posts
from digests.markdown.format import Post, PostPaper, PostTweet, file_name, render
from digests.markdown.importing import Outcome, store
from digests.models import Digest, Entry, ShownTweet
from digests.processes import ProcessEnded
from papers.models import Mention, Paper, PaperCategory, PaperMeasurement, Provenance, Tweet
from tests.factories import make_paper, make_tweet

pytestmark = pytest.mark.django_db

DAY = date(2021, 5, 12)
TWEET = PostTweet("1392362345678901248", "en", "ltr", "Out now", "Lab", "lab", DAY)
PAPER = PostPaper(
    "2105.05233",
    "A  Title",
    ("Ada Example",),
    ("cs.LG", "stat.ML"),
    "An abstract.",
    12,
    80,
    datetime(2021, 5, 13, tzinfo=UTC),
    (TWEET,),
)


def a_post(day: date = DAY, *papers: PostPaper) -> Post:
    return Post(day, datetime(2021, 5, 13, 9, tzinfo=UTC), papers or (PAPER,))


def a_file(folder: Path, post: Post, name: str = "") -> Path:
    file = folder / (name or file_name(post.day))
    file.write_bytes(render(post).encode())
    return file


def changed(paper: PostPaper = PAPER, **fields: object) -> PostPaper:
    values = {name: getattr(paper, name) for name in PostPaper._fields} | fields
    return PostPaper(**values)


def import_posts(*arguments: object, fails: bool = False) -> tuple[str, str]:
    """What the command printed, on both streams."""
    out, err = io.StringIO(), io.StringIO()
    if fails:
        with pytest.raises(CommandError) as caught:
            call_command("import_posts", *map(str, arguments), stdout=out, stderr=err)
        assert caught.value.returncode == 1
    else:
        call_command("import_posts", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def all_rows() -> list[object]:
    models = (Digest, Entry, ShownTweet, Paper, PaperCategory, Tweet, Mention, PaperMeasurement)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_import_of_the_archive_and_the_seeds_exports_the_same_bytes(shared: Path, tmp_path: Path) -> None:
    out, err = import_posts(shared / "archive", shared / "seeds")
    assert "16 files: 14 new, 2 unchanged, 0 changed, 0 kept, 2 repaired, 1 normalised, 0 failed" in out
    assert out.count("repaired: ") == 2
    assert "2020-06-29---Hot-Papers.md: normalised: the second blank line below the front matter is left out" in out
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
        with django_assert_num_queries(11):
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
    assert "would not be exported again as it is: an editor has changed 2021-05-12 since" in errors
    out, _ = import_posts(file)
    assert "1 kept" in out
    assert "2021-05-12---Hot-Papers.md: kept as it is: an editor has changed 2021-05-12 since; --replace overwrites it" in out
    assert Entry.objects.get().retweets == 99
    out, _ = import_posts("--replace", file)
    assert "1 changed, 0 kept" in out
    assert compose(Digest.objects.get()) == a_post()
    again, before = history.versions(Digest.objects.get())
    assert again.what == "imported again"
    assert [paper.retweets for paper in history.then(Digest.objects.get(), before.revision).papers] == [99]


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
    assert "Nothing is stored. 14 files: 14 new" in out
    out, _ = import_posts("--check", archive)
    assert "Nothing is stored. 14 files: 14 new, 0 unchanged, 0 changed, 0 kept, 0 repaired, 1 normalised, 0 failed" in out
    assert all_rows() == [[]] * 8


def test_check_tells_a_post_that_would_not_come_out_as_it_is(tmp_path: Path) -> None:
    Tweet.objects.create(
        status_id=TWEET.status_id, author_handle="lab", state="deleted", posted_at=datetime(2021, 5, 12, tzinfo=UTC)
    )
    _, err = import_posts("--check", a_file(tmp_path, a_post()), fails=True)
    assert "2021-05-12---Hot-Papers.md: would not be exported again as it is" in err


def damaged_files(folder: Path) -> dict[str, str]:
    """Files that hold no post, and what is said of each."""
    good = render(a_post(date(2021, 6, 1))).encode()
    contents = {
        "truncated.md": (good[:-80], "line 30: expected a line end after the last line, found the end of the file"),
        "headless.md": (good[good.index(b"# 1.") :], "line 1: expected the line '---', found '# 1. A  Title'"),
        "script.md": (good.replace(b"Out now", b"<script>alert(1)</script>"), "line 29: expected a blank line or a tweet"),
        "onclick.md": (
            good.replace(b"Out now", b'<a href="https://t.co/a" onclick="x">a</a>'),
            "line 29: expected a blank line or a tweet",
        ),
        "count.md": (good.replace(b"retweets: 12", b"retweets: twelve"), "line 22: expected '- retweets: N, favorites: N"),
        "crlf.md": (
            good.replace(b"\n", b"\r\n"),
            "line 1: expected text in UTF-8 without control characters, lines ended by \\n",
        ),
        "latin-1.md": (good.replace(b"Ada", "Adé".encode("latin-1")), "line 20: expected UTF-8, found the byte 0xe9"),
        "empty.md": (b"", "line 1: expected the line '---', found the end of the file"),
        "2021-06-02---Hot-Papers.md": (
            good,
            "expected the post of 2021-06-02, as the file's name says, found that of 2021-06-01",
        ),
    }
    for name, (data, _) in contents.items():
        (folder / name).write_bytes(data)
    with (folder / "nothing.md").open("wb") as file:
        file.truncate(50_000_000)
    (folder / "dangling.md").symlink_to(folder / "not-there")
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    return {name: message for name, (_, message) in contents.items()} | {
        "nothing.md": "expected a post of at most 5 MB, found 50,000,000 bytes",
        "dangling.md": "cannot be read: No such file or directory",
        "pipe.md": "expected a file or a folder, found a pipe or a device",
    }


def test_folder_that_cannot_be_listed_is_reported_and_the_rest_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    a_file(tmp_path, a_post())
    scandir = os.scandir

    def refusing(path: str) -> object:
        if os.fspath(path) == str(closed):
            raise PermissionError(errno.EACCES, "Permission denied", str(closed))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    out, errors = import_posts(tmp_path, fails=True)
    assert "1 files: 1 new" in out
    assert errors.startswith(f"{closed}: the folder cannot be read: Permission denied")


def test_damaged_files_are_reported_one_by_one_and_the_rest_imported(tmp_path: Path) -> None:
    messages = damaged_files(tmp_path)
    a_file(tmp_path, a_post())
    a_file(tmp_path, a_post(DAY, changed(title="Other")), "second-of-the-day.md")
    out, err = import_posts(tmp_path, tmp_path / "nowhere", fails=True)
    lines = err.strip().split("\n")
    for name, message in messages.items():
        assert [line for line in lines if line.startswith(f"{tmp_path / name}: {message}")] != [], name
    first = tmp_path / "2021-05-12---Hot-Papers.md"
    assert f"{tmp_path}/second-of-the-day.md: expected one post a day, found another of 2021-05-12 than in {first}" in lines
    assert f"{tmp_path}/nowhere: no such file or folder" in lines
    assert len(lines) == len(messages) + 2
    assert f"1 new, 0 unchanged, 0 changed, 0 kept, 0 repaired, 0 normalised, {len(messages) + 2} failed" in out
    assert [str(digest.date) for digest in Digest.objects.all()] == ["2021-05-12"]


def test_names_that_the_system_refuses_are_reported(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    _, err = import_posts(tmp_path / "loop", tmp_path / ("x" * 300), fails=True)
    assert err.splitlines() == [
        f"{tmp_path}/loop: cannot be read: Too many levels of symbolic links",
        f"{tmp_path}/{'x' * 300}: cannot be read: File name too long",
    ]


def test_post_that_the_database_refuses_is_reported_and_the_rest_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(reading: Reading, **options: bool) -> Outcome:
        if reading.post.day == DAY:
            raise DataError("value too long\nDETAIL: a row")
        return store(reading, **options)

    monkeypatch.setattr("digests.management.commands.import_posts.store", refuse)
    first, second = a_file(tmp_path, a_post()), a_file(tmp_path, a_post(date(2021, 5, 13)))
    _, err = import_posts(first, second, fails=True)
    assert err == f"{first}: the database refuses it: value too long\n"
    assert [digest.date for digest in Digest.objects.all()] == [date(2021, 5, 13)]


@pytest.mark.slow
def many_files(folder: Path, *papers: PostPaper) -> list[Path]:
    days = [date.fromordinal(DAY.toordinal() + n) for n in range(FEW + 4)]
    return [a_file(folder, a_post(day, *papers)) for day in days]


def test_many_posts_come_in_their_order_with_the_damaged_among_them(tmp_path: Path) -> None:
    files = many_files(tmp_path)
    files[3].write_text("no post")
    posts = list(read_posts(files))

    assert [one.path for one in posts if isinstance(one, Reading)] == files[:3] + files[4:]
    assert isinstance(posts[3], UnreadablePost)
    assert str(posts[3]).startswith("line 1: expected")


def test_import_says_so_when_the_process_that_reads_is_killed(tmp_path: Path) -> None:
    posts = read_posts(many_files(tmp_path, changed(abstract="More than a pipe holds. " * 10_000)))
    next(posts)
    (reader,) = multiprocessing.active_children()
    reader.kill()

    with pytest.raises(ProcessEnded, match="a process of this command was killed; run it again"):
        list(posts)


def test_process_that_reads_ends_with_the_import(tmp_path: Path) -> None:
    posts = read_posts(many_files(tmp_path))
    next(posts)
    posts.close()

    assert multiprocessing.active_children() == []


def test_import_killed_in_the_middle_leaves_whole_posts_and_is_completed_by_the_next(archive: Path, tmp_path: Path) -> None:
    environment = os.environ | {
        "VAR_DIR": str(tmp_path / "var"),
        "SECRET_KEY": "x",
        "DATABASE_URL": f"sqlite:///{tmp_path}/killed.sqlite3",
    }
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
    posts = tmp_path / "posts"
    posts.mkdir()
    real = sorted(archive.glob("*.md"))
    for number in range(140):
        source = real[number % len(real)]
        day = date.fromordinal(date(2015, 1, 1).toordinal() + number)
        (posts / file_name(day)).write_bytes(source.read_bytes().replace(source.name[:10].encode(), str(day).encode()))
    running = subprocess.Popen(
        [*manage, "import_posts", str(posts)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while days_in(tmp_path / "killed.sqlite3") < 5:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    stored = days_in(tmp_path / "killed.sqlite3")
    assert 5 <= stored < 140
    check = subprocess.run(
        [*manage, "export_posts", "--out", str(tmp_path / "half")], env=environment, capture_output=True, text=True, check=True
    )
    assert f"{stored} new" in check.stdout
    shutil.copytree(tmp_path / "half", tmp_path / "compare")
    for file in (tmp_path / "compare").iterdir():
        expected = (posts / file.name).read_bytes().replace(b"\n---\n\n\n#", b"\n---\n\n#")
        assert file.read_bytes() == expected
    finished = subprocess.run([*manage, "import_posts", str(posts)], env=environment, capture_output=True, text=True, check=True)
    assert f"140 files: {140 - stored} new, {stored} unchanged, 0 changed, 0 kept" in finished.stdout


def days_in(database: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connected:
        return int(connected.execute("SELECT count(*) FROM digests_digest").fetchone()[0])
