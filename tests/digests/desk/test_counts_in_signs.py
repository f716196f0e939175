"""The counts beside a paper: one sign, one meaning."""

from digests.templatetags.desk import GLYPHS, told_in
from papers.networks.registry import KINDS


def test_each_count_has_a_sign_of_its_own_and_its_words() -> None:
    told = {name: told_in({count.name: 1 for count in kind.counted}, name) for name, kind in KINDS.items()}

    assert {name: [(one.glyph, one.words) for one in counts] for name, counts in told.items()} == {
        "x": [("repost", "repost"), ("heart", "like")],
        "bluesky": [("heart", "like"), ("repost", "repost"), ("quote", "quote"), ("reply", "reply")],
        "hackernews": [("up", "point"), ("reply", "comment")],
        "huggingface": [("vote", "upvote"), ("reply", "comment")],
    }
    assert [told_in({"replies": 1200}, "bluesky"), told_in({"points": 3}, "hackernews")] == [
        [("reply", "1,200", "replies")],
        [("up", "3", "points")],
    ]


def test_only_answers_to_a_post_share_a_sign() -> None:
    """Replies and comments are the same under two names."""
    assert sorted(GLYPHS.values()) == ["heart", "quote", "reply", "reply", "repost", "up", "vote"]
