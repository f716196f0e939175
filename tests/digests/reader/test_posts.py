"""What a paper's page shows of a post's text."""

import pytest

from digests.reader.posts import with_symbols, without_links_to
from papers.text.languages import direction_of, language_of


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('New! <a href="https://arxiv.org/abs/2105.00001v2">arxiv.org/abs/2105.0…</a>', "New!"),
        ('New! <a href="https://t.co/a">arxiv.org/pdf/2105.00001.pdf</a> Read it', "New! Read it"),
        ('New! <a href="https://doi.org/10.48550/ARXIV.2105.00001">doi.org</a>', "New!"),
        ('A<br>abs: <a href="https://t.co/a">https://t.co/a</a><br>github: <a href="https://t.co/b">https://t.co/b</a>',
         'A<br><br>github: <a href="https://t.co/b">t.co</a>'),
        ('A <a href="https://arxiv.org/abs/2105.00002">arxiv.org/abs/2105.00002</a>',
         'A <a href="https://arxiv.org/abs/2105.00002">arxiv.org</a>'),
        ('<a href="https://www.example.org/a/long/way">www.example.org/a/lo…</a>', '<a href="https://www.example.org/a/long/way">example.org</a>'),
        ('By <a href="https://x.com/ada">@ada</a> <a href="https://x.com/hashtag/ml">#ml</a>', 'By <a href="https://x.com/ada">@ada</a> <a href="https://x.com/hashtag/ml">#ml</a>'),
        ('See <a href="https://t.co/c">pic.twitter.com/c</a>', 'See <a href="https://t.co/c">[picture]</a>'),
        ('See <a href="https://t.co/c">https://t.co/c</a>', 'See <a href="https://t.co/c">t.co</a>'),
        ('Truly.<a href="https://t.co/c">https://t.co/c</a>', 'Truly. <a href="https://t.co/c">t.co</a>'),
        ('(<a href="https://t.co/c">https://t.co/c</a>)', '(<a href="https://t.co/c">t.co</a>)'),
        ('In <a href="https://arxiv.org/abs/2105.00001">the paper</a> we show', "In the paper we show"),
        ('<a href="https://arxiv.org/abs/2105.00001">A Title &amp; &lt;b&gt; Yolo.cpp</a>', "A Title &amp; &lt;b&gt; Yolo.cpp"),
        ('<a href="https://arxiv.org/abs/2105.00001">Yolo.cpp</a>', "Yolo.cpp"),
        ('New! <a href="https://arxiv.org/abs/2105.00001"> … </a>', "New!"),
        ('New! <a href="https://arxiv.org/abs/2105.00001">https://t.co/a</a>', "New!"),
        ('New! <a href="https://www.alphaxiv.org/abs/2105.00001">alphaxiv.org/abs/21…</a>', "New!"),
        ("plain &amp; simple", "plain &amp; simple"),
        ("", ""),
    ],
)  # fmt: skip
def test_links_to_the_paper_go_others_say_their_domain_and_pictures_are_named(body: str, shown: str) -> None:
    assert without_links_to(body, "2105.00001") == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"have \gamma^t in updates, \alpha\leq1", "have γ^t in updates, α≤1"),
        (r"path\to\file &lt;\sim&gt;", r"path\to\file &lt;∼&gt;"),
        (r'<a href="https://a.example/\alpha">\beta</a>', r'<a href="https://a.example/\alpha">β</a>'),
        (r"C:\alpha \\alpha \o/ ¯\_(ツ)_/¯ \gammas \mymacro", r"C:\alpha \\alpha \o/ ¯\_(ツ)_/¯ \gammas \mymacro"),
    ],
)
def test_symbols_of_tex_are_shown_as_symbols(body: str, shown: str) -> None:
    assert with_symbols(body) == shown


@pytest.mark.parametrize(
    ("text", "told", "language"),
    [
        ("Our paper is out", "en", "en"),
        ("深層学習の論文", "en", "ja"),
        ("深度学习", "ja", "ja"),
        ("深度学习", "und", "zh"),
        ("Transformerを使用した研究", "ja", "ja"),
        ("Полезная статья о Transformer", "en", "ru"),
        ("Корисна стаття", "uk", "uk"),
        ("Terima kasih", "in", "id"),
        ("שלום", "iw", "he"),
        ("🔥", "qme", ""),
        ("?", "und", ""),
        ("Hi", "<b>", ""),
        ("Oi", "pt-BR", "pt-BR"),
    ],
)
def test_language_is_the_letters_where_they_contradict_the_network(text: str, told: str, language: str) -> None:
    assert language_of(text, told) == language


def test_direction_is_that_of_the_first_letter_that_has_one() -> None:
    assert [direction_of(text) for text in ("abc", "12 שלום", "مرحبا abc", "🔥")] == ["ltr", "rtl", "rtl", "ltr"]
