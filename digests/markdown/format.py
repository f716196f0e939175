"""One day's post as Markdown: `parse` and `render` are exact inverses.

The format is the old site's; docs/post-format.md describes what was added. Pure text in, plain records out: no Django, no
files. Names, tweet bodies and tweet author names stay as the file has them (the last two are HTML).
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import NoReturn, TypeVar

from digests.markdown import other_networks
from digests.markdown.post import LONGEST_NAME, Post, PostError, PostPaper, PostTweet
from papers.networks.registry import OLD_NETWORK
from papers.text.embed import BLOCKQUOTE, read_date, unescape, write_date
from papers.text.identifiers import ARXIV_ID, CATEGORY, FIRST_YEAR, LAST_YEAR

__all__ = ["Post", "PostError", "PostPaper", "PostTweet", "file_name", "parse", "render"]
LARGEST_COUNT = 900_000_000
"""Two of them, and the most points that other networks can give, fit the integers in which databases add them."""
LONGEST_CODE = 32
"""The longest arXiv id or category, in characters, that their columns hold; real ones have at most 20."""
Day = TypeVar("Day", bound=date)
"""A day or a moment."""


def file_name(day: date) -> str:
    """Return the name of the day's file in the archive and in the mirror."""
    return f"{day}---Hot-Papers.md"


SCRIPT = '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>'
"""The second line of every tweet."""
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f]")
TITLE_LINE = re.compile(r"title: Hot Papers ([0-9]{4}-[0-9]{2}-[0-9]{2})")
DATE_LINE = re.compile(r"date: ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\.Z")
HEADING = re.compile(r"# ([1-9][0-9]{0,8})\. (.+)")
COUNTS = re.compile(
    r"- retweets: (0|[1-9][0-9]{0,18}), favorites: (0|[1-9][0-9]{0,18})"
    r" \(([0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2})\)"
)
LINKS = re.compile(
    rf"- links: \[abs\]\(https://arxiv\.org/abs/(?=[^)]{{1,{LONGEST_CODE}}}\))({ARXIV_ID})\) \| \[pdf\]\(https://arxiv\.org/pdf/\1\)"
)
CATEGORY_LINK = re.compile(rf"\[(?=[^\]]{{1,{LONGEST_CODE}}}\])({CATEGORY})\]\(https://arxiv\.org/list/\1/recent\)")


def front_matter(day: date, written_at: datetime, draft: bool) -> list[str]:
    """Return the lines above the first paper."""
    return [
        "---",
        f"title: Hot Papers {day}",
        f"date: {written_at:%Y-%m-%dT%H:%M:%S}.Z",
        'template: "post"',
        f"draft: {'true' if draft else 'false'}",
        f'slug: "hot-papers-{day}"',
        'category: "arXiv"',
        "tags:",
        '  - "arXiv"',
        '  - "Twitter"',
        '  - "Machine Learning"',
        '  - "Computer Science"',
        f'description: "Hot papers {day}"',
        'socialImage: "/media/flying-marine.jpg"',
        "",
        "---",
    ]


def render(post: Post) -> str:
    r"""Return the post's Markdown, with `\n` at the ends of lines."""
    papers = (_paper(number, paper) for number, paper in enumerate(post.papers, 1))
    return "\n".join([*front_matter(post.day, post.written_at, post.draft), *papers, ""])


def _paper(number: int, paper: PostPaper) -> str:
    categories = " | ".join([f"[{code}](https://arxiv.org/list/{code}/recent)" for code in paper.categories])
    others = "".join([f"{line}\n" for line in other_networks.count_lines(paper.counts, paper.read_at)]) if paper.counts else ""
    tweets = "".join([f"{_tweet(tweet)}\n\n" for tweet in paper.tweets])
    return (
        f"\n# {number}. {paper.title}\n"
        f"\n{', '.join(paper.authors)}\n"
        f"\n- retweets: {paper.retweets}, favorites: {paper.favorites} ({paper.read_at:%m/%d/%Y %H:%M:%S})\n"
        f"\n- links: [abs](https://arxiv.org/abs/{paper.arxiv_id}) | [pdf](https://arxiv.org/pdf/{paper.arxiv_id})"
        f"\n- {categories}\n"
        f"{others}"
        f"\n{paper.abstract}\n"
        f"\n{tweets}\n"
    )


def _tweet(tweet: PostTweet) -> str:
    if tweet.network != OLD_NETWORK:
        return other_networks.write_post(tweet)
    return (
        f'<blockquote class="twitter-tweet"><p lang="{tweet.language}" dir="{tweet.direction}">{tweet.body}</p>'
        f'&mdash; {tweet.name} (@{tweet.handle}) <a href="https://twitter.com/{tweet.handle}/status/{tweet.status_id}'
        f'?ref_src=twsrc%5Etfw">{write_date(tweet.day)}</a></blockquote>\n{SCRIPT}'
    )


def parse(text: str) -> Post:
    """Return the records of a post's text. One deviation is accepted: a second empty line below the front matter.

    Raises PostError at the first line that does not fit the format.
    """
    return _Parser(text).post()


class _Parser:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.at = 0  # index of the line that is read next
        if text.startswith("\ufeff"):
            self.fail("text in UTF-8 without a byte order mark", "a byte order mark")
        if stray := FORBIDDEN.search(text):
            self.at = text.count("\n", 0, stray.start())
            found = r"\r (Windows line ends?)" if stray[0] == "\r" else repr(stray[0])
            self.fail("text in UTF-8 without control characters, lines ended by \\n", found)
        if self.lines.pop() != "":
            self.at = len(self.lines)
            self.fail("a line end after the last line", "the end of the file")

    def fail(self, expected: str, found: str | None = None) -> NoReturn:
        if found is None:
            line = self.lines[self.at] if self.at < len(self.lines) else None
            found = "the end of the file" if line is None else "a blank line" if line == "" else repr(line[:120])
        raise PostError(self.at + 1, expected, found)

    def line(self, expected: str) -> str:
        """Return the next line, whatever it holds, and move past it."""
        if self.at >= len(self.lines):
            self.fail(expected)
        self.at += 1
        return self.lines[self.at - 1]

    def literal(self, expected: str) -> None:
        if self.at >= len(self.lines) or self.lines[self.at] != expected:
            self.fail(f"the line {expected!r}" if expected else "a blank line")
        self.at += 1

    def matching(self, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        match = pattern.fullmatch(self.lines[self.at]) if self.at < len(self.lines) else None
        if match is None:
            self.fail(expected)
        self.at += 1
        return match

    def moment(self, value: str, form: str) -> datetime:
        try:
            moment = datetime.strptime(value, form).replace(tzinfo=UTC)
        except ValueError:
            moment = None
        return self.in_calendar(moment)

    def in_calendar(self, day: Day | None) -> Day:
        """Return the day or moment, if a list can be of its year."""
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.at -= 1
            self.fail(f"a date that exists, from {FIRST_YEAR} to {LAST_YEAR}")
        return day

    def post(self) -> Post:
        self.literal("---")
        day = self.moment(self.matching(TITLE_LINE, "the line 'title: Hot Papers YYYY-MM-DD'")[1], "%Y-%m-%d").date()
        expected = "the line 'date: YYYY-MM-DDTHH:MM:SS.Z'"
        written_at = self.moment(self.matching(DATE_LINE, expected)[1], "%Y-%m-%dT%H:%M:%S")
        draft = self.lines[4:5] == ["draft: true"]
        for wanted in front_matter(day, written_at, draft)[3:]:
            self.literal(wanted)
        if self.lines[self.at : self.at + 2] == ["", ""] or self.lines[self.at :] == [""]:
            self.at += 1
        papers: list[PostPaper] = []
        seen: set[str] = set()
        while self.at < len(self.lines):
            paper = self.paper(len(papers) + 1, seen)
            papers.append(paper)
        return Post(day, written_at, tuple(papers), draft)

    def paper(self, number: int, seen: set[str]) -> PostPaper:
        self.literal("")
        expected = f"a heading '# {number}. title'"
        heading = self.matching(HEADING, expected)
        if int(heading[1]) != number:
            self.at -= 1
            self.fail(expected)
        self.literal("")
        authors = self.line("the authors")
        self.literal("")
        counts = self.matching(COUNTS, "'- retweets: N, favorites: N (MM/DD/YYYY HH:MM:SS)'")
        if max(int(counts[1]), int(counts[2])) > LARGEST_COUNT:
            self.at -= 1
            self.fail(f"counts up to {LARGEST_COUNT}")
        read_at = self.moment(counts[3], "%m/%d/%Y %H:%M:%S")
        self.literal("")
        arxiv_id = self.matching(LINKS, "'- links: [abs](https://arxiv.org/abs/ID) | [pdf](https://arxiv.org/pdf/ID)'")[1]
        if arxiv_id in seen:
            self.at -= 1
            self.fail("each paper once a day")
        seen.add(arxiv_id)
        categories = self.categories()
        other_counts = dict(self.other_counts(read_at))
        self.literal("")
        abstract = self.line("the abstract (one line, perhaps empty)")
        self.literal("")
        tweets = tuple(self.tweets())
        self.literal("")
        self.literal("")
        return PostPaper(
            arxiv_id, heading[2], tuple(authors.split(", ")) if authors else (), categories, abstract,
            int(counts[1]), int(counts[2]), read_at, tweets, other_counts,
        )  # fmt: skip

    def categories(self) -> tuple[str, ...]:
        expected = "'- [cs.LG](https://arxiv.org/list/cs.LG/recent) | …', each category once, the primary one first"
        line = self.line(expected)
        links = [CATEGORY_LINK.fullmatch(link) for link in line.removeprefix("- ").split(" | ")]
        codes = tuple(link[1] for link in links if link)
        if not line.startswith("- ") or len(codes) != len(links) or len(set(codes)) != len(codes):
            self.at -= 1
            self.fail(expected)
        return codes

    def other_counts(self, read_at: datetime) -> Iterator[tuple[str, dict[str, int]]]:
        seen: list[str] = []
        while self.at < len(self.lines) and self.lines[self.at]:
            found = other_networks.read_counts(self.lines[self.at], read_at)
            if found is None or not other_networks.is_in_order([*seen, found[0]]):
                self.fail(other_networks.counts_expected())
            seen.append(found[0])
            self.at += 1
            yield found

    def tweets(self) -> Iterator[PostTweet]:
        while self.at < len(self.lines) and self.lines[self.at]:
            yield self.other_post() if other_networks.is_post(self.lines[self.at]) else self.tweet()
            self.literal("")

    def other_post(self) -> PostTweet:
        try:
            post = other_networks.read_post(self.lines[self.at])
        except other_networks.NoPost as error:
            self.fail(str(error))
        self.at += 1
        self.in_calendar(post.day)
        return post

    def tweet(self) -> PostTweet:
        tweet = self.matching(
            BLOCKQUOTE,
            'a blank line or a tweet \'<blockquote class="twitter-tweet"><p lang="…" dir="…">…</p>&mdash; name (@handle) '
            '<a href="https://twitter.com/handle/status/ID?ref_src=twsrc%5Etfw">Month D, YYYY</a></blockquote>\' '
            "with nothing but text, entities, <br> and <a href> inside",
        )
        try:
            day = read_date(tweet["date"])
        except ValueError:
            day = None
        day = self.in_calendar(day)
        if len(unescape(tweet["name"])) > LONGEST_NAME:
            self.at -= 1
            self.fail(f"a name of at most {LONGEST_NAME} characters")
        self.literal(SCRIPT)
        return PostTweet(tweet["status_id"], tweet["lang"], tweet["dir"], tweet["body"], tweet["name"], tweet["handle"], day)
