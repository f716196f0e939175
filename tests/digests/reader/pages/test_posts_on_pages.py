"""Posts below a paper: drawn by ourselves, clean, and gone when they are."""

import re

import pytest
from django.test import Client

from digests.models import ShownTweet
from papers.models import Tweet
from papers.rendered.waiting import render_changed
from tests.digests.reader.pages.reading_pages import ADDRESS, text_of
from tests.factories import make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db


def test_tweet_is_drawn_without_anything_from_elsewhere(client: Client) -> None:
    paper = make_paper()
    body = 'Read <a href="https://t.co/abc">https://t.co/abc</a><br>now'
    tweet = make_tweet(paper, status_id="1392361237063311361", body_html=body, author_name="A & B", author_handle="ab")
    make_entry(make_digest(), paper, tweet)
    render_changed()

    page = text_of(client, ADDRESS)

    assert (
        '<blockquote lang="en" dir="ltr" cite="https://twitter.com/ab/status/1392361237063311361">'
        'Read <a href="https://t.co/abc" rel="nofollow noopener noreferrer ugc">t.co</a><br>now</blockquote>'
    ) in page
    assert '<bdi class="name">A &amp; B</bdi> <span class="handle">@ab</span>' in page
    assert '<time datetime="2021-05-12T06:09:22Z">12 May 2021</time>' in page
    assert re.findall(r"<(?:img|iframe|style)\b", page) == []


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a<script>alert(1)</script>b", "ab"),
        ('<img src="x" onerror="alert(1)">a', "a"),
        ('<b onclick="alert(1)">a</b>', "a"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="http://t.co/x">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="https://evil.example/t.co">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="https://t.co@evil.example/">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="https://t.co\\@evil.example/">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="//evil.example">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="https://[x/">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        (
            '<a href="https://x.com/a" style="position:fixed" class="b">a</a>',
            '<a href="https://x.com/a" rel="nofollow noopener noreferrer ugc">a</a>',
        ),
    ],
)
def test_tweet_body_is_sanitised(client: Client, hostile: str, shown: str) -> None:
    paper = make_paper()
    make_entry(make_digest(), paper, make_tweet(paper, body_html=hostile))
    render_changed()

    page = text_of(client, ADDRESS)

    assert re.findall(r"<blockquote [^>]+>(.*?)</blockquote>", page) == [shown]


def test_tweet_keeps_language_and_direction(client: Client) -> None:
    paper = make_paper()
    arabic = make_tweet(paper, language="ar", direction="rtl", body_html="مرحبا")
    unknown = make_tweet(paper, language="und", body_html="?")
    make_entry(make_digest(), paper, arabic, unknown)

    page = text_of(client, ADDRESS)

    assert re.findall(r'<blockquote lang="(\w*)" dir="(\w+)"', page) == [("ar", "rtl"), ("", "ltr")]


@pytest.mark.parametrize("state", [Tweet.State.DELETED, Tweet.State.PROTECTED, Tweet.State.WITHHELD])
def test_tweet_that_is_gone_leaves_a_tombstone(client: Client, state: Tweet.State) -> None:
    paper = make_paper()
    make_entry(make_digest(), paper, make_tweet(paper, state=state, body_html="secret", author_handle="somebody"))

    for address in (ADDRESS, f"/papers/{paper.arxiv_id}"):
        page = text_of(client, address)
        assert "This post is no longer available." in page
        assert "secret" not in page
        assert "somebody" not in page


def test_sample_tweet_links_to_no_real_post(client: Client) -> None:
    paper = make_paper()
    make_entry(make_digest(is_sample=True), paper, make_tweet(paper, body_html="invented", is_sample=True))

    page = text_of(client, ADDRESS)

    assert re.findall(r"<blockquote [^>]+>(.*)</blockquote>", page) == ["invented"]
    assert "https://twitter.com" not in page


def test_tweet_prints_what_the_day_prints_otherwise(client: Client) -> None:
    paper = make_paper()
    make_entry(make_digest(), paper, make_tweet(paper))
    otherwise = {"language": "ja", "direction": "rtl", "body": "Old", "name": "A &amp; B", "handle": "old", "day": "2021-05-11"}
    ShownTweet.objects.update(printed_otherwise=otherwise)

    page = text_of(client, ADDRESS)

    assert re.findall(r'<blockquote lang="ja" dir="rtl" [^>]+>(.*)</blockquote>', page) == ["Old"]
    assert '<bdi class="name">A &amp; B</bdi> <span class="handle">@old</span>' in page
    assert ">11 May 2021</time>" in page
