"""Posts -> files for a generator: front matter with all data, and the page as HTML that no generator interprets.

Each element of the page is one line between empty lines, which CommonMark passes on unchanged; characters with a meaning to a
generator (`{{`, `{%`, `$`, backticks …) are character references. So formulas and texts look as on the site, and nothing in
them runs.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from digests.markdown import front_matter_data
from digests.markdown.format import front_matter, render
from digests.markdown.other_networks import others
from digests.markdown.post import Post, PostPaper, PostTweet
from digests.mirror.profiles.registry import Profile
from digests.mirror.targets import Posts
from digests.models import Digest, PublicEvent
from digests.templatetags import reading
from papers.network_words import link_hosts
from papers.networks.registry import KINDS, OLD_NETWORK
from papers.rendered.bounded import Renderer
from papers.rendered.kinds import Kind, Text, names_source
from papers.rendered.stored import Texts
from papers.text.embed import unescape
from papers.text.post_body import clean_body

TEMPLATES = Path(__file__).parent / "templates"
SPECIAL = re.compile(r"[{}$`\\*_\[\]|~^]")
"""Characters that begin templates, shortcodes, Markdown, formulas or attribute lists in some generator."""
SMILEY = re.compile(r":(?=[\w+-]+:)")
TEXT_OR_TAG = re.compile(r"<[^<>]*+>|[^<]++|<")
YAML_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(profile: Profile, posts: Posts, days: Sequence[Post]) -> list[str]:
    """Return the files of these days; one query for all, and none for the old site's format."""
    if not profile.template:
        return [render(day) for day in days]
    texts = Texts(text for day in days for text in _texts(day))
    with Renderer() as renderer:
        texts.complete(renderer)
    return [_page(profile, day, texts=texts, post=day, is_embedding=posts == Posts.EMBEDS) for day in days]


def tombstone(profile: Profile, digest: Digest, event: PublicEvent | None) -> str:
    """Return the file of a withdrawn day: it says so, with the editors' words if there are any."""
    day = Post(digest.date, digest.written_at)
    if not profile.template:
        told = f"This list was withdrawn on {event.at:%Y-%m-%d}." if event else "This list was withdrawn."
        return "\n".join([*front_matter(day.day, day.written_at, draft=False), "", told, ""])
    note = event.note if event else ""
    texts = Texts([(Kind.NOTE, note)] if note else [])
    with Renderer() as renderer:
        texts.complete(renderer)
    return _page(profile, day, texts=texts, event=event, is_withdrawn=True)


def _page(profile: Profile, day: Post, **context: Any) -> str:
    known = {
        "day": day.day,
        "date": profile.date_of(day.written_at),
        "written_at": day.written_at,
        "title": f"Hot Papers {day.day}",
        "description": f"Hot papers {day.day}",
        "address": profile.address_of(day.day),
        "slug": f"hot-papers-{day.day}",
        "data": None if context.get("is_withdrawn") else front_matter_data.written(day),
        "post": None,
        "is_withdrawn": False,
        "is_embedding": False,
        "event": None,
        "networks": others(),
        "old_network": OLD_NETWORK,
    }
    return _template(profile.template).render(known | context)


def _texts(day: Post) -> list[Text]:
    wanted = [(Kind.NOTE, day.intro), *((Kind.NOTE, paper.note) for paper in day.papers)]
    for paper in day.papers:
        wanted += [
            (Kind.LINE, paper.title),
            (Kind.ABSTRACT, paper.abstract),
            (Kind.NAMES, names_source(paper.authors)),
        ]
    return wanted


@lru_cache
def _template(name: str) -> Template:
    # Autoescape is for the page; front matter goes through `yaml`.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= reading.register.filters | {
        "yaml": yaml, "inert": inert, "counts": counts, "page_of": page_of, "unescape": unescape,
        "safe_body": safe_body,
    }  # fmt: skip
    return environment.get_template(name)


def safe_body(tweet: PostTweet) -> SafeString:
    """Return the body as safe HTML."""
    return mark_safe(clean_body(tweet.body, link_hosts(tweet.network)))  # noqa: S308 (just cleaned)


def yaml(value: Any) -> SafeString:
    """Return the value as YAML on one line: JSON, except what YAML cannot print."""
    text = json.dumps(value, ensure_ascii=False)
    return mark_safe(YAML_UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # noqa: S308 - no HTML


def inert(markup: str) -> SafeString:
    """Return HTML on one line that looks the same in browsers, and in which no generator finds syntax of its own."""
    line_end = "&#10;" if "<pre" in markup else " "
    parts = TEXT_OR_TAG.findall(re.sub(r"\r\n?|\n", line_end, markup))
    return mark_safe("".join(map(_inert, parts)))  # noqa: S308 - safe before, and only letters became references


def _inert(part: str) -> str:
    if part[0] == "<" and part != "<":
        return re.sub(r"[{}$`\\]", _reference, part)
    return SMILEY.sub("&#58;", SPECIAL.sub(_reference, part))


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


def counts(paper: PostPaper) -> dict[str, dict[str, int]]:
    """Return the counts by network; X appears only if it counted something or no other network did."""
    of_x = {"retweets": paper.retweets, "favorites": paper.favorites}
    of_others = {name: dict(told) for name, told in paper.counts.items()}
    return {**({OLD_NETWORK: of_x} if any(of_x.values()) or not of_others else {}), **of_others}


def page_of(tweet: PostTweet) -> str:
    """Return the address of the post."""
    return KINDS[tweet.network].page(tweet.status_id, tweet.handle)
