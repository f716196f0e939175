"""What a page tells search engines and sites that show its link: description, canonical address, Open Graph, and schema.org
data as JSON-LD."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from digests.models import Digest, Entry
from digests.reader.citations import MOST_AUTHORS, citation_tags
from digests.reader.lists.listing import ListPage
from digests.templatetags.reading import absolute, day_text
from digests.templatetags.reading import names as short_names
from papers.models import Paper
from papers.rendered.stored import Texts

ESCAPED = "<>&\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Metadata:
    """A page's context `meta`, for the partial `_meta.html`."""

    title: str
    """Plain text."""
    description: str
    path: str
    """The page's canonical path, with its query if that makes a different page."""
    type: str = "website"
    """Open Graph's: `website` or `article`."""
    data: dict[str, Any] | None = None
    """A schema.org object."""
    citation: Sequence[tuple[str, str]] = ()
    """For a paper: its tags for reference managers."""
    picture: tuple[str, str] = ("", "")
    """The path of the page's own picture for shared links, and its description; empty for the site's picture."""
    part: str = ""
    """Which part of something longer the page is. It ends the title and the description, so that no two pages have the same."""

    @property
    def canonical(self) -> str:
        return absolute(self.path)

    @property
    def json_ld(self) -> SafeString:
        """Return `data` as a block of JSON-LD. Browsers run nothing in it, whatever the Content-Security-Policy allows for
        scripts."""
        text = json.dumps(self.data, ensure_ascii=False)
        for character in ESCAPED:  # in a tenth of the time of str.translate
            text = text.replace(character, f"\\u{ord(character):04x}")
        return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 (has no <, > or &)


def metadata_of_paper(paper: Paper, categories: list[str], texts: Texts) -> Metadata:
    title = texts.line_text(paper.title)
    abstract = texts.abstract_text(paper.abstract)
    data = {
        "@context": "https://schema.org",
        **_article(paper, paper, texts),
        "abstract": abstract,
        "keywords": categories,
    }
    names = texts.names(paper.authors)
    picture = (reverse("paper-picture", args=[paper.arxiv_id]), f"{title}{f', by {short_names(names, 2)}' if names else ''}")
    return Metadata(
        title, abstract or title, paper.get_absolute_url(), "article", data, citation_tags(paper, categories, texts), picture
    )


def metadata_of_digest(digest: Digest, entries: Sequence[Entry], texts: Texts) -> Metadata:
    """Return the metadata of a published digest with these entries."""
    titles = "; ".join(texts.line_text(entry.title) for entry in entries[:3])
    description = f"The arXiv papers people talked about on {digest.date.day} {digest.date:%B %Y}"
    return Metadata(
        str(digest),
        f"{description}: {titles}" if titles else description,
        digest.get_absolute_url(),
        "article",
        _collection(str(digest), digest.get_absolute_url(), entries, texts)
        | ({"datePublished": digest.published_at.isoformat()} if digest.published_at else {}),
        picture=(reverse("digest-picture", args=[digest.date]), f"{digest}: {titles}" if titles else str(digest)),
    )


def metadata_of_list(page: ListPage, texts: Texts, title: str = "", path: str = "") -> Metadata:
    """Describe a page of a selection; one with a title of its own has an address of its own, too."""
    title, path = title or page.selection.title, path or page.selection.address(after=page.after)
    description = f"{title}: arXiv papers people are talking about, with each day’s counts."
    data = _collection(title, path, page.entries, texts)
    return Metadata(title, description, path, data=data, part=part_after(page.after))


OF_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]+)")
OF_SCORE = re.compile(r"(?:network|post)\.([0-9]{1,10})\.([0-9]+)")


def part_after(place: str) -> str:
    """Return words for the page that begins after this place, different for each place; empty for the first page."""
    if found := OF_SCORE.fullmatch(place):
        return f"after score {int(found[1]):,}, {found[2]}"
    if found := OF_DAY.fullmatch(place):
        try:
            return f"after {day_text(date.fromisoformat(found[1]))}, no. {found[2]}"
        except ValueError:
            pass
    return f"after {place}" if place else ""


def _collection(name: str, path: str, entries: Iterable[Entry], texts: Texts) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": number, "item": _article(entry.paper, entry, texts)}
        for number, entry in enumerate(entries, 1)
    ]
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": name,
        "url": absolute(path),
        "mainEntity": {"@type": "ItemList", "itemListElement": items},
    }


def _article(paper: Paper, as_printed: Paper | Entry, texts: Texts) -> dict[str, Any]:
    """Return an article; a day may print another title or other authors than the paper's record has."""
    return {
        "@type": "ScholarlyArticle",
        "headline": texts.line_text(as_printed.title),
        "author": [{"@type": "Person", "name": name} for name in texts.names(as_printed.authors)[:MOST_AUTHORS]],
        "url": absolute(paper.get_absolute_url()),
        "sameAs": paper.abs_url,
        "identifier": f"arXiv:{paper.arxiv_id}",
        "datePublished": str(paper.submitted_at.date() if paper.submitted_at else paper.listing_date),
    }
