"""The texts of readers' pages, as they were rendered: asked for by what a page shows, with one query."""

from collections.abc import Iterable, Iterator

from digests.models import Digest, Entry, PublicEvent
from papers.models import Paper
from papers.rendered.kinds import Kind, Text, names_source
from papers.rendered.stored import Texts


def texts_of_entries(entries: Iterable[Entry], *others: Text) -> Texts:
    """Titles and authors as their days print them, and other texts."""
    return Texts([*_lines(entries), *others])


def texts_of_list(entries: Iterable[Entry], *others: Text) -> Texts:
    """Titles, authors, abstracts, leads and notes, and other texts."""
    entries = list(entries)
    abstracts = ((kind, entry.abstract) for entry in entries for kind in (Kind.ABSTRACT, Kind.LEAD))
    return Texts([*_lines(entries), *abstracts, *((Kind.NOTE, entry.note) for entry in entries), *others])


def texts_of_days(digests: Iterable[Digest]) -> Texts:
    """All that feeds print of the digests and of their entries."""
    digests = list(digests)
    entries = [entry for digest in digests for entry in digest.entries.all()]
    return texts_of_list(entries, *((Kind.NOTE, digest.intro) for digest in digests))


def texts_of_digest(digest: Digest, entries: Iterable[Entry], events: Iterable[PublicEvent]) -> Texts:
    """All that a digest's page prints."""
    notes = [digest.intro, *(event.note for event in events)]
    return texts_of_list(entries, *((Kind.NOTE, note) for note in notes))


def texts_of_events(events: Iterable[PublicEvent]) -> Texts:
    return Texts((Kind.NOTE, event.note) for event in events)


def texts_of_whole_papers(papers: Iterable[Paper], others: Iterable[Paper] = ()) -> Texts:
    """All that arXiv says of the papers, and titles and authors of others."""
    papers = list(papers)
    own = [
        text
        for paper in papers
        for text in ((Kind.ABSTRACT, paper.abstract), (Kind.LEAD, paper.abstract), (Kind.COMMENT, paper.comment))
    ]
    return Texts([*_of_papers([*papers, *others]), *own])


def texts_of_citations(papers: Iterable[Paper]) -> Texts:
    """Titles, authors and abstracts of papers as their records have them."""
    papers = list(papers)
    return Texts([*_of_papers(papers), *((Kind.ABSTRACT, paper.abstract) for paper in papers)])


def texts_of_papers(papers: Iterable[Paper], entries: Iterable[Entry] = ()) -> Texts:
    """Titles and authors, and those that days print."""
    return Texts([*_of_papers(papers), *_lines(entries)])


def _of_papers(papers: Iterable[Paper]) -> Iterator[Text]:
    for paper in papers:
        yield Kind.LINE, paper.title
        yield Kind.NAMES, names_source(paper.authors)


def _lines(entries: Iterable[Entry]) -> Iterator[Text]:
    for entry in entries:
        yield Kind.LINE, entry.title
        yield Kind.NAMES, names_source(entry.authors)
