"""The post format: parse and render are exact inverses, and parsing is strict."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.markdown.format import LARGEST_COUNT, Post, PostError, PostPaper, PostTweet, parse, render
from digests.markdown.other_networks import others
from papers.text.embed import escape

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\x7f"), max_size=60)
PLAIN = TEXT.map(str.strip)
MOMENTS = st.datetimes(datetime(1991, 1, 1), datetime(2199, 12, 31)).map(lambda one: one.replace(microsecond=0, tzinfo=UTC))
LINKS = st.builds(
    '<a href="https://t.co/{}">{}</a>'.format, st.from_regex(r"[A-Za-z0-9]{1,10}", fullmatch=True), TEXT.map(escape)
)
BODIES = st.lists(st.one_of(TEXT.map(escape), st.just("<br>"), LINKS), max_size=5).map("".join)
TWEETS = st.builds(
    PostTweet,
    status_id=st.integers(1, 9 * 10**18).map(str),
    language=st.sampled_from(["en", "ja", "ar", "und", "zh-cn"]),
    direction=st.sampled_from(["ltr", "rtl"]),
    body=BODIES,
    name=PLAIN.map(escape),
    handle=st.from_regex(r"[A-Za-z0-9_]{1,15}", fullmatch=True),
    day=st.dates(date(2006, 3, 21), date(2199, 12, 31)),
    network=st.just("x"),
)
HANDLES = st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True)
IDS = {
    "bluesky": st.from_regex(r"at://did:plc:[a-z2-7]{24}/app\.bsky\.feed\.post/[a-z2-7]{13}", fullmatch=True),
    "hackernews": st.integers(1, 10**14).map(str),
    "huggingface": st.from_regex(r"[0-9]{4}\.[0-9]{5}", fullmatch=True),
}
FAR_LINKS = st.builds(
    '<a href="{}">{}</a>'.format, TEXT.map(lambda path: escape(f"https://lab.example/{path}")), TEXT.map(escape)
)
OTHER_POSTS = st.sampled_from(sorted(IDS)).flatmap(
    lambda network: st.builds(
        PostTweet,
        status_id=IDS[network],
        language=st.sampled_from(["en", "ja", "ar", "und", "zh-Hant"]),
        direction=st.sampled_from(["ltr", "rtl"]),
        body=st.lists(st.one_of(TEXT.map(escape), st.just("<br>"), FAR_LINKS), max_size=5).map("".join),
        name=TEXT.map(escape),
        handle=st.one_of(st.just(""), HANDLES),
        day=st.dates(date(2006, 3, 21), date(2199, 12, 31)),
        network=st.just(network),
    )
)
CATEGORIES = st.sampled_from(["cs.LG", "cs.CL", "stat.ML", "quant-ph", "cond-mat.stat-mech", "physics.flu-dyn"])
COUNTS = st.integers(0, LARGEST_COUNT)
OTHER_COUNTS = {
    name: st.dictionaries(st.sampled_from([count.name for count in kind.counted]), COUNTS, min_size=1)
    for name, kind in others().items()
}
PAPERS = st.builds(
    PostPaper,
    arxiv_id=st.from_regex(r"[0-9]{4}\.[0-9]{4,5}|cs/[0-9]{7}|math\.GT/[0-9]{7}", fullmatch=True),
    title=TEXT.filter(bool),
    authors=st.lists(TEXT.filter(lambda name: name and ", " not in name and not name.endswith(",")), max_size=4).map(tuple),
    categories=st.lists(CATEGORIES, min_size=1, max_size=4, unique=True).map(tuple),
    abstract=TEXT,
    retweets=COUNTS,
    favorites=COUNTS,
    read_at=MOMENTS,
    tweets=st.lists(st.one_of(TWEETS, OTHER_POSTS), max_size=3).map(tuple),
    counts=st.fixed_dictionaries({}, optional=OTHER_COUNTS),
    note=st.just(""),
)
POSTS = st.builds(
    Post,
    day=st.dates(date(1991, 1, 1), date(2199, 12, 31)),
    written_at=MOMENTS,
    papers=st.lists(PAPERS, max_size=3, unique_by=lambda paper: paper.arxiv_id).map(tuple),
    draft=st.booleans(),
    intro=st.just(""),
)

PAPER = PostPaper(
    arxiv_id="2105.05233",
    title="Which *BERT? Logistic $Q$-Learning: stop  wasting",
    authors=("Ada Example", "Bob Sämple"),
    categories=("cs.LG", "stat.ML"),
    abstract="",
    retweets=9584,
    favorites=381,
    read_at=datetime(2021, 5, 13, 9, 14, 28, tzinfo=UTC),
    tweets=(
        PostTweet("1392362345678901248", "en", "ltr", "Out now<br>&amp; <a href=\"https://t.co/a\">t.co</a>", "Lab", "lab_1", date(2021, 5, 12)),
    ),
)  # fmt: skip
POST = Post(date(2021, 5, 12), datetime(2021, 5, 13, 9, 14, 27, tzinfo=UTC), (PAPER,))


@given(POSTS)
def test_parse_and_render_are_inverses(post: Post) -> None:
    assert parse(render(post)) == post


def test_render_writes_the_format_to_the_byte() -> None:
    assert render(POST) == (
        "---\ntitle: Hot Papers 2021-05-12\ndate: 2021-05-13T09:14:27.Z\ntemplate: \"post\"\ndraft: false\n"
        'slug: "hot-papers-2021-05-12"\ncategory: "arXiv"\ntags:\n  - "arXiv"\n  - "Twitter"\n  - "Machine Learning"\n'
        '  - "Computer Science"\ndescription: "Hot papers 2021-05-12"\nsocialImage: "/media/flying-marine.jpg"\n\n---\n'
        "\n# 1. Which *BERT? Logistic $Q$-Learning: stop  wasting\n\nAda Example, Bob Sämple\n\n"
        "- retweets: 9584, favorites: 381 (05/13/2021 09:14:28)\n\n"
        "- links: [abs](https://arxiv.org/abs/2105.05233) | [pdf](https://arxiv.org/pdf/2105.05233)\n"
        "- [cs.LG](https://arxiv.org/list/cs.LG/recent) | [stat.ML](https://arxiv.org/list/stat.ML/recent)\n\n\n\n"
        '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Out now<br>&amp; <a href="https://t.co/a">t.co</a></p>&mdash; Lab '
        '(@lab_1) <a href="https://twitter.com/lab_1/status/1392362345678901248?ref_src=twsrc%5Etfw">May 12, 2021</a></blockquote>\n'
        '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>\n\n\n\n'
    )  # fmt: skip


def test_every_real_post_is_written_as_it_was_read(archive: Path) -> None:
    files = sorted(archive.glob("*.md"))
    changed = [file.name for file in files if render(parse(text := file.read_bytes().decode())) != text]
    assert len(files) >= 14
    assert changed == ["2020-06-29---Hot-Papers.md"]  # its second blank line below the front matter is the one deviation


def test_second_blank_line_below_the_front_matter_is_forgiven() -> None:
    text = render(POST)
    assert parse(text.replace("\n---\n", "\n---\n\n", 1)) == POST
    with pytest.raises(PostError, match=r"line 19: expected a heading '# 1\. title', found a blank line"):
        parse(text.replace("\n---\n", "\n---\n\n\n", 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("---\ntitle", "title", r"line 1: expected the line '---', found 'title: Hot Papers 2021-05-12'"),
        ("title: Hot Papers 2021-05-12", "title: Hot Papers 2021-02-30", r"line 2: expected a date that exists"),
        (".Z", "Z", r"line 3: expected the line 'date: YYYY-MM-DDTHH:MM:SS\.Z'"),
        ('draft: false', 'draft: "no"', r"line 5: expected the line 'draft: false'"),
        ('slug: "hot-papers-2021-05-12"', 'slug: "hot-papers-2021-05-13"', r"line 6: expected the line 'slug: \"hot-papers-2021-05-12\"'"),
        ('socialImage', 'unknown: 1\nsocialImage', r"line 14: expected the line 'socialImage"),
        ("# 1.", "# 2.", r"line 18: expected a heading '# 1\. title'"),
        ("retweets: 9584", "retweets: many", r"line 22: expected '- retweets: N, favorites: N"),
        ("retweets: 9584", "retweets: 09584", r"line 22: expected '- retweets: N, favorites: N"),
        ("retweets: 9584", "retweets: 99999999999", r"line 22: expected counts up to 900000000"),
        ("retweets: 9584", "retweets: " + "9" * 5000, r"line 22: expected '- retweets: N, favorites: N"),
        ("# 1.", "# " + "1" * 5000 + ".", r"line 18: expected a heading '# 1\. title'"),
        ("cs.LG](https://arxiv.org/list/cs.LG", f"{'c' * 33}](https://arxiv.org/list/{'c' * 33}", r"line 25: expected .*each category once"),
        ("abs/2105.05233) | [pdf](https://arxiv.org/pdf/2105.05233", f"abs/{'c' * 25}/0112017) | [pdf](https://arxiv.org/pdf/{'c' * 25}/0112017", r"line 24: expected '- links: "),
        ("&mdash; Lab ", f"&mdash; {'n' * 201} ", r"line 29: expected a name of at most 200 characters"),
        ("(05/13/2021", "(13/13/2021", r"line 22: expected a date that exists"),
        ("pdf/2105.05233", "pdf/2105.05234", r"line 24: expected '- links: "),
        ("abs/2105.05233) | [pdf](https://arxiv.org/pdf/2105.05233", "abs/x) | [pdf](https://arxiv.org/pdf/x", r"line 24: expected '- links: "),
        ("[stat.ML](https://arxiv.org/list/stat.ML/recent)", "[cs.LG](https://arxiv.org/list/cs.LG/recent)", r"line 25: expected .*each category once"),
        ("Out now", "Out <script>alert(1)</script> now", r"line 29: expected a blank line or a tweet"),
        ('<a href="https://t.co/a">', '<a href="https://t.co/a" onclick="x()">', r"line 29: expected a blank line or a tweet"),
        ('href="https://t.co/a"', 'href="javascript:alert(1)"', r"line 29: expected a blank line or a tweet"),
        ("status/1392362345678901248", "status/12x", r"line 29: expected a blank line or a tweet"),
        ("May 12, 2021</a>", "June 31, 2021</a>", r"line 29: expected a date that exists"),
        ("May 12, 2021</a>", "May 12, 9999</a>", r"line 29: expected a date that exists, from 1991 to 2199"),
        ("title: Hot Papers 2021", "title: Hot Papers 9999", r"line 2: expected a date that exists, from 1991 to 2199"),
        ("title: Hot Papers 2021", "title: Hot Papers 2200", r"line 2: expected a date that exists, from 1991 to 2199"),
        ("date: 2021", "date: 2200", r"line 3: expected a date that exists, from 1991 to 2199"),
        ("(05/13/2021", "(05/13/9999", r"line 22: expected a date that exists, from 1991 to 2199"),
        ("platform.twitter.com", "evil.example", r"line 30: expected the line '<script async"),
        ("\n", "\r\n", r"line 1: expected text .* lines ended by \\n, found \\r \(Windows line ends\?\)"),
        ("---\ntitle", "\ufeff---\ntitle", r"line 1: expected .*, found a byte order mark"),
        ("Ada", "A\x00da", r"line 20: expected text in UTF-8 without control characters"),
    ],
)  # fmt: skip
def test_parse_names_the_line_and_what_was_expected(old: str, new: str, message: str) -> None:
    text = render(POST)
    assert old in text
    with pytest.raises(PostError, match=message):
        parse(text.replace(old, new) if old == "\n" else text.replace(old, new, 1))


def test_parse_refuses_a_paper_twice() -> None:
    with pytest.raises(PostError, match=r"line 41: expected each paper once a day"):
        parse(render(Post(POST.day, POST.written_at, (PAPER, PAPER))))


@given(st.integers(0, len(render(POST)) - 1))
def test_parse_never_takes_a_truncated_post_for_a_whole_one(length: int) -> None:
    head = render(POST)[:length]
    if head.endswith("\n---\n"):
        assert parse(head).papers == ()  # a day without papers looks just like this
    elif head.endswith("\n---\n\n"):
        assert parse(head).papers == ()
    else:
        with pytest.raises(PostError):
            parse(head)


@given(st.text())
def test_parse_answers_any_text_with_a_post_error(text: str) -> None:
    with pytest.raises(PostError, match=r"^line [0-9]+: expected .*, found "):
        parse(re.sub("^---", "", text))
