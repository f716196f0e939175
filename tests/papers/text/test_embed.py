"""The grammar of embedded tweets against real posts, hostile markup and pathological length."""

import time
from datetime import date
from pathlib import Path

import pytest

from papers.text.embed import ANSWER, BLOCKQUOTE, BODY, NAME, escape, read_date, unescape, write_date

LINE = (
    '<blockquote class="twitter-tweet"><p lang="{lang}" dir="{dir}">{body}</p>&mdash; {name} (@{handle}) '
    '<a href="https://twitter.com/{handle}/status/{status_id}?ref_src=twsrc%5Etfw">{date}</a></blockquote>'
)
TWEET = {
    "lang": "en",
    "dir": "ltr",
    "body": 'Our paper is out<br><a href="https://t.co/SYNTHETIC1">https://t.co/SYNTHETIC1</a>',
    "name": "Example Lab",
    "handle": "example_lab",
    "status_id": "2123706664350646301",
    "date": "November 20, 2026",
}


def line(**fields: str) -> str:
    return LINE.format(**(TWEET | fields))


def test_blockquote_real_posts_reassemble_byte_for_byte(archive: Path) -> None:
    lines = [
        one
        for post in sorted(archive.glob("*.md"))
        for one in post.read_text("utf-8").split("\n")
        if one.startswith("<blockquote")
    ]

    rewritten = []
    for one in lines:
        match = BLOCKQUOTE.fullmatch(one)
        fields = match.groupdict() if match else {}
        name, day = escape(unescape(fields["name"])), write_date(read_date(fields["date"]))
        rewritten.append(LINE.format(**(fields | {"name": name, "date": day})))

    assert len(lines) >= 250
    assert rewritten == lines


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Michael (Misha) Example"},
        {"name": "Complex Systems @ Example"},
        {"name": "Lab (@lab) (@other)"},
        {"name": "A — B"},
        {"name": "A &amp;mdash; B (@example_lab) of old"},
        {"name": "Naomi&#39;s"},
        {"name": ""},
        {"name": " "},
        {"name": "☕️ 🇺🇸"},
        {"lang": "und"},
        {"lang": "zh-Hant-TW"},
        {"lang": "ar", "dir": "rtl", "body": "ورقة جديدة"},
        {"body": ""},
        {"body": "&quot;a&quot; &lt; b &amp;&amp; c &gt; d 'raw' \"raw\" \\ 👩‍🔬"},
        {"body": '<a href="https://twitter.com/hashtag/AI?src=hash&amp;ref_src=twsrc%5Etfw">#AI</a>'},
        {"body": '<a href="https://x.com/search?q=%24ABC&amp;src=ctag&amp;ref_src=twsrc%5Etfw">$ABC</a>'},
        {"date": "June 1, 2020"},
    ],
)
def test_blockquote_accepts_and_keeps_every_field(fields: dict[str, str]) -> None:
    match = BLOCKQUOTE.fullmatch(line(**fields))

    assert match is not None
    assert match.groupdict() == TWEET | fields


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="https://t.co/x" onclick="alert(1)">x</a>',
    '<a href="https://t.co/x" >x</a>',
    '<a href="https://t.co.evil.example/x">x</a>',
    '<a href="https://evil.example/https://t.co/x">x</a>',
    '<a href="https://t.co@evil.example/x">x</a>',
    '<a href="http://t.co/x">x</a>',
    "<a href='https://t.co/x'>x</a>",
    '<a href="https://t.co/x&quot;">x</a>',
    '<a href="https://t.co/x&colon;">x</a>',
    '<a href="https://t.co/x">unclosed',
    '<a href="https://t.co/x"><b>x</b></a>',
    '<a href="https://t.co/x"><a href="https://t.co/y">y</a></a>',
    "<b>bold</b>",
    "<br/>",
    "<br >",
    "</p><p>",
    "a > b",
    "a & b",
    "&nbsp;",
    "&#60;script&#62;",
    "&amp",
    "<!-- -->",
    "line\nbreak",
    "escape\x1b",
    "null\x00",
    "half \ud83d a pair",
]


@pytest.mark.parametrize("body", HOSTILE)
def test_body_refuses_hostile_markup(body: str) -> None:
    assert BODY.fullmatch(body) is None
    assert BLOCKQUOTE.fullmatch(line(body=body)) is None
    assert ANSWER.fullmatch(line(body=body)) is None


@pytest.mark.parametrize("name", [name for name in HOSTILE if "</p>" not in name] + ["x</p>", "x<br>"])
def test_name_refuses_hostile_markup(name: str) -> None:
    assert NAME.fullmatch(name) is None
    assert BLOCKQUOTE.fullmatch(line(name=name)) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"lang": 'en" onclick="alert(1)'},
        {"lang": ""},
        {"dir": "auto"},
        {"handle": "no-hyphens"},
        {"handle": "a" * 21},
        {"handle": ""},
        {"status_id": "0123"},
        {"status_id": "1" * 20},
        {"status_id": "१२३"},
        {"date": "20 November 2026"},
        {"date": "November 32, 2026"},
        {"date": "November 20, 2026</a><script>"},
    ],
)
def test_blockquote_refuses_fields_out_of_form(fields: dict[str, str]) -> None:
    assert BLOCKQUOTE.fullmatch(line(**fields)) is None


@pytest.mark.parametrize(
    "text",
    [
        line().replace("/example_lab/", "/somebody_else/"),
        line().replace("https://twitter.com/", "https://x.com/"),
        line().replace('"twitter-tweet"', '"twitter-tweet" data-dnt="true"'),
        line() + "\n",
        " " + line(),
        line()[:-1],
    ],
)
def test_blockquote_refuses_other_forms(text: str) -> None:
    assert BLOCKQUOTE.fullmatch(text) is None


@pytest.mark.parametrize(
    "text",
    [
        line(),
        line().replace("https://twitter.com/", "https://x.com/"),
        line().replace('"twitter-tweet"', '"twitter-tweet" data-conversation="none" data-dnt="true" align="center"'),
        line() + '\n<script async src="https://platform.x.com/widgets.js" charset="utf-8"></script>\n\n',
        line() + '\n<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>\n\n',
    ],
)
def test_answer_accepts_both_generations(text: str) -> None:
    match = ANSWER.fullmatch(text)

    assert match is not None
    assert match.groupdict() == TWEET


@pytest.mark.parametrize(
    "text",
    [
        line() + "<script>alert(1)</script>",
        line() + '<script async src="https://platform.x.com.evil.example/widgets.js" charset="utf-8"></script>',
        line().replace('"twitter-tweet"', '"twitter-tweet" onclick="alert(1)"'),
        line().replace('"twitter-tweet"', '"twitter-tweet" data-x="&quot;"'),
        line() + line(),
        line().replace("twitter.com", "evil.example"),
    ],
)
def test_answer_refuses_hostile_markup(text: str) -> None:
    assert ANSWER.fullmatch(text) is None


@pytest.mark.parametrize(
    "piece", ["a", "<br>", "&amp;", " (@a)", " (@a) ", "a<br>", '<a href="https://t.co/x">x</a>', "<a ", "&", " "]
)
@pytest.mark.parametrize("place", ["body", "name"])
def test_patterns_answer_at_once_to_a_megabyte(piece: str, place: str) -> None:
    text = line(**{place: piece * (1_000_000 // len(piece))}) + "!"

    started = time.process_time()
    matches = [pattern.fullmatch(text) for pattern in (BLOCKQUOTE, ANSWER)]
    passed_s = time.process_time() - started

    assert matches == [None, None]
    assert passed_s < 10  # a tenth of a second, or hours if a pattern goes back for each character


def test_dates_are_read_and_written_without_a_locale() -> None:
    assert read_date("June 9, 2020") == date(2020, 6, 9)
    assert write_date(date(2020, 6, 9)) == "June 9, 2020"
    with pytest.raises(ValueError, match="day is out of range"):
        read_date("February 30, 2020")
