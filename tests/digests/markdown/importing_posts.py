"""Posts to import, and what an import says."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from digests.markdown.files import FEW
from digests.markdown.format import Post, PostPaper, PostTweet, file_name, render
from digests.models import Digest, Entry, ShownTweet
from papers.models import Mention, Paper, PaperCategory, PaperMeasurement, Tweet

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


@pytest.mark.slow
def many_files(folder: Path, *papers: PostPaper) -> list[Path]:
    days = [date.fromordinal(DAY.toordinal() + n) for n in range(FEW + 4)]
    return [a_file(folder, a_post(day, *papers)) for day in days]
