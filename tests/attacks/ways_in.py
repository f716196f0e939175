"""How a stranger's text comes to a function that reads it: the answers, files and forms around it."""

import html
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from django.http import QueryDict

from digests.editing import comparing
from digests.markdown import files, other_networks
from digests.markdown import format as post_format
from digests.reader.lists.selections import Selection
from papers.models import Paper
from papers.networks.x import oembed
from papers.search import terms
from papers.sources import http
from papers.sources.arxiv import pages

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)


def a_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def a_xml(text: str) -> str:
    """Escaped, and without what no XML holds, so that the text arrives."""
    return html.escape("".join(c if c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe" else " " for c in text))


def a_answer(body: str | bytes, status: int = 200, **headers: str) -> http.Answer:
    return http.Answer("https://a.example/b", status, httpx.Headers(headers), body if isinstance(body, bytes) else a_bytes(body))


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><opensearch:totalResults>{total}</opensearch:totalResults><entry>'
    "<id>http://arxiv.org/abs/{id}</id><title>{title}</title><summary>{summary}</summary><published>{moment}</published>"
    '<updated>2026-11-20T18:00:00Z</updated><author><name>{name}</name></author><category term="{term}"/>'
    '<arxiv:primary_category term="cs.LG"/><arxiv:comment>{comment}</arxiv:comment></entry></feed>'
)
USUAL = {
    "total": "1", "id": "2611.00001v1", "title": "A", "summary": "A", "name": "A", "term": "cs.LG", "comment": "A",
    "moment": "2026-11-20T18:00:00Z",
}  # fmt: skip


def a_atom(field: str) -> Callable[[str], object]:
    return lambda text: pages.read_api(a_answer(ATOM.format(**{**USUAL, field: a_xml(text)})))


def a_rss(
    guid: str = "oai:arXiv.org:2611.00001v1", day: str = "Fri, 20 Nov 2026 00:00:00 -0500", kind: str = "new"
) -> http.Answer:
    return a_answer(
        f'<rss xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><title>cs</title><item><guid>{a_xml(guid)}</guid>'
        f"<pubDate>{a_xml(day)}</pubDate><arxiv:announce_type>{a_xml(kind)}</arxiv:announce_type></item></channel></rss>"
    )


def a_listing(text: str) -> http.Answer:
    return a_answer(f"<h3>Showing new listings for Friday, 20 November 2026</h3><h3>New (showing 1 of 1 entries)</h3>{text}")


def a_post(
    *, title: str = "A", authors: tuple[str, ...] = ("A",), categories: tuple[str, ...] = ("cs.LG",), abstract: str = "A",
    body: str = "A", name: str = "A",
) -> str:  # fmt: skip
    tweet = post_format.PostTweet("1392360000000000001", "en", "ltr", body, name, "lab", DAY)
    paper = post_format.PostPaper("2611.00001", title, authors, categories, abstract, 1, 1, NOW, (tweet,))
    return post_format.render(post_format.Post(DAY, NOW, (paper,)))


def a_other_post(*, id: str = "7", handle: str = "A", language: str = "en", body: str = "A", author: str = "A") -> str:
    return (
        f'<blockquote class="hackernews-post" data-id="{id}" data-handle="{handle}"><p lang="{language}" dir="ltr">{body}</p>&mdash; '
        f'{author} ({handle}) <a href="https://news.ycombinator.com/item?id={id}">November 20, 2026</a></blockquote>'
    )


def a_other(part: str) -> Callable[[str], object]:
    return lambda text: other_networks.read_post(a_other_post(**{part: text}))


def a_read_file(text: str) -> object:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "post.md")
        file.write_bytes(a_bytes(text))
        return files.read_post(file)


def a_paper(text: str = "A", *, title: str = "A", name: str = "A") -> Paper:
    return Paper(arxiv_id="2611.00001", title=title, abstract=text, authors=[name], comment=text, listing_date=DAY)


def a_share(text: str, *, of: int) -> list[str]:
    """The text in so many parts, for what takes several at once."""
    size = len(text) // of + 1
    return [text[part * size : (part + 1) * size] for part in range(of)]


def a_indexed(id: str, title: str, abstract: str, name: str, category: str, comment: str, post: str) -> object:
    return terms.index_terms(id, title, abstract, [name], DAY, [category], comment=comment, posts=[post])


def a_listed(title: str, note: str) -> comparing.Contents:
    return comparing.Contents(note, (comparing.ComparedEntry("2611.00001", title, note),))


def a_compare(text: str) -> object:
    other = text[1:] + text[:1]
    return comparing.difference(a_listed(text, other), a_listed(other, text[::-1])).said


def a_tweet(text: str) -> dict[str, object]:
    counts = {"retweet_count": 1, "like_count": 1, "reply_count": 1, "quote_count": 1}
    urls = [{"expanded_url": text, "unwound_url": f"https://arxiv.org/abs/{text}"}]
    return {"id": "1392360000000000001", "author_id": "7", "text": text, "lang": text, "username": text, "created_at": text,
            "conversation_id": text, "edit_history_tweet_ids": [text], "public_metrics": counts, "entities": {"urls": urls}}  # fmt: skip


def a_oembed(markup: str) -> object:
    body = json.dumps({"type": "rich", "html": markup})
    return oembed._read(a_answer(body), "1392360000000000001")


def a_blockquote(body: str = "A", name: str = "A") -> str:
    return a_post(body=body, name=name).split("\n")[-7]


def a_query(name: str) -> Callable[[str], object]:
    """The text as one value of an address, decoded: Django reads the address itself, and the server bounds it."""
    return lambda text: Selection.parse(QueryDict.fromkeys([name], text))


def a_body(name: str) -> Callable[[str], dict[str, Any]]:
    return lambda text: {name: text}
