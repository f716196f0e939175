"""The XML that arXiv's query API and feeds answer with, of a generated world's papers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from papers.sources.arxiv.calendar import EASTERN
from tests.standins.damage import Damage
from tests.standins.world import Kind, WorldPaper

HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"'
    ' xmlns="http://www.w3.org/2005/Atom">'
)
COUNTS = (
    "<opensearch:itemsPerPage>{}</opensearch:itemsPerPage><opensearch:totalResults>{}</opensearch:totalResults>"
    "<opensearch:startIndex>{}</opensearch:startIndex>"
)
SCHEME = 'scheme="http://arxiv.org/schemas/atom"'


def api_feed(
    papers: Sequence[WorldPaper],
    *,
    total: int,
    start: int,
    per_page: int,
    query: str,
    day: date,
    old_form: bool,
    damaged: Mapping[str, Damage] | None = None,
) -> bytes:
    """`damaged` entries are so by the papers' ids."""
    title = f"{'ArXiv' if old_form else 'arXiv'} Query: search_query=&id_list={query}&start={start}&max_results={per_page}"
    body = "".join(_damage(paper, _entry(paper, day, old_form), damaged) for paper in papers)
    counts = COUNTS.format(per_page, total, start)
    return f"{HEAD}<id>https://arxiv.org/api/SYNTHETIC</id><title>{escape(title)}</title>{counts}{body}</feed>".encode(
        errors="surrogateescape"
    )


def _damage(paper: WorldPaper, markup: str, damaged: Mapping[str, Damage] | None) -> str:
    return damaged[paper.arxiv_id](markup) if damaged and paper.arxiv_id in damaged else markup


def _entry(paper: WorldPaper, day: date, old_form: bool) -> str:
    version = paper.version_at(day)
    categories = paper.categories_at(day)
    title, where = paper.title, f"{paper.arxiv_id}v{version}"
    if old_form:
        first, _, rest = title.partition(" ")
        title, where = f"{first}\n  {rest}", paper.arxiv_id
    people = "".join(
        f"<author><name>{escape(name)}</name>"
        + (f"<arxiv:affiliation>{escape(affiliation)}</arxiv:affiliation>" if affiliation else "")
        + "</author>"
        for name, affiliation in paper.authors
    )
    comment = f"<arxiv:comment>{escape(paper.comment)}</arxiv:comment>" if paper.comment else ""
    return (
        f"<entry><id>http://arxiv.org/abs/{where}</id><title>{escape(title)}</title>"
        f"<updated>{paper.submitted[version - 1]:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f'<link href="https://arxiv.org/abs/{where}" rel="alternate" type="text/html"/>'
        f"<summary>{escape(paper.abstract)}</summary>"
        + "".join(f"<category term={quoteattr(category)} {SCHEME}/>" for category in categories)
        + f'<category term="68T05; I.2.6" {SCHEME}/>'
        + f"<published>{paper.submitted[0]:%Y-%m-%dT%H:%M:%SZ}</published>{comment}"
        + f"<arxiv:primary_category term={quoteattr(categories[0])}{' ' + SCHEME if old_form else ''}/>{people}"
        + "<arxiv:doi>10.9999/synthetic.1</arxiv:doi><arxiv:doi>10.9999/synthetic.2</arxiv:doi></entry>"
    )


def api_error(text: str) -> bytes:
    address = f"https://arxiv.org/api/errors#{text.replace(' ', '_')}"
    return (
        f"{HEAD}<id>https://arxiv.org/</id><title>arXiv Search Results</title>{COUNTS.format(1, 1, 0)}"
        f"<entry><id>{escape(address)}</id><title>Error</title>"
        f"<summary>{escape(text)}</summary><author><name>arXiv api core</name></author></entry></feed>"
    ).encode()


def rss(
    name: str,
    items: Sequence[tuple[WorldPaper, Kind]],
    day: date,
    built: datetime,
    damaged: Mapping[str, Damage] | None = None,
) -> bytes:
    stamp = format_datetime(datetime.combine(day, time(), EASTERN))
    body = "".join(_damage(paper, _item(paper, kind, day, stamp), damaged) for paper, kind in items)
    return _channel(
        f"<title>{escape(name)} updates on arXiv.org</title><link>http://rss.arxiv.org/rss/{escape(name)}</link>"
        f"<lastBuildDate>{format_datetime(built)}</lastBuildDate><pubDate>{stamp}</pubDate>"
        f"<skipDays><day>Saturday</day><day>Sunday</day></skipDays>{body}"
    )


def rss_error(name: str, message: str) -> bytes:
    stamp = "Fri, 16 Oct 2026 00:00:00 -0400"
    return _channel(
        f"<title>Feed error for query: {escape(name)}</title><description>{escape(message)}</description>"
        f"<pubDate>{stamp}</pubDate>"
    )


def _channel(body: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        f"<channel>{body}</channel></rss>"
    ).encode()


def _item(paper: WorldPaper, kind: Kind, day: date, stamp: str) -> str:
    where = f"{paper.arxiv_id}v{paper.version_at(day)}"
    creators = ", ".join(f"{name} ({affiliation})" if affiliation else name for name, affiliation in paper.authors)
    return (
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.arxiv_id}</link>"
        f"<description>arXiv:{where} Announce Type: {kind} \nAbstract: {escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{where}</guid>'
        + "".join(f"<category>{escape(category)}</category>" for category in paper.categories_at(day))
        + f"<pubDate>{stamp}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        + f"<dc:creator>{escape(creators)}</dc:creator></item>"
    )
