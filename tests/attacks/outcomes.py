"""What came of a hostile text, in a word or two, for each way by which texts come in; `cases/` says what is right."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import lxml.html
from django.test import Client
from pybtex.database import parse_string

from digests.markdown import mojibake
from digests.markdown.files import UnreadablePost, read_post
from digests.markdown.format import PostError, parse
from digests.markdown.format import render as render_post
from digests.reader import bibtex
from digests.reader.lists.selections import Period, SelectionError
from papers.network_words import link_hosts
from papers.networks.bluesky.posts import runs as read_runs
from papers.networks.hackernews import client as hackernews
from papers.networks.paper_links import paper_ids_in
from papers.networks.post_html import body_of
from papers.networks.strict_json import items
from papers.networks.x import oembed
from papers.networks.x.answer import read_answer
from papers.networks.x.posts import read_post as read_tweet
from papers.rendered.kinds import Kind
from papers.rendered.renderer import render
from papers.search.parts import QueryError
from papers.search.query import parse as parse_query
from papers.sources.arxiv import pages
from papers.sources.http import Answer, SourceError
from papers.text import embed
from papers.text.formulas import MATHML_ELEMENTS
from papers.text.post_body import clean_body
from tests.attacks import ways_in

X_HOSTS = link_hosts("x")
SAFE_SCHEMES = ("/", "http://", "https://", "mailto:")


def shown(markup: str) -> str:
    """The elements of a piece of HTML in alphabetical order, MathML's as `math`; `-` where it is text alone."""
    found: set[str] = set()
    for element in _elements(markup):
        for name, value in element.attrib.items():
            if name.startswith("on") or name in ("style", "src", "srcdoc", "action", "formaction"):
                return f"LIVE {name}"
            if name == "href" and not str(value).lower().startswith(SAFE_SCHEMES):
                return f"LIVE {value}"
        found.add(str(element.tag))
    return " ".join(sorted({"math"} | (found - MATHML_ELEMENTS) if "math" in found else found)) or "-"


def _elements(markup: str) -> Iterator[Any]:
    if not markup.strip():
        return
    yield from lxml.html.fragment_fromstring(f"<div>{markup}</div>").iterdescendants()


def title(text: str) -> str:
    return shown(render(Kind.LINE, text).html)


def abstract(text: str) -> str:
    return shown(render(Kind.ABSTRACT, text).html)


def note(text: str) -> str:
    return shown(render(Kind.NOTE, text).html)


def body(text: str) -> str:
    """A tweet's body by the grammar, and what readers see of it even where it is none."""
    seen = shown(clean_body(text, X_HOSTS))
    if seen.startswith("LIVE") or set(seen.split()) - {"a", "br", "-"}:
        return seen
    return "accepted" if embed.BODY.fullmatch(text) else "refused"


def facet(text: str) -> str:
    """A post of Bluesky whose words (from the second line on) all are a link to the first line, as readers see it."""
    uri, _, words = text.partition("\n")
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
    index = {"byteStart": 0, "byteEnd": len(words.encode(errors="surrogatepass"))}
    runs = read_runs(words, [{"index": index, "features": [feature]}])
    return shown(clean_body(body_of(runs)))


def story(text: str) -> str:
    """A story of Hacker News with this title, at the address in its first line, as readers see it."""
    url, _, title = text.partition("\n")
    read = hackernews._hit({"objectID": "7", "created_at_i": 1, "title": title, "url": url})
    return shown(clean_body(body_of(read.runs))) if read else "left out"


def name(text: str) -> str:
    return "accepted" if embed.NAME.fullmatch(text) else "refused"


def oembed_answer(text: str) -> str:
    """The answer's bytes as X might send them."""
    try:
        return oembed._read(
            Answer("https://publish.x.com/oembed", 200, httpx.Headers(), text.encode(errors="surrogatepass")), "1"
        ).handle
    except SourceError:
        return "refused"


def x_answer(text: str) -> str:
    """How many posts of the answer's `data` can be read."""
    try:
        answer = read_answer(
            Answer("https://api.x.com/2", 200, httpx.Headers(), text.encode(errors="surrogatepass")), ways_in.NOW
        )
    except SourceError:
        return "refused"
    return str(sum(read_tweet(one) is not None for one in items(answer.get("data"))))


def post(text: str) -> str:
    """A post's text, or a line in the place of another: `title: …`, `abstract: …`, `authors: …`, `name: …`, `body: …`."""
    place, _, line = text.partition("=")
    values: dict[str, Any] = {place: (line,) if place in ("authors", "categories") else line}
    whole = ways_in.a_post(**values) if place in _PLACES else text
    try:
        read = parse(whole)
    except PostError as error:
        return f"refused in line {error.line}"
    return "accepted" if render_post(read) == whole else "CHANGED"


_PLACES = ("title", "authors", "categories", "abstract", "name", "body")


def file_name(text: str) -> str:
    """A good post of 2026-11-20 under this name, in a folder to import."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, text)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(ways_in.a_post())
            read_post(file)
        except (UnreadablePost, OSError, ValueError) as error:
            return type(error).__name__
    return "read"


def feed(text: str) -> str:
    """The ids of a feed's items; `nothing` where the feed is refused or none of it can be read."""
    return _ids(
        lambda: pages.read_feed(_answer(f'<rss xmlns:arxiv="http://arxiv.org/schemas/atom"><channel>{text}</channel></rss>'))
    )


def listing(text: str) -> str:
    return _ids(lambda: pages.read_listing(_answer(text)))


def api(text: str) -> str:
    try:
        found = pages.read_api(_answer(text))
    except SourceError:
        return "nothing"
    return "error" if isinstance(found, pages.ApiError) else " ".join(record.arxiv_id for record in found.records) or "nothing"


def _ids(read: Callable[[], pages.Sections]) -> str:
    try:
        found = read()
    except SourceError:
        return "nothing"
    return " ".join(number for ids in found.ids.values() for number in ids) or "nothing"


def _answer(text: str) -> Answer:
    return Answer("https://export.arxiv.org/api", 200, httpx.Headers(), text.encode(errors="surrogatepass"))


def link(text: str) -> str:
    return " ".join(paper_ids_in([text])) or "none"


def damaged(text: str) -> str:
    repair = mojibake.repair(text)
    return "hopeless" if repair.hopeless else "mended" if repair.repaired else "healthy"


def query(text: str) -> str:
    try:
        parse_query(text)
    except QueryError:
        return "refused"
    return "asked"


def period(text: str) -> str:
    try:
        Period.parse(text)
    except SelectionError:
        return "refused"
    return "understood"


def author(text: str) -> str:
    """How many authors a reader of BibTeX finds in the entry of a paper by this one and Ada Example."""
    return _authors(title="A", authors=[text, "Ada Example"])


def bibtex_title(text: str) -> str:
    return _authors(title=text, authors=["Ada Example"])


def _authors(**fields: Any) -> str:
    paper = ways_in.a_paper()
    paper.title, paper.authors = fields["title"], fields["authors"]
    [entry] = parse_string(bibtex.entry(paper, ["cs.LG"]), "bibtex").entries.values()
    return str(len(entry.persons["author"]))


def address(client: Client, text: str) -> str:
    """The status of a page's address; what a text in it became an element of."""
    return _status(client.get(text))


def header(client: Client, text: str) -> str:
    """`Name: value` of a request for the home page."""
    name, _, value = text.partition(": ")
    return _status(client.get("/", headers={name: value}))


def search(client: Client, text: str) -> str:
    return _status(client.get("/search", {"q": text}))


def desk(client: Client, text: str) -> str:
    """`action body` of a request to the desk of 2026-11-20."""
    action, _, sent = text.partition(" ")
    return _status(
        client.post(f"/admin/desk/2026-11-20/{action}", sent.encode(errors="surrogatepass"), content_type="application/json")
    )


def _status(response: Any) -> str:
    if b"alert(1)>" in response.content or b"<x-live" in response.content:
        return f"LIVE {response.status_code}"
    return str(response.status_code)
