"""A post as plain data for the front matter of a generator's file, both ways: what was written is read back the same.

The data comes from strangers when it is read: nothing is trusted, and a file is refused unless it is exactly what we would
write.
"""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from digests.markdown.format import parse, render
from digests.markdown.post import Post, PostError, PostPaper, PostTweet

KEY = "hot_papers"
"""The key in the front matter."""
LINE = re.compile(rf"^{KEY}: (\{{.*\}})$", re.MULTILINE)
FORMAT = 1


def written(post: Post) -> dict[str, Any]:
    """Return the whole post as JSON."""
    return {
        "format": FORMAT,
        "day": str(post.day),
        "written_at": _moment(post.written_at),
        "intro": post.intro,
        "papers": [
            paper._asdict()
            | {
                "authors": list(paper.authors),
                "categories": list(paper.categories),
                "read_at": _moment(paper.read_at),
                "counts": {name: dict(told) for name, told in paper.counts.items()},
                "tweets": [tweet._asdict() | {"day": str(tweet.day)} for tweet in paper.tweets],
            }
            for paper in post.papers
        ],
    }


def is_carrier(text: str) -> bool:
    """Say whether the file has a post in its front matter."""
    return text.startswith("---\n") and f"\n{KEY}:" in text.partition("\n---\n")[0]


def read(text: str) -> Post:
    """Return the post in the front matter. Raises PostError."""
    head = text.partition("\n---\n")[0]
    found = LINE.search(head)
    if not found:
        raise PostError(1, f"all data in one line '{KEY}: {{…}}' above the second '---'", "another form")
    line = head.count("\n", 0, found.start()) + 1
    try:
        data = json.loads(found[1])
        post = _post(data)
        again = written(post)
        plain = post._replace(intro="", papers=tuple(paper._replace(note="") for paper in post.papers))
        printed = render(plain)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PostError(line, "the data of a post as `manage.py mirror` writes it", str(error)[:120]) from error
    if again != data:
        raise PostError(line, "the data of a post as `manage.py mirror` writes it", "something more or something else")
    try:
        as_printed = parse(printed)  # the grammar of posts, which knows what may be stored
    except PostError as error:
        raise PostError(line, f"data of which a post can be made ({error.expected})", error.found) from error
    if as_printed != plain:
        raise PostError(line, "data of which a post can be made", "a line break or a value that no post can hold")
    return post


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _read_moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _post(data: dict[str, Any]) -> Post:
    papers = tuple(_paper(one) for one in data["papers"])
    return Post(date.fromisoformat(data["day"]), _read_moment(data["written_at"]), papers, intro=_text(data["intro"]))


def _paper(data: dict[str, Any]) -> PostPaper:
    values = data | {
        "authors": tuple(map(_text, data["authors"])),
        "categories": tuple(map(_text, data["categories"])),
        "read_at": _read_moment(data["read_at"]),
        "tweets": tuple(PostTweet(**one | {"day": date.fromisoformat(one["day"])}) for one in data["tweets"]),
        "note": _text(data["note"]),
    }
    return PostPaper(**values)


def _text(value: Any) -> str:
    if not isinstance(value, str) or any(ord(letter) < 32 and letter not in "\t\n" for letter in value):
        raise ValueError("a text with control characters, or none")
    return value
