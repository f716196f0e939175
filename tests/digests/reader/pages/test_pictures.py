"""Pictures for shared links."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image, ImageDraw
from pytest_django import DjangoAssertNumQueries

from digests.models import Digest
from digests.reader.pictures import letters
from digests.reader.pictures.drawing import day_card, paper_card
from tests.factories import make_digest, make_entry, make_paper

pytestmark = pytest.mark.django_db


def test_page_names_its_picture_and_the_picture_is_there(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    digest = make_digest(date(2021, 5, 12))
    make_entry(digest, make_paper(arxiv_id="2105.00001", title="Rates & more", authors=["Ada", "Bob"]))
    for page, picture, alt in (
        ("/papers/2105.00001", "/papers/2105.00001.png", "Rates &amp; more, by Ada, Bob"),
        ("/posts/hot-papers-2021-05-12", "/posts/hot-papers-2021-05-12.png", "Hot Papers 2021-05-12: Rates &amp; more"),
    ):
        text = client.get(page).content.decode()
        with django_assert_num_queries(3):
            response = client.get(picture)

        assert f'<meta property="og:image" content="http://127.0.0.1:8000{picture}">' in text
        assert f'<meta property="og:image:alt" content="{alt}">' in text
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert Image.open(BytesIO(response.content)).size == (1200, 630)
        assert len(response.content) < 100_000


def test_what_no_reader_sees_has_no_picture(client: Client) -> None:
    make_entry(make_digest(date(2021, 5, 12), status=Digest.Status.DRAFT), make_paper(arxiv_id="2105.00001"))

    for address in ("/posts/hot-papers-2021-05-12.png", "/posts/hot-papers-2021-05-13.png", "/papers/2105.99999.png"):
        assert client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)  # the page cache answers, which keeps away from open transactions
def test_picture_is_drawn_again_only_when_it_changes(client: Client) -> None:
    paper = make_paper(arxiv_id="2105.00001", title="One")
    make_entry(make_digest(date(2021, 5, 12)), paper)

    first = client.get("/papers/2105.00001.png", headers={"Accept-Encoding": "br"})
    same = client.get("/papers/2105.00001.png", headers={"If-None-Match": first["ETag"]})
    paper.title = "Another"
    paper.save()
    other = client.get("/papers/2105.00001.png", headers={"If-None-Match": first["ETag"]})

    assert (same.status_code, other.status_code, "Content-Encoding" in first) == (304, 200, False)


@pytest.mark.parametrize(
    "title", ["W" * 5_000, "word " * 2_000, "x", "\u0301" * 400, "深層学習の論文 " * 100, "a\u200bb\x00", "مرحبا", ""]
)
def test_any_title_is_drawn(title: str) -> None:
    drawn = Image.open(BytesIO(paper_card(title, [title, "Ada"], "2105.00001", "")))

    assert drawn.size == (1200, 630)


def test_letters_that_no_font_has_are_never_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    letters.file_with.cache_clear()
    monkeypatch.setattr(letters, "OTHERS", ())
    letters.files.cache_clear()
    try:
        assert [letters.drawable(text) for text in ("Rényi", "深層", "a  b")] == ["Rényi", "", "a b"]
        assert letters.drawable("🔥 A 👩🏽\u200d💻\ufe0f title ✨") == "A title"
        unwritten = day_card("Wednesday", [("深層", "2105.00001"), ("Second", "2105.00002")], 2)
        assert unwritten == day_card("Wednesday", [("arXiv:2105.00001", ""), ("Second", "")], 2)
    finally:
        letters.files.cache_clear()
        letters.file_with.cache_clear()


def test_lines_fit_and_lose_no_word() -> None:
    title = "A title of several words that goes on " * 3
    lines = letters.wrapped(title, 1000, 60, 640, 20)

    assert " ".join(lines) == title.strip()
    assert max(letters.width(line, 60, 640) for line in lines) <= 1000
    assert letters.wrapped(title, 1000, 60, 640, 2)[-1].endswith("…")


def test_letters_that_are_stamped_stand_where_the_font_sets_them() -> None:
    """Kerned as in a whole line: "AV" and "To" are close together."""
    text, black = "AV To Wave, Yj", range(256)
    stamped, whole = Image.new("L", (900, 200)), Image.new("L", (900, 200))
    letters.draw_lines(stamped, [text], (20, 60), 72, 640, black, 1)
    face = letters.font(letters.files()[0], 72, 640)
    ImageDraw.Draw(whole).text((20, 132), text, font=face, fill=255, anchor="ls")

    boxes = [image.getbbox() or () for image in (stamped, whole)]
    assert max(abs(one - other) for one, other in zip(*boxes, strict=True)) <= 1
    stamped_ink, whole_ink = sum(stamped.tobytes()), sum(whole.tobytes())
    assert abs(stamped_ink / whole_ink - 1) < 0.01
