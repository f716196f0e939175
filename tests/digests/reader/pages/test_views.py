"""The public pages: what they show, to whom, and at what cost."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries, Settings

from digests.markdown.composing import compose
from digests.markdown.format import render
from digests.models import Digest, ShownTweet
from digests.reader.pages import papers
from papers.models import Provenance, Tweet
from papers.rendered.waiting import render_changed
from papers.search.index import index_changed
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 12)
ADDRESS = "/posts/hot-papers-2021-05-12"


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def listed_days(page: str) -> list[str]:
    return re.findall(r'<h2 id="day-([0-9-]+)">', page)


def make_days(count: int) -> list[str]:
    """Published digests on so many days in a row; their days, the newest first."""
    days = [DAY + timedelta(days=n) for n in range(count)]
    for day in days:
        make_digest(day, papers=1)
    return [day.isoformat() for day in reversed(days)]


@pytest.fixture
def staff(client: Client) -> Client:
    """A browser logged in as an editor who may see digests and nothing else."""
    user = User.objects.create_user("editor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_digest"))
    client.force_login(user)
    return client


# Home


def test_home_lists_ten_days_newest_first(client: Client) -> None:
    days = make_days(12)

    page = text_of(client, "/")

    assert listed_days(page) == days[:10]
    assert f'href="/?before={days[9]}"' in page


def test_home_pages_by_day_both_ways(client: Client) -> None:
    days = make_days(25)

    second = text_of(client, f"/?before={days[9]}")
    third = text_of(client, f"/?before={days[19]}")

    assert listed_days(second) == days[10:20]
    assert listed_days(third) == days[20:]
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', second) == ["/", f"/?before={days[19]}"]
    assert re.findall(r'rel="(?:prev|next)" href="([^"]+)"', third) == [f"/?before={days[9]}"]


def test_home_page_keeps_its_days_when_a_new_digest_comes(client: Client) -> None:
    days = make_days(15)
    address = f"/?before={days[9]}"
    before = listed_days(text_of(client, address))

    make_digest(DAY + timedelta(days=90))

    assert listed_days(text_of(client, address)) == before


def test_home_without_a_digest_says_so(client: Client) -> None:
    assert "Nothing is published yet" in text_of(client, "/")


@pytest.mark.parametrize("before", ["yesterday", "2021-02-30", "10"])
def test_home_before_no_day_is_not_found(client: Client, before: str) -> None:
    assert client.get("/", {"before": before}).status_code == 404


def test_home_lists_all_of_the_newest_day_and_five_of_the_others(client: Client) -> None:
    make_digest(DAY, papers=7)
    make_digest(DAY + timedelta(days=1), papers=7)

    page = text_of(client, "/")

    assert page.count('href="/posts/hot-papers-2021-05-13#paper-') == 7
    assert page.count('href="/posts/hot-papers-2021-05-12#paper-') == 5


def test_home_marks_sample_data(client: Client) -> None:
    make_digest(is_sample=True)

    assert "Sample data." in text_of(client, "/")


# Who may see what


@pytest.mark.parametrize("status", [Digest.Status.DRAFT, Digest.Status.WITHDRAWN])
def test_unpublished_digest_is_nowhere_for_readers(client: Client, status: Digest.Status) -> None:
    digest = make_digest(papers=1, status=status)
    paper = digest.papers.get()

    hidden = [
        ADDRESS,
        f"{ADDRESS}/",
        f"{ADDRESS}.md",
        "/categories/cs.LG",
        "/archive/2021",
        "/archive/2021/05",
        "/days/2021-05-12",
    ]
    lists = ["/", "/rss.xml", "/papers", "/hottest/ever", "/rising", "/archive", "/days"]

    assert [client.get(address).status_code for address in hidden] == [404] * 7
    for address in lists:
        page = text_of(client, address)
        assert (address, paper.title in page, "2021-05-12" in page) == (address, False, False)
    assert "It was on no published list so far." in text_of(client, paper.get_absolute_url())


def test_draft_is_previewed_by_staff_and_never_cached(staff: Client) -> None:
    make_digest(papers=1, status=Digest.Status.DRAFT)

    page, markdown = staff.get(ADDRESS), staff.get(f"{ADDRESS}.md")

    assert "<strong>Draft.</strong>" in page.content.decode()
    assert "\ndraft: true\n" in markdown.content.decode()
    for response in (page, markdown):
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "ETag" not in response


def test_draft_is_hidden_from_a_user_without_the_right(client: Client) -> None:
    make_digest(status=Digest.Status.DRAFT)
    client.force_login(User.objects.create_user("curious", is_staff=True))

    assert client.get(ADDRESS).status_code == 404


def test_draft_is_hidden_from_one_who_is_not_staff(client: Client) -> None:
    make_digest(status=Digest.Status.DRAFT)
    user = User.objects.create_user("reader")
    user.user_permissions.add(Permission.objects.get(codename="view_digest"))
    client.force_login(user)

    assert client.get(ADDRESS).status_code == 404


def test_published_pages_set_no_cookie_and_do_not_vary_by_one(client: Client) -> None:
    paper = make_digest(papers=1).papers.get()

    for address in ("/", ADDRESS, f"{ADDRESS}.md", f"/papers/{paper.arxiv_id}", "/categories/cs.LG", "/rss.xml"):
        response = client.get(address)
        assert response.cookies == {}
        assert "Cookie" not in response.get("Vary", "")


# A digest's page


def test_digest_answers_with_and_without_slash(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://papers.example"
    make_digest(papers=1)

    page, with_slash = text_of(client, ADDRESS), text_of(client, f"{ADDRESS}/")

    assert page == with_slash
    assert '<link rel="canonical" href="https://papers.example/posts/hot-papers-2021-05-12">' in page


@pytest.mark.parametrize("day", ["2021-02-30", "2021-13-01", "0000-00-00", "2021-5-12", "２０２１-05-12"])
@pytest.mark.parametrize("ending", ["", "/", ".md"])
def test_digest_of_an_impossible_day_is_not_found(client: Client, day: str, ending: str) -> None:
    assert client.get(f"/posts/hot-papers-{day}{ending}").status_code == 404


def test_digest_numbers_its_papers_and_lists_them_at_the_top(client: Client) -> None:
    digest = make_digest()
    first = make_paper(title="With swyft: stop  wasting")
    second = make_paper(title="Logistic $Q$-Learning of <b>*R\\'enyi*</b>")
    make_entry(digest, second, position=2)
    make_entry(digest, first, position=1)
    render_changed()

    page = text_of(client, ADDRESS)

    titles = re.findall(r'<a href="#paper-([^"]+)">(.+)</a></li>', page)
    assert [(arxiv_id, re.sub("<math.*?</math>", "FORMULA", title)) for arxiv_id, title in titles] == [
        (first.arxiv_id, "With swyft: stop wasting"),
        (second.arxiv_id, "Logistic FORMULA-Learning of &lt;b&gt;*Rényi*&lt;/b&gt;"),
    ]
    assert re.findall(r'<article class="paper" id="paper-([^"]+)"', page) == [first.arxiv_id, second.arxiv_id]


def test_digest_prints_what_the_entry_prints_otherwise(client: Client) -> None:
    digest = make_digest()
    otherwise = {"title": "Old Title", "abstract": "Old abstract.", "authors": ["Old Author"], "categories": ["math.CO"]}
    make_entry(digest, make_paper(title="New Title"), printed_otherwise=otherwise)
    render_changed()

    page = text_of(client, ADDRESS)

    assert "New Title" not in page
    assert '<p class="authors">Old Author</p>' in page
    assert '<p class="abstract">Old abstract.</p>' in page
    assert '<a href="/categories/math.CO">math.CO</a></span>' in page


def test_digest_breaks_an_abstract_into_paragraphs(client: Client) -> None:
    make_entry(make_digest(), make_paper(abstract="First.   Second."))
    render_changed()

    assert re.findall(r'<p class="abstract">(.*)</p>', text_of(client, ADDRESS)) == ["First.", "Second."]


def test_digest_shortens_a_crowd_of_authors(client: Client) -> None:
    make_entry(make_digest(), make_paper(authors=[f"Author {n}" for n in range(1, 3001)]))

    page = text_of(client, ADDRESS)

    assert "Author 20 and 2980 others</p>" in page


def test_digest_shows_counts_with_the_moment_they_were_read(client: Client) -> None:
    read_at = datetime(2021, 5, 13, 9, 14, 27, tzinfo=UTC)
    make_entry(make_digest(), make_paper(), retweets=5179, favorites=1, read_at=read_at, provenance=Provenance.NETWORK)

    page = text_of(client, ADDRESS)

    assert '<span class="count">5,179 retweets</span>, <span class="count">1 favorite</span>' in page
    assert '<time datetime="2021-05-13T09:14:27Z">13 May 2021, 09:14 UTC</time>' in page
    assert "old count" not in page


def test_digest_says_that_old_counts_are_too_high(client: Client) -> None:
    make_entry(make_digest(), make_paper(), provenance=Provenance.POST)

    page = text_of(client, ADDRESS)

    assert "(old count) as read on" in page
    assert "which counted the same retweets several times over" in page


def test_digest_marks_sample_data(client: Client) -> None:
    make_entry(make_digest(is_sample=True), make_paper(is_sample=True), provenance=Provenance.POST)

    page = text_of(client, ADDRESS)

    assert "Sample data." in page
    assert "old count" not in page


def test_digest_without_papers_says_so(client: Client) -> None:
    make_digest()

    assert "No paper was hot on this day." in text_of(client, ADDRESS)


def test_digest_links_the_published_days_beside_it(client: Client) -> None:
    for day in (10, 12, 17):
        make_digest(date(2021, 5, day))
    for day in (11, 13):
        make_digest(date(2021, 5, day), status=Digest.Status.DRAFT)

    page = text_of(client, ADDRESS)

    assert re.findall(r'<a rel="(prev|next)".* href="([^"]+)"|<a class="onward" rel="(next)" href="([^"]+)"', page) == [
        ("prev", "/posts/hot-papers-2021-05-10", "", ""),
        ("", "", "next", "/posts/hot-papers-2021-05-17"),
    ]


# Tweets


def test_tweet_is_drawn_without_anything_from_elsewhere(client: Client) -> None:
    paper = make_paper()
    body = 'Read <a href="https://t.co/abc">https://t.co/abc</a><br>now'
    tweet = make_tweet(paper, status_id="1392361237063311361", body_html=body, author_name="A & B", author_handle="ab")
    make_entry(make_digest(), paper, tweet)

    page = text_of(client, ADDRESS)

    assert (
        '<blockquote lang="en" dir="ltr" cite="https://twitter.com/ab/status/1392361237063311361">'
        'Read <a href="https://t.co/abc" rel="nofollow noopener noreferrer ugc">https://t.co/abc</a><br>now</blockquote>'
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


# Markdown


def test_markdown_is_the_post(client: Client) -> None:
    digest = make_digest(papers=2)

    response = client.get(f"{ADDRESS}.md")

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.content.decode() == render(compose(digest))


# Papers


@pytest.mark.parametrize("arxiv_id", ["2010.04296", "0704.0001", "cs/0112017", "math.GT/0309136"])
def test_paper_has_one_address(client: Client, arxiv_id: str) -> None:
    make_entry(make_digest(), make_paper(arxiv_id=arxiv_id, title="Found"))

    assert "<h1>Found</h1>" in text_of(client, f"/papers/{arxiv_id}")
    for other in ("v2", "/", "v12/"):
        response = client.get(f"/papers/{arxiv_id}{other}")
        assert (response.status_code, response["Location"]) == (301, f"/papers/{arxiv_id}")


@pytest.mark.parametrize("arxiv_id", ["2010.04297", "2010.4", "x", "CS/0112017", "2010.04296vv2", "2010.04296v"])
def test_paper_that_is_not_there_is_not_found(client: Client, arxiv_id: str) -> None:
    make_entry(make_digest(), make_paper(arxiv_id="2010.04296"))

    assert client.get(f"/papers/{arxiv_id}").status_code == 404


def test_paper_shows_published_days_and_all_posts_that_count(client: Client) -> None:
    paper = make_paper()
    public = make_tweet(paper, body_html="public", state=Tweet.State.LIVE)
    make_tweet(paper, body_html="best", retweets=9, favorites=9, read_at=READ_AT)
    make_tweet(paper, body_html="other", retweets=2, favorites=0, read_at=READ_AT)
    make_tweet(paper, body_html="excluded", is_excluded=True)
    make_tweet(paper, body_html="gone", state=Tweet.State.DELETED)
    make_entry(make_digest(date(2021, 5, 12)), paper, public)
    make_entry(make_digest(date(2021, 5, 13)), paper, public)
    make_entry(make_digest(date(2021, 5, 14), status=Digest.Status.DRAFT), paper)

    page = text_of(client, f"/papers/{paper.arxiv_id}")

    assert re.findall(r'<li><a href="([^"#]+)#', page) == ["/posts/hot-papers-2021-05-13", "/posts/hot-papers-2021-05-12"]
    assert re.findall(r"<blockquote [^>]+>(.*)</blockquote>", page) == ["public", "best", "other"]


def test_paper_counts_all_posts_that_link_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(papers, "MOST_BOXES", 2)
    monkeypatch.setattr(papers, "MOST_POSTS", 5)
    paper = make_paper()
    for score in range(9, 0, -1):
        body = "" if score == 9 else f"text {score}"
        make_tweet(paper, body_html=body, author_handle=f"handle{score}", retweets=score, favorites=0, read_at=READ_AT)
    make_entry(make_digest(), paper, make_tweet(paper, body_html="shown"))
    make_tweet(body_html="of another paper")

    with django_assert_num_queries(11):
        page = text_of(client, paper.get_absolute_url())

    assert re.findall(r"<blockquote [^>]+>(.*)</blockquote>", page) == ["shown", "text 8"]
    lines = re.findall(r"<li><bdi>(.*?)</bdi>.*: (\d) retweets, 0 favorites</li>", page)
    assert lines == [("@handle9", "9"), ("@handle7", "7"), ("@handle6", "6")]
    assert '<p class="quiet">5 more posts link it.</p>' in page


def test_post_of_nobody_known_is_called_a_post(client: Client) -> None:
    paper = make_paper()
    make_tweet(paper, body_html="", author_handle="", author_name="")

    page = text_of(client, paper.get_absolute_url())

    assert "<li>a post, <a href=" in page
    assert 'class="tweet"' not in page
    assert "more post" not in page


# Categories


def test_category_lists_its_papers_by_day(client: Client) -> None:
    older, newer = make_digest(date(2021, 5, 12)), make_digest(date(2021, 5, 13))
    make_entry(older, make_paper(title="Vision", categories=("cs.CV",)))
    make_entry(older, make_paper(title="Both", categories=("cs.LG", "cs.CV")))
    make_entry(newer, make_paper(title="Newest", categories=("cs.CV", "eess.IV")))
    make_entry(newer, make_paper(title="Other", categories=("cs.LG",)))

    page = text_of(client, "/categories/cs.CV")

    assert listed_days(page) == ["2021-05-13", "2021-05-12"]
    assert re.findall(r'<li data-paper="[^"]+"><a href="/papers/[^"]+">(.*?)</a>', page) == ["Newest", "Vision", "Both"]


def test_category_pages_by_day(client: Client) -> None:
    days = make_days(12)

    page = text_of(client, f"/categories/cs.LG?before={days[9]}")

    assert listed_days(page) == days[10:]
    assert 'rel="prev" href="/categories/cs.LG"' in page


@pytest.mark.parametrize("code", ["cs.CV", "nonsense!", "cs.lg"])
def test_category_without_a_paper_is_not_found(client: Client, code: str) -> None:
    make_digest(papers=1)

    assert client.get(f"/categories/{code}").status_code == 404


# Conditional requests, errors, cost


@pytest.mark.parametrize("address", ["/papers/{}", "/authors/ada-example"])
def test_page_of_few_papers_does_not_go_through_all_digests(client: Client, address: str) -> None:
    arxiv_id = make_digest(papers=1).papers.get().arxiv_id
    index_changed()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address.format(arxiv_id)).status_code == 200

    of_digests = [query["sql"] for query in captured if "digests_entry" in query["sql"]]
    assert of_digests
    for sql in of_digests:  # SQLite, without statistics, would begin with all that are published
        assert not re.search('"status" = \'?published', sql)


@pytest.mark.django_db(transaction=True)  # the page cache answers, which keeps away from open transactions
@pytest.mark.parametrize("address", ["/", ADDRESS, f"{ADDRESS}.md", "/categories/cs.LG", "/rss.xml"])
def test_unchanged_page_is_not_sent_again(client: Client, address: str) -> None:
    paper = make_digest(papers=1).papers.get()
    etag = client.get(address)["ETag"]

    same = client.get(address, headers={"If-None-Match": etag})
    paper.title = "Corrected"
    paper.save()
    corrected = client.get(address, headers={"If-None-Match": etag, "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})

    assert (same.status_code, same.content) == (304, b"")
    assert corrected.status_code == 200
    assert "Corrected" in corrected.content.decode()


def test_pages_answer_reading_methods_only(client: Client) -> None:
    make_digest()

    assert client.head(ADDRESS).status_code == 200
    assert client.post(ADDRESS).status_code == 405


def test_not_found_page_helps(client: Client) -> None:
    response = client.get("/posts/nothing")

    assert response.status_code == 404
    assert "<h1>Nothing is published here</h1>" in response.content.decode()


def test_error_page_needs_no_context(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))

    assert response.status_code == 500
    assert "<h1>Something broke on our side</h1>" in response.content.decode()


@pytest.mark.parametrize("days", [2, 30])
@pytest.mark.parametrize("papers", [1, 4])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 4),
        (f"/?before={DAY + timedelta(days=1)}", 4),
        (ADDRESS, 9),
        (f"{ADDRESS}.md", 5),
        ("/categories/cs.LG", 3),
        ("/rss.xml", 4),
    ],
)
def test_page_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, days: int, papers: int, address: str, queries: int
) -> None:
    for n in range(days):
        make_digest(DAY + timedelta(days=n), papers=papers)

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("days", [1, 12])
def test_paper_page_takes_a_constant_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, days: int
) -> None:
    paper = make_paper()
    for n in range(days):
        make_entry(make_digest(DAY + timedelta(days=n)), paper, make_tweet(paper), make_tweet(paper))

    with django_assert_num_queries(10):
        assert client.get(f"/papers/{paper.arxiv_id}").status_code == 200


@pytest.mark.parametrize("address", ["/", "/admin/login/"])
def test_sandbox_says_on_every_page_that_it_is_one(client: Client, settings, address: str) -> None:  # type: ignore[no-untyped-def]
    moment = datetime(2026, 10, 12, 3, tzinfo=UTC)
    banner = "Sandbox: papers, posts and people are invented."
    assert client.get(address).content.decode().count(banner) == 0
    settings.SANDBOX_CLOCK = (moment, moment, 1440.0)
    assert client.get(address).content.decode().count(banner) == 1
