"""What is erased on request goes everywhere, stays away, and leaves a record without names."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from pytest_django import Settings

from papers import fetching
from papers.collecting import open_posts, paid_posts
from papers.counts import erased_on_request
from papers.models import Erasure, Tweet
from papers.networks.base import FoundPost, Run
from papers.search.index import index_changed
from tests.digests.markdown.importing_posts import a_file, a_post, import_posts
from tests.editors import make_client, make_user
from tests.factories import make_digest, make_paper, make_tweet
from tests.papers.collecting.collecting_tweets import found

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
LINK = f"https://bsky.app/profile/{DID}/post/3kabc"
X_POST = "https://x.com/somebody/status/1392360000000000001"


def on_bluesky(key: str, *, author: str = DID, handle: str = "old.example") -> FoundPost:
    return FoundPost(
        f"at://{author}/app.bsky.feed.post/{key}", author, handle, "Ann Example", NOW, ("2105.00001",), (Run("Secret words"),),
        counts={"likes": 3, "reposts": 1},
    )  # fmt: skip


def store(*found_posts: FoundPost) -> None:
    open_posts.store("bluesky", found_posts, read_at=NOW)


def everything() -> str:
    """All text in all tables of ours."""
    from django.apps import apps

    models: list[type[Model]] = [*apps.get_app_config("papers").get_models(), *apps.get_app_config("digests").get_models()]
    return "\n".join(str(list(model._base_manager.values_list())) for model in models)


def erase(*arguments: str) -> str:
    said = io.StringIO()
    call_command("erase_posts", *arguments, "--reason", "ticket 17", stdout=said)
    return said.getvalue()


def test_an_author_goes_from_every_table_and_comes_never_again() -> None:
    make_paper(arxiv_id="2105.00001")
    store(on_bluesky("3k1"), on_bluesky("3k2"), on_bluesky("3k3", author="did:plc:b", handle="other.example"))

    assert erase("--author", "bluesky:@Old.Example", "--dry-run") == "2 posts would be erased.\n"
    assert erase("--author", "bluesky:@Old.Example") == "2 posts erased. What is erased is refused from now on.\n"
    assert "old.example" not in everything()
    assert "Ann Example" in everything()  # of the other author
    assert everything().count("Secret words") == 1
    assert set(Tweet.objects.values_list("state", "author_handle", "author_id")) == {
        ("erased", "", ""), ("live", "other.example", "did:plc:b"),
    }  # fmt: skip

    # Again, under another handle, and a new post.
    store(on_bluesky("3k1"), on_bluesky("3k4", handle="new.example"), on_bluesky("3k5", author="did:plc:c", handle="OLD.example"))
    open_posts.look_for_authors("bluesky", [DID], now=NOW)
    assert Tweet.objects.count() == 3
    assert Tweet.objects.filter(next_read_at__isnull=False, state="erased").count() == 0


def test_posts_from_before_the_author_took_another_handle_go_too() -> None:
    make_paper(arxiv_id="2105.00001")
    store(on_bluesky("3k1"), on_bluesky("3k2", handle="new.example"))

    assert erase("--author", "bluesky:new.example").startswith("2 posts erased.")
    assert "old.example" not in everything()
    assert set(Tweet.objects.values_list("state", flat=True)) == {"erased"}


def test_one_post_goes_and_its_authors_others_stay() -> None:
    make_paper(arxiv_id="2105.00001")
    store(on_bluesky("3kabc"), on_bluesky("3k2"))

    assert erase("--post", LINK).startswith("1 post erased.")
    store(on_bluesky("3kabc"), on_bluesky("3k2"))

    assert sorted(Tweet.objects.values_list("status_id", "state")) == [
        (f"at://{DID}/app.bsky.feed.post/3k2", "live"), (f"at://{DID}/app.bsky.feed.post/3kabc", "erased"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "link", ["https://bsky.app/profile/Old.example/post/3kabc", "bsky.app/profile/old.example/post/3kabc?a=b"]
)
def test_a_link_with_the_authors_handle_is_known_by_any_of_their_posts(link: str) -> None:
    make_paper(arxiv_id="2105.00001")
    store(on_bluesky("3k2"))

    assert erase("--post", link) == "0 posts erased. What is erased is refused from now on.\n"
    store(on_bluesky("3kabc"))

    assert list(Tweet.objects.values_list("status_id", "state")) == [(f"at://{DID}/app.bsky.feed.post/3k2", "live")]


def test_a_link_with_an_unknown_handle_says_what_else_to_give(settings: Settings, tmp_path: Path) -> None:
    settings.NETWORKS, settings.BLUESKY_API_BASE = ["bluesky"], "http://127.0.0.1:9"
    settings.REDIS_URL, settings.VAR_DIR = "", tmp_path
    with pytest.raises(
        CommandError, match=r"whose author we don't know by this handle, .* Run this again later, or give NETWORK:ID"
    ):
        erase("--post", "https://bsky.app/profile/old.example/post/3kabc")


def test_a_post_that_is_not_here_yet_is_refused_when_it_comes() -> None:
    assert erase("--post", X_POST).startswith("0 posts erased.")

    paid_posts.store([found("1392360000000000001"), found("1392360000000000002")], read_at=NOW)
    assert list(Tweet.objects.values_list("status_id", flat=True)) == ["1392360000000000002"]

    erase("--author", "x:900000000000000001")
    paid_posts.store([replace(found("1392360000000000003"), handle="renamed")], read_at=NOW)
    assert list(Tweet.objects.values_list("state", "author_id")) == [("erased", "")]


def test_readers_see_a_tombstone_and_the_paper_no_longer_counts_it(client: Client) -> None:
    paper = make_paper()
    digest = make_digest(papers=0)
    tweet = make_tweet(paper, author_name="Ann Example", author_handle="somebody", status_id="1392360000000000001")
    entry = digest.entries.create(paper=paper, position=1, retweets=1, favorites=1, read_at=NOW, provenance="network")
    entry.shown_tweets.create(
        tweet=tweet, position=1, printed_otherwise={"name": "Ann E.", "body": "Other words", "day": "2021-05-12"}
    )
    assert "Ann E" in client.get(digest.get_absolute_url()).content.decode()

    erase("--author", "x:somebody")

    page = client.get(digest.get_absolute_url()).content.decode()
    assert "Ann E" not in page
    assert "no longer available" in page
    assert "Ann E" not in everything()


@pytest.mark.django_db(transaction=True)
def test_sqlite_keeps_no_trace_in_its_files() -> None:
    """Neither the words in the search index nor the log of what was written."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL clears away by itself what is dead")
    paper = make_paper()
    make_tweet(paper, body_html="A kept text")
    make_tweet(paper, body_html="An unwanted text", author_name="Unwanted Name", author_handle="unwanted_handle")
    index_changed()
    database = Path(connection.settings_dict["NAME"])
    files = [database, database.with_name(f"{database.name}-wal")]
    assert any(b"unwanted" in path.read_bytes().lower() for path in files if path.exists())

    erased_on_request.erase_author("x", "unwanted_handle", reason="ticket 17", now=NOW)

    assert not any(b"unwanted" in path.read_bytes().lower() for path in files if path.exists())


def test_an_import_brings_nothing_back(tmp_path: Path) -> None:
    post = a_post()
    [handle, *_] = {tweet.handle for paper in post.papers for tweet in paper.tweets}
    erase("--author", f"x:{handle}")

    import_posts(a_file(tmp_path, post))

    assert handle not in everything()
    assert set(Tweet.objects.filter(state="erased").values_list("body_html", "author_name")) == {("", "")}


def test_adding_by_link_says_why_not() -> None:
    paper = make_paper()
    tweet = make_tweet(paper)
    erased_on_request.erase_post("x", tweet.status_id, reason="ticket 17", now=NOW)

    with pytest.raises(fetching.Unknown, match="no longer shows this post"):
        fetching.fetch_tweet(f"https://x.com/i/status/{tweet.status_id}", paper, now=NOW)


def test_the_record_names_nobody_and_the_admin_lists_it() -> None:
    make_tweet(make_paper(), author_handle="somebody", author_id="77")
    erase("--author", "x:somebody")
    erase("--author", "x:somebody")  # again changes nothing

    assert Erasure.objects.count() == 2  # the handle and the id
    assert "somebody" not in str(list(Erasure.objects.values_list()))
    page = make_client(make_user(group="Editor")).get("/admin/papers/erasure/").content.decode()
    assert page.count("ticket 17") == 2


@pytest.mark.parametrize("post", [f"bluesky:at://{DID}/app.bsky.feed.post/3kabc", f" at://{DID}/app.bsky.feed.post/3kabc ", LINK])
def test_a_post_is_named_by_its_id_or_its_address(post: str) -> None:
    make_paper(arxiv_id="2105.00001")
    store(on_bluesky("3kabc"))
    assert erase("--post", post, "--dry-run") == "1 post would be erased.\n"
    assert erase("--post", "x:1392360000000000001", "--dry-run") == "0 posts would be erased.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--author", "nowhere:ann"),
        ("--author", "x:@"),
        ("--post", "https://example.org/1"),
        ("--post", "x:abc"),
        ("--post", "bluesky:1392360000000000001"),
    ],
)
def test_what_cannot_be_meant_is_one_line(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="expected"):
        erase(*arguments)
    assert Erasure.objects.count() == 0


def test_a_site_without_erasures_asks_one_query(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert erased_on_request.refused("x", [erased_on_request.Named(str(n), "", "") for n in range(500)]) == set()
