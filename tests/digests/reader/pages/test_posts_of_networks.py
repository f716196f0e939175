"""Posts of every network: drawn by ourselves, each with its network's name, words and page."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from digests.editing.curation import propose, take_counts
from digests.models import Digest, Entry
from papers.models import CollectionDay, Paper
from papers.rendered.waiting import render_changed
from papers.text.links import LONGEST_ADDRESS, href_of
from papers.text.post_body import LONGEST_BODY, clean_body
from tests.digests.reader.pages.reading_pages import ADDRESS, text_of
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
POSTED_AT = datetime(2021, 5, 12, 6, 9, 22, tzinfo=UTC)
URI = "at://did:plc:synthetic0000000000000001/app.bsky.feed.post/3synthetic001"
AS_OF = ', as of <time datetime="2021-05-13T09:14:27Z">13 May 2021, 09:14 UTC</time>'


@pytest.fixture
def paper() -> Paper:
    """With a post on each network, all on the day's list."""
    paper = make_paper()
    told = {"posted_at": POSTED_AT, "read_at": READ_AT}
    posts = [
        make_tweet(paper, retweets=12, favorites=80, **told),
        make_tweet(
            paper, network="bluesky", status_id=URI, author_handle="lab.example.test", language="he", direction="rtl",
            body_html='<a href="https://arxiv.org/abs/2105.1">arxiv.org</a>', counts={"likes": 1, "reposts": 1234}, **told,
        ),
        make_tweet(
            paper, network="hackernews", status_id="90000001", author_name="tester", author_handle="tester",
            counts={"points": 37, "comments": 12}, **told,
        ),
        make_tweet(
            paper, network="huggingface", status_id="2105.00001", author_name="", author_handle="", body_html="",
            counts={"upvotes": 42, "comments": 0}, **told,
        ),
    ]  # fmt: skip
    counts = {"bluesky": {"likes": 1, "reposts": 1234}, "hackernews": {"points": 37, "comments": 12}}
    make_entry(make_digest(), paper, *posts, counts=counts)
    return paper


def captions(page: str) -> list[str]:
    return re.findall(r"<figcaption>(.*?)</figcaption>", page)


def test_each_post_has_its_network_page_and_counts(client: Client, paper: Paper) -> None:
    day = '<time datetime="2021-05-12T06:09:22Z">12 May 2021</time></a>'

    def mark(network: str, title: str) -> str:
        drawn = f'<svg class="mark" aria-hidden="true"><use href="#mark-{network}"/></svg>'
        return f'{drawn}<span class="vh">{title}: </span>'

    def original(name: str) -> str:
        return f'<span class="vh">original post of <bdi>{name}</bdi>, </span>'

    def words(by: str) -> str:
        return f'<span class="vh">posted {by}</span>'

    rel = 'rel="nofollow noopener noreferrer ugc"'
    bluesky = "https://bsky.app/profile/did:plc:synthetic0000000000000001/post/3synthetic001"

    frame = "https://embed.bsky.app/embed/did:plc:synthetic0000000000000001/app.bsky.feed.post/3synthetic001?id=original&amp;colorMode={theme}"

    x, *others = captions(text_of(client, ADDRESS))

    assert re.findall(
        r'<a href="([^"]+)" .* data-original="[^"]+" data-network="X"><span class="vh">original post of <bdi>Example Lab</bdi>, <',
        x,
    ) == [paper.tweets.get(network="x").url]
    assert others == [
        f'{mark("bluesky", "Bluesky")}<bdi class="name">Example Lab</bdi> <span class="handle">@lab.example.test</span> '
        f'<a href="{bluesky}" {rel} data-original="{frame}" data-network="Bluesky">{original("Example Lab")}{day} '
        f'<span class="post-counts">1 like, 1,234 reposts{AS_OF}</span>',
        f'{mark("hackernews", "Hacker News")}<bdi class="name">tester</bdi> '
        f'<a href="https://news.ycombinator.com/item?id=90000001" {rel}>'
        f'{words("by <bdi>tester</bdi>, ")}{day} <span class="post-counts">37 points, 12 comments{AS_OF}</span>',
        f'{mark("huggingface", "Hugging Face")} <a href="https://huggingface.co/papers/2105.00001" {rel}>{words("")}{day} '
        f'<span class="post-counts">42 upvotes, 0 comments{AS_OF}</span>',
    ]


def test_text_has_its_language_direction_and_links(client: Client, paper: Paper) -> None:
    link = '<a href="https://arxiv.org/abs/2105.1" rel="nofollow noopener noreferrer ugc">arxiv.org</a>'
    story = paper.tweets.get(network="hackernews")
    story.body_html = f'<a href="https://arxiv.org/abs/{paper.arxiv_id}">A story &amp; its title</a>'
    story.save()
    render_changed()

    quotations = re.findall(r'<blockquote (lang=.*?) cite="[^"]+">(.*?)</blockquote>', text_of(client, ADDRESS))

    assert quotations[1] == ('lang="he" dir="rtl"', link)
    assert quotations[2][1] == "A story &amp; its title"


@pytest.mark.parametrize("address", [ADDRESS, "/papers", "/"])
def test_counts_stand_by_network_and_are_never_summed(client: Client, paper: Paper, address: str) -> None:
    page = text_of(client, address)

    main = page.split('class="entries"')[-1].split("<main")[-1]
    told = re.findall(r'<span class="of-network">(.*?</span></span>)', main.replace("</b>", ""))[:3]
    assert [re.sub("<[^>]+>", "", one) for one in told] == [
        "X: 12 reposts, 80 likes", "Bluesky: 1 like, 1,234 reposts", "Hacker News: 37 points, 12 comments",
    ]  # fmt: skip


def test_score_is_told_by_the_weights_of_the_rules(client: Client, paper: Paper) -> None:
    assert "make a score of 1,364; by" in text_of(client, ADDRESS)  # 12 + 80 + 1 + 1,234 + 37; comments weigh nothing


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ('<a href="http://example.test/">a</a>', '<a href="http://example.test/" rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="https://arxiv.org@evil.example/">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="//evil.example">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ('<a href="https://[x/">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ("a<script>alert(1)</script><img src=x onerror=alert(1)>b", "ab"),
    ],
)
def test_text_of_an_open_network_is_sanitised(hostile: str, shown: str) -> None:
    assert clean_body(hostile) == shown


def test_body_longer_than_any_network_has_is_cut() -> None:
    assert clean_body("a" * LONGEST_BODY) == "a" * LONGEST_BODY
    assert clean_body("a" * LONGEST_BODY + "<b>b") == "a" * LONGEST_BODY + "…"


def test_address_longer_than_any_browser_takes_is_no_link() -> None:
    longest = "https://a.example/".ljust(LONGEST_ADDRESS, "a")
    assert (href_of(longest), href_of(f"{longest}a")) == (longest, "")
    assert clean_body(f'<a href="{longest}a">a</a>') == '<a rel="nofollow noopener noreferrer ugc">a</a>'


def test_list_keeps_what_each_network_counted() -> None:
    paper = make_paper()
    CollectionDay.objects.create(date=paper.listing_date, state=CollectionDay.State.COMPLETE, papers_done_at=READ_AT)
    post = make_tweet(
        paper, network="hackernews", status_id="90000001", counts={"points": 3000}, posted_at=READ_AT, read_at=READ_AT
    )
    digest = propose(paper.listing_date, now=READ_AT)
    assert digest is not None
    assert Entry.objects.get().counted == {"hackernews": {"points": 3000}}

    post.counts = {"points": 3001}
    post.save()

    assert take_counts(Digest.objects.get()) == 1
    assert Entry.objects.get().counted == {"hackernews": {"points": 3001}}
