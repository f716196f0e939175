"""What a post says about other networks than X, which the old site did not know: counts and posts, one line each.

docs/post-format.md has the grammar. What is read is written again and compared with the line, so that there is only one way to
write a thing. Pure; the time is proportional to the length of the line.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from digests.markdown.post import LONGEST_NAME, PostTweet
from papers.networks.registry import KINDS, OLD_NETWORK, Kinds
from papers.text.embed import ATTRIBUTE, MONTHS, OPEN_BODY_HTML, TEXT, escape, read_date, unescape, write_date

LONGEST_HANDLE = 255
COUNTS = re.compile(r"- ([a-z]{1,16}): ([a-z]{1,32} [0-9]{1,16}(?:, [a-z]{1,32} [0-9]{1,16}){0,15}) \([0-9/]{10} [0-9:]{8}\)")
MOMENT = "(MM/DD/YYYY HH:MM:SS)"
START = re.compile(r'<blockquote class="([^"]*)-post"')
POST = re.compile(
    rf"""
        <blockquote\ class="(?P<network>[a-z]{{1,16}})-post"
        \ data-id="(?P<id>{ATTRIBUTE})"\ data-handle="(?P<handle>{ATTRIBUTE})">
        <p\ lang="(?P<lang>(?=[^"]{{2,16}}")[A-Za-z]{{2,3}}(?:-[A-Za-z0-9]{{2,8}}){{0,2}})"\ dir="(?P<dir>ltr|rtl)">
        (?P<body>{OPEN_BODY_HTML})</p>
        &mdash;\ (?P<author>{TEXT})<a\ href="(?:{ATTRIBUTE})">
        (?P<date>(?:{"|".join(MONTHS)})\ (?:[1-9]|[12][0-9]|3[01]),\ [0-9]{{4}})</a></blockquote>
    """,
    re.VERBOSE,
)


def others() -> Kinds:
    """Return those networks, in the order in which their counts stand."""
    return {name: kind for name, kind in KINDS.items() if name != OLD_NETWORK}


def counts_expected() -> str:
    """Return what could stand in the place of a line of counts that cannot be read."""
    lines = (f"'- {name}: {', '.join(f'{one.name} N' for one in kind.counted)} {MOMENT}'" for name, kind in others().items())
    return (
        "a blank line or the counts of another network, each once, in this order, read at the same moment as the retweets: "
        + ", ".join(lines)
    )


class NoPost(ValueError):
    """A line that is no post of another network; the message says what was expected."""


def count_lines(counts: Mapping[str, Mapping[str, int]], read_at: datetime) -> Iterator[str]:
    """Return one line for each network that counted something."""
    for name, kind in others().items():
        of_network = counts.get(name, {})
        if told := [f"{count.name} {of_network[count.name]}" for count in kind.counted if count.name in of_network]:
            yield f"- {name}: {', '.join(told)} ({read_at:%m/%d/%Y %H:%M:%S})"


def read_counts(line: str, read_at: datetime) -> tuple[str, dict[str, int]] | None:
    """Return the network and its counts; None if the line has none, or another moment."""
    found = COUNTS.fullmatch(line)
    if not found:
        return None
    counts = {name: int(number) for name, number in (one.split(" ") for one in found[2].split(", "))}
    return (found[1], counts) if [*count_lines({found[1]: counts}, read_at)] == [line] else None


def is_in_order(names: list[str]) -> bool:
    """Say whether the networks stand in the order of the registry, each once."""
    return [name for name in others() if name in names] == names


def is_post(line: str) -> bool:
    """Say whether the line begins like a post of some network, even one that we do not know."""
    return START.match(line) is not None


def write_post(post: PostTweet) -> str:
    """Return a blockquote in one line. It needs no script; it repeats the id and the handle, so that both can be read back."""
    handle, page = escape(post.handle), escape(others()[post.network].page(post.status_id, post.handle))
    return (
        f'<blockquote class="{post.network}-post" data-id="{escape(post.status_id)}" data-handle="{handle}">'
        f'<p lang="{post.language}" dir="{post.direction}">{post.body}</p>&mdash; {post.name}{f" (@{handle})" if handle else ""} '
        f'<a href="{page}">{write_date(post.day)}</a></blockquote>'
    )


def read_post(line: str) -> PostTweet:
    """Return the post in the line. Raises NoPost."""
    start = START.match(line)
    if not start or start[1] not in others():
        raise NoPost(f"'<blockquote class=\"NETWORK-post\" …', NETWORK one of {', '.join(others())}")
    found = POST.fullmatch(line)
    if not found:
        raise NoPost(
            f'\'<blockquote class="{start[1]}-post" data-id="ID" data-handle="handle"><p lang="…" dir="…">…</p>&mdash; name '
            '(@handle) <a href="page of the post">Month D, YYYY</a></blockquote>\' with nothing but text, entities, <br> and '
            "<a href> inside"
        )
    kind, id, handle = others()[found["network"]], unescape(found["id"]), unescape(found["handle"])
    if not kind.is_id(id):
        raise NoPost(f"in data-id the id of a post on {kind.title}")
    name = found["author"].removesuffix(" ").removesuffix(f" (@{found['handle']})" if handle else "")
    if len(handle) > LONGEST_HANDLE or len(unescape(name)) > LONGEST_NAME:
        raise NoPost(f"a name of at most {LONGEST_NAME} characters and a handle of at most {LONGEST_HANDLE}")
    try:
        day = read_date(found["date"])
    except ValueError as error:
        raise NoPost("a date that exists") from error
    post = PostTweet(id, found["lang"], found["dir"], found["body"], name, handle, day, found["network"])
    if (written := write_post(post)) != line:
        raise NoPost(f"{written!r}")
    return post
