"""What a post's record says: links, stretches of text, moments; and what it says when it is not as documented."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from papers.networks.base import Run
from papers.networks.bluesky.posts import is_uri, key_moment, links, read_record, read_view, runs
from tests.standins.bluesky import BlueskyPost, external, link

SEEN = datetime(2026, 11, 20, 9, 15, 1, tzinfo=UTC)
URI = "at://did:plc:synthetic0000000000000001/app.bsky.feed.post/3synthetic001"
PAPER = "https://arxiv.org/abs/2611.90001"


def facet(start: object, end: object, uri: object = PAPER) -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def record(**values: object) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.post", "text": "Our paper", "createdAt": "2026-11-20T09:15:00.000Z"} | values


def papers(**values: object) -> tuple[str, ...]:
    post = read_record(URI, record(**values), indexed_at=SEEN)
    assert post
    return post.papers


def test_a_link_in_a_facet_counts() -> None:
    assert papers(facets=[facet(0, 3)]) == ("2611.90001",)


def test_a_link_in_an_embed_counts() -> None:
    assert papers(embed=external(PAPER)) == ("2611.90001",)


def test_a_link_in_the_embed_beside_a_quoted_post_counts() -> None:
    embed = {"$type": "app.bsky.embed.recordWithMedia", "record": {}, "media": external(PAPER)}
    assert papers(embed=embed) == ("2611.90001",)


@pytest.mark.parametrize("text", [f"See {PAPER}", "See arXiv:2611.90001", "2611.90001"])
def test_an_address_or_an_id_in_the_text_alone_does_not_count(text: str) -> None:
    assert papers(text=text) == ()


def test_several_papers_count_once_each_in_order() -> None:
    found = papers(facets=[facet(0, 3), facet(4, 9, "https://arxiv.org/pdf/2611.90002v3")], embed=external(PAPER))
    assert found == ("2611.90001", "2611.90002")


def test_runs_count_bytes_not_characters() -> None:
    text = "🧪 Grüße: arxiv.org/abs/2611… é!"
    assert runs(text, [link(text, "arxiv.org/abs/2611…", PAPER)]) == (
        Run("🧪 Grüße: "),
        Run("arxiv.org/abs/2611…", PAPER),
        Run(" é!"),
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [(1, 4), (0, 2), (0, 99), (4, 4), (5, 4), (-1, 4), (True, 4), ("0", 4.0), (None, None), (0, 10**30)],
    ids=["begins inside", "ends inside", "beyond", "empty", "reversed", "negative", "boolean", "float", "none", "huge"],
)
def test_a_facet_that_bounds_no_characters_is_no_link_but_counts(start: object, end: object) -> None:
    text = "🧪 is ours"  # the first character has four bytes
    assert runs(text, [facet(start, end)]) == (Run(text),)
    assert papers(text=text, facets=[facet(start, end)]) == ("2611.90001",)


def test_of_overlapping_facets_the_first_is_a_link() -> None:
    found = runs("one two three", [facet(4, 13, "https://b.example/"), facet(0, 7, "https://a.example/")])
    assert found == (Run("one two", "https://a.example/"), Run(" three"))


def test_a_facet_may_split_a_letter_from_its_combining_mark() -> None:
    assert runs("e\u0301!", [facet(0, 1)]) == (Run("e", PAPER), Run("\u0301!"))


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "data:text/html,x", "https://a b", "https://a\nb", "", None, 7, ["https://x"]]
)
def test_an_address_that_is_not_http_is_no_link(uri: object) -> None:
    assert runs("one two", [facet(0, 3, uri)]) == (Run("one two"),)


def test_a_mention_leads_to_the_account_and_a_tag_nowhere() -> None:
    def features(**feature: str) -> list[dict[str, str]]:
        return [{("$type" if name == "kind" else name): value for name, value in feature.items()}]

    mention = {"index": {"byteStart": 0, "byteEnd": 4}}
    mention |= {"features": features(kind="app.bsky.richtext.facet#mention", did="did:plc:abc")}  # type: ignore[dict-item]
    tag = {"index": {"byteStart": 5, "byteEnd": 8}, "features": features(kind="app.bsky.richtext.facet#tag", tag="ml")}
    assert runs("@lab #ml", [mention, tag]) == (Run("@lab", "https://bsky.app/profile/did:plc:abc"), Run(" #ml"))


def test_halves_of_surrogate_pairs_and_nul_are_left_out() -> None:
    assert runs("a\ud800\x00b c", [facet(6, 7)]) == (Run("ab"), Run(" ", PAPER), Run("c"))


@pytest.mark.parametrize(
    "facets", [None, {}, "x", [None], [[]], [{"index": []}], [{"features": {}}], [{"index": {}, "features": [3]}]]
)
def test_facets_of_any_shape_do_no_harm(facets: object) -> None:
    assert runs("text", facets) == (Run("text"),)
    assert links({"facets": facets, "embed": facets}) == []


def test_a_post_was_made_when_it_says_but_not_after_it_was_seen() -> None:
    late = read_record(URI, record(createdAt="2031-01-01T00:00:00Z"), indexed_at=SEEN)
    early = read_record(URI, record(createdAt="2026-11-20T10:00:00+02:00"), indexed_at=SEEN)
    broken = read_record(URI, record(createdAt="yesterday"), indexed_at=SEEN)
    assert [post and post.posted_at for post in (late, early, broken)] == [SEEN, datetime(2026, 11, 20, 8, tzinfo=UTC), SEEN]


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-11-20t09:15:00z", SEEN - timedelta(seconds=1)),
        ("2026-11-20T09:15:00.123456789Z", SEEN - timedelta(seconds=1) + timedelta(microseconds=123456)),
        ("0001-01-01T00:00:00+10:00", SEEN),
        ("9999-12-31T23:59:59-10:00", SEEN),
        ("1970-01-01T00:00:00Z", SEEN),
        ("2026-11-20T09:15:00", SEEN),
        ("2026-11-20T24:00:00Z", SEEN),
    ],
)
def test_moments_of_odd_clocks_stop_nobody(told: str, moment: datetime) -> None:
    post = read_record(URI, record(createdAt=told), indexed_at=SEEN)
    assert post
    assert post.posted_at == moment


@pytest.mark.parametrize("value", [{}, {"text": None}, {"text": ["x"]}, {"$type": "app.bsky.feed.like", "text": "x"}, None, "x"])
def test_a_record_that_is_no_post_is_left_out(value: object) -> None:
    assert read_record(URI, value, indexed_at=SEEN) is None


def test_a_language_is_told_only_where_there_is_one() -> None:
    told = [read_record(URI, record(langs=langs), indexed_at=SEEN) for langs in (["ja"], ["en", "de"], ["x' y"], "en", None)]
    assert [post and post.language for post in told] == ["ja", "und", "und", "und", "und"]


@pytest.mark.parametrize(
    ("langs", "told"),
    [
        (["zh-Hant-TW"], "zh-Hant"),
        (["pt-BR"], "pt-BR"),
        (["english"], "und"),
        ("en", "und"),
        ([None], "und"),
        (["en", "de"], "und"),
    ],
)
def test_a_language_is_kept_as_far_as_its_second_part(langs: object, told: str) -> None:
    post = read_record(URI, record(langs=langs), indexed_at=SEEN)
    assert post
    assert post.language == told


def test_the_moment_within_a_key() -> None:
    # 2023-06-22T00:00:00Z in microseconds, shifted by the ten bits of a clock's name.
    number, key = 1_687_392_000_000_000 << 10, ""
    for _ in range(13):
        number, digit = divmod(number, 32)
        key = "234567abcdefghijklmnopqrstuvwxyz"[digit] + key
    made = key_moment(f"at://did:plc:abc/app.bsky.feed.post/{key}")
    assert made == datetime(2023, 6, 22, tzinfo=UTC)
    assert key_moment(URI) is None
    assert key_moment("at://did:plc:abc/app.bsky.feed.post/zzzzzzzzzzzzz") is None


def test_addresses_are_of_posts_by_did_and_short_enough_to_keep() -> None:
    assert is_uri(URI)
    assert is_uri("at://did:web:example.test/app.bsky.feed.post/self")
    for other in (
        "at://lab.example.test/app.bsky.feed.post/3k",
        "at://did:plc:abc/app.bsky.feed.like/3k",
        "at://did:plc:abc/app.bsky.feed.post/3k/x",
        f"at://did:plc:{'a' * 230}/app.bsky.feed.post/3k",
        "https://bsky.app/",
        "at://did:plc:a/app.bsky.feed.post/.",
        "at://did:plc:a/app.bsky.feed.post/..",
        "at://did:plc:a:/app.bsky.feed.post/3k",
        "",
    ):
        assert not is_uri(other), other


@pytest.mark.parametrize(
    "change",
    [{"uri": 3}, {"author": {}}, {"author": {"did": "did:plc:other"}}, {"record": None}, {"uri": "at://x"}],
)
def test_a_view_that_contradicts_itself_is_left_out(change: dict[str, Any]) -> None:
    post = BlueskyPost("did:plc:abc", "3k", SEEN - timedelta(hours=1))
    assert read_view(post.view()) is not None
    assert read_view(post.view() | change) is None


@pytest.mark.parametrize("count", [None, -1, 2**31, True, 1.5, "many", [1]])
def test_a_count_that_is_none_is_left_out(count: object) -> None:
    post = BlueskyPost("did:plc:abc", "3k", SEEN, counts={"likes": count, "reposts": 4, "quotes": "7"})
    read = read_view(post.view())
    assert read and read.counts == {"reposts": 4, "quotes": 7}
