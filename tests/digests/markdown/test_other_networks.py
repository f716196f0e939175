"""Counts and posts of networks other than X: written, read back strictly, stored and written again to the same bytes."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digests.editing import curation
from digests.markdown.composing import compose
from digests.markdown.files import read_post
from digests.markdown.format import PostError, PostTweet, parse, render
from digests.markdown.importing import Outcome, store
from digests.models import Digest, Entry
from papers.models import Tweet
from tests.digests.markdown.importing_posts import DAY, PAPER, TWEET, a_file, a_post, all_rows, changed
from tests.factories import make_digest, make_entry, make_paper, make_tweet

URI = "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3kabcdefghijk"
BLUESKY = PostTweet(
    URI,
    "ar",
    "rtl",
    'ورقة جديدة 🧪<br><a href="https://arxiv.org/abs/2105.05233?a=1&amp;b=%22">arxiv.org<br>/abs</a> &lt;3',
    "Ada &lt;b&gt; &amp; “Bob” 🦋 (@not.her)",
    "ada-1.example.org",
    DAY,
    "bluesky",
)
HACKERNEWS = PostTweet("27123456", "en", "ltr", "Show HN: Isn&#39;t it", "pg", "pg", DAY, "hackernews")
HUGGINGFACE = PostTweet("2105.05233", "und", "ltr", "", "", "", DAY, "huggingface")
COUNTS = {
    "bluesky": {"likes": 21, "reposts": 4, "quotes": 2, "replies": 1},
    "hackernews": {"points": 37},
    "huggingface": {"upvotes": 42, "comments": 0},
}
OF_ALL = changed(retweets=0, favorites=0, tweets=(BLUESKY, TWEET, HACKERNEWS, HUGGINGFACE), counts=COUNTS)
POST = a_post(DAY, OF_ALL)


def test_each_network_has_its_line_of_counts_and_each_post_its_blockquote() -> None:
    lines = render(POST).split("\n")
    assert lines[24:29] == [
        "- [cs.LG](https://arxiv.org/list/cs.LG/recent) | [stat.ML](https://arxiv.org/list/stat.ML/recent)",
        "- bluesky: likes 21, reposts 4, quotes 2, replies 1 (05/13/2021 00:00:00)",
        "- hackernews: points 37 (05/13/2021 00:00:00)",
        "- huggingface: upvotes 42, comments 0 (05/13/2021 00:00:00)",
        "",
    ]
    assert lines[31:] == [
        f'<blockquote class="bluesky-post" data-id="{URI}" data-handle="ada-1.example.org"><p lang="ar" dir="rtl">{BLUESKY.body}</p>'
        "&mdash; Ada &lt;b&gt; &amp; “Bob” 🦋 (@not.her) (@ada-1.example.org) "
        '<a href="https://bsky.app/profile/did:plc:ewvi7nxzyoun6zhxrhs64oiz/post/3kabcdefghijk">May 12, 2021</a></blockquote>',
        "",
        '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Out now</p>&mdash; Lab (@lab) '
        '<a href="https://twitter.com/lab/status/1392362345678901248?ref_src=twsrc%5Etfw">May 12, 2021</a></blockquote>',
        '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>',
        "",
        '<blockquote class="hackernews-post" data-id="27123456" data-handle="pg"><p lang="en" dir="ltr">Show HN: Isn&#39;t it</p>'
        '&mdash; pg (@pg) <a href="https://news.ycombinator.com/item?id=27123456">May 12, 2021</a></blockquote>',
        "",
        '<blockquote class="huggingface-post" data-id="2105.05233" data-handle=""><p lang="und" dir="ltr"></p>'
        '&mdash;  <a href="https://huggingface.co/papers/2105.05233">May 12, 2021</a></blockquote>',
        "",
        "",
        "",
        "",
    ]
    assert parse(render(POST)) == POST


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- bluesky: ", "- mastodon: ", "line 26: expected a blank line or the counts of another network, .*'- bluesky: likes N, "),
        ("- bluesky: ", "- x: ", "line 26: expected a blank line or the counts of another network"),
        ("likes 21, reposts 4", "reposts 4, likes 21", "line 26: expected a blank line or the counts"),
        ("likes 21", "likes 21, likes 21", "line 26: expected a blank line or the counts"),
        ("likes 21", "likes 021", "line 26: expected a blank line or the counts"),
        ("likes 21", "points 21", "line 26: expected a blank line or the counts"),
        ("likes 21", "likes " + "9" * 5000, "line 26: expected a blank line or the counts"),
        ("1 (05/13/2021 00:00:00)", "1 (05/13/2021 00:00:01)", "line 26: expected .*read at the same moment as the retweets"),
        ("- hackernews: points 37", "- bluesky: likes 1", "line 27: expected a blank line or the counts .*each once, in this order"),
        ("bluesky-post", "mastodon-post", "line 32: expected '<blockquote class=\"NETWORK-post\" …', NETWORK one of bluesky, hackernews"),
        ("bluesky-post", "x-post", 'line 32: expected \'<blockquote class="NETWORK-post"'),
        ("bluesky-post", "hackernews-post", "line 32: expected in data-id the id of a post on Hacker News"),
        ('data-id="at://', 'data-id="ht://', "line 32: expected in data-id the id of a post on Bluesky"),
        ('data-handle="ada', 'data-handle="bob', "line 32: expected '<blockquote class=\"bluesky-post\""),
        ('data-handle="ada', 'onclick="x()" data-handle="ada', "line 32: expected '<blockquote class=\"bluesky-post\" data-id=\"ID\""),
        ('href="https://arxiv.org', 'href="javascript:arxiv.org', "line 32: .*with nothing but text, entities, <br> and <a href>"),
        ("Ada &lt;", "Ada <img src=x>&lt;", "line 32: .*with nothing but text, entities"),
        ("https://bsky.app/", "https://evil.example/", "line 32: expected '<blockquote class=\"bluesky-post\""),
        ("Ada &lt;", "A" * 201, "line 32: expected a name of at most 200 characters"),
        ("May 12, 2021", "June 31, 2021", "line 32: expected a date that exists"),
        ("May 12, 2021", "May 12, 1021", "line 32: expected a date that exists, from 1991"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit_is_refused_with_what_was_expected(old: str, new: str, message: str) -> None:
    text = render(POST)
    assert old in text
    with pytest.raises(PostError, match=message):
        parse(text.replace(old, new, 1))


@pytest.mark.django_db
def test_import_makes_posts_of_each_network_and_exports_the_same_bytes(tmp_path: Path) -> None:
    file = a_file(tmp_path, POST)
    assert store(read_post(file)) == Outcome.NEW
    entry = Entry.objects.get()
    assert (entry.counts, entry.retweets, entry.favorites) == (COUNTS, 0, 0)
    shown = entry.shown_tweets.values_list("tweet__network", "tweet__status_id", "tweet__state", "printed_otherwise")
    assert list(shown) == [
        ("bluesky", URI, "live", None),
        ("x", TWEET.status_id, "live", None),
        ("hackernews", "27123456", "live", None),
        ("huggingface", "2105.05233", "live", None),
    ]
    ada = Tweet.objects.get(network="bluesky")
    assert (ada.author_name, ada.author_handle) == ("Ada <b> & “Bob” 🦋 (@not.her)", "ada-1.example.org")
    assert (ada.body_html, ada.direction, ada.language) == (BLUESKY.body, "rtl", "ar")
    assert Tweet.objects.get(network="hackernews").posted_at == datetime(2021, 5, 12, tzinfo=UTC)
    assert render(compose(Digest.objects.get())).encode() == file.read_bytes()
    before = all_rows()
    assert store(read_post(file)) == Outcome.UNCHANGED
    assert all_rows() == before


@pytest.mark.django_db
def test_the_same_id_on_two_networks_is_two_posts(tmp_path: Path) -> None:
    same = HACKERNEWS._replace(status_id="139236234567890")
    of_x = TWEET._replace(status_id=same.status_id, day=date(2010, 11, 4))
    file = a_file(tmp_path, a_post(DAY, changed(tweets=(same, of_x))))
    store(read_post(file))
    assert list(Tweet.objects.order_by("network").values_list("network", "author_handle")) == [("hackernews", "pg"), ("x", "lab")]
    assert render(compose(Digest.objects.get())).encode() == file.read_bytes()


@pytest.mark.django_db
def test_import_leaves_what_the_network_said_and_prints_the_day_otherwise(tmp_path: Path) -> None:
    told = {"author_handle": "ada.new.example", "author_name": "Ada", "body_html": "Edited", "embedded_at": POST.written_at}
    make_tweet(network="bluesky", status_id=URI, posted_at=datetime(2021, 5, 12, 9, tzinfo=UTC), **told)
    file = a_file(tmp_path, POST)
    store(read_post(file))
    assert Tweet.objects.get(network="bluesky").author_handle == "ada.new.example"
    assert render(compose(Digest.objects.get())).encode() == file.read_bytes()


@pytest.mark.django_db
def test_a_name_with_line_breaks_is_printed_on_one_line_and_posts_of_unknown_networks_are_left_out() -> None:
    paper = make_paper()
    at = datetime(2021, 5, 12, 9, tzinfo=UTC)
    odd = make_tweet(paper, network="bluesky", status_id=URI, posted_at=at, author_name="A\nB\x07", author_handle="")
    unknown = make_tweet(paper, network="orkut", status_id="1", posted_at=at)
    digest = make_digest()
    make_entry(digest, paper, odd, unknown, counts={"orkut": {"likes": 1}, "bluesky": {}})
    [printed] = parse(render(compose(digest))).papers
    assert [(tweet.network, tweet.name, tweet.handle) for tweet in printed.tweets] == [("bluesky", "A B", "")]
    assert printed.counts == {}


@pytest.mark.django_db
def test_a_proposed_day_prints_what_each_network_counted() -> None:
    paper = make_paper()
    at = datetime(2021, 5, 12, 9, tzinfo=UTC)
    read = {"posted_at": at, "read_at": at, "author_handle": "pg"}
    make_tweet(paper, network="hackernews", status_id="27123456", counts={"points": 70, "comments": 3}, **read)
    curation.begin(DAY, now=datetime(2021, 5, 13, 9, tzinfo=UTC))
    digest = Digest.objects.get()
    [printed] = parse(render(compose(digest))).papers
    assert (printed.retweets, printed.favorites, printed.counts) == (0, 0, {"hackernews": {"points": 70, "comments": 3}})
    assert [(tweet.network, tweet.status_id, tweet.handle) for tweet in printed.tweets] == [("hackernews", "27123456", "pg")]


def test_a_paper_with_x_alone_has_no_line_more() -> None:
    assert "blockquote class" in (text := render(a_post(DAY, PAPER)))
    assert [line[:12] for line in text.split("\n")[19:28]] == [
        "Ada Example", "", "- retweets: ", "", "- links: [ab", "- [cs.LG](ht", "", "An abstract.", "",
    ]  # fmt: skip
