"""The reader site as files: everything that its links and its site map lead to; a page is made again when what it shows
changed."""

import hashlib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import connection, connections

from digests.mirror import failed_pages, site_pages
from digests.mirror.days import withdrawn
from digests.mirror.made_with import PAGES, shown_settings, software
from digests.mirror.manifest import ListedFile, Manifest
from digests.mirror.targets import Target, Withdrawn
from digests.mirror.writing import File, Staged, stage, stage_removal
from digests.page_cache.subjects import widened
from digests.parallel import shared_out
from digests.reader.made_once import keeping

SHARE = 100
"""Pages that a process makes before it reports what they link to; fewer are not shared out. Their papers are read together."""


class Site:
    """The pages, lists, feeds and assets (see updating.Source). With `since`, everything is checked."""

    def __init__(self, target: Target) -> None:
        self.folder, self._keeps_withdrawn = target.files, target.withdrawn == Withdrawn.TOMBSTONE
        # The log is asked before: what changes after this was made is looked at by the next run.
        self._made_once: dict[Any, Any] = {}
        self.unmade: dict[str, str] = {}
        self.options = {
            "profile": target.profile,
            "withdrawn": str(target.withdrawn),
            "site": settings.SITE_URL,
            "settings": shown_settings(),
            "software": software(PAGES),
        }

    def files(self, since: date | None) -> Iterator[File]:
        return _files(self._crawl(self._map(), set()))

    def surplus(self, manifest: Manifest, wanted: set[str], since: date | None) -> Iterator[str]:
        return (name for name in manifest.names() if name not in wanted and not self._is_kept(name, manifest))

    def _is_kept(self, name: str, manifest: Manifest) -> bool:
        """Say whether the file is of a page that the site may still have: one that could not be made leads to others."""
        if not self.unmade:
            return False
        listed = manifest.get(site_pages.uncompressed(name))
        address = listed.address if listed else ""
        return address in self.unmade or any(self._pages([address])) or address in self.unmade

    def everything(self, manifest: Manifest, since: date | None, processes: int) -> Generator[Staged]:
        made = set(_elsewhere(manifest))
        for name in made:  # first: a file may come where its folder was
            yield stage_removal(self.folder, manifest, name)
        addresses = list(dict.fromkeys(self._map()))
        seen = set(addresses)
        while processes > 1 and len(addresses) > SHARE and not connection.in_atomic_block:
            found: list[str] = []
            connections.close_all()  # each makes its own
            for staged, links, failed in shared_out(partial(self._share, manifest), _shares(addresses, processes)):
                found += links
                self.unmade |= failed
                made.update(one.name for one in staged)
                yield from staged
            addresses = [link for link in dict.fromkeys(found) if link not in seen]  # pictures and citations
            seen.update(addresses)
        for file in _files(self._crawl(addresses, seen.difference(addresses))):
            made.add(file.name)
            yield stage(self.folder, manifest, file)
        for name in list(self.surplus(manifest, made, since)):
            yield stage_removal(self.folder, manifest, name)

    def changed(self, manifest: Manifest, subjects: frozenset[str], touched: Mapping[str, ListedFile]) -> Generator[Staged]:
        there = {listed.address: name for name, listed in manifest.showing(widened(subjects))} if subjects else {}
        names = {site_pages.uncompressed(name) for name in touched}
        there |= {listed.address: name for name in names if (listed := touched.get(name) or manifest.get(name))}
        there |= {address: site_pages.file_of(address) for address in failed_pages.left_by_last_run(self.folder)}
        looked_at, gone = set(there.values()), set[str]()
        pages = self._crawl(there, set(), manifest)
        for file in self._anew(pages, manifest, names, looked_at, gone):
            yield stage(self.folder, manifest, file)
        looked_at -= {site_pages.file_of(address) for address in self.unmade}
        for name in sorted(gone | {one for left in looked_at for one in (left, *site_pages.compressed(left))}):
            if name in manifest:
                yield stage_removal(self.folder, manifest, name)

    def _anew(
        self, pages: Iterable[site_pages.Page], manifest: Manifest, touched: set[str], left: set[str], gone: set[str]
    ) -> Iterator[File]:
        """Yield the pages' files; compressed ones only if the page changed or somebody touched one of them. Takes them from
        `left`, and names compressed files whose page is gone."""
        for page in pages:
            name = site_pages.file_of(page.address)
            left.discard(name)
            listed = manifest.get(name)
            is_known = listed is not None and name not in touched and listed.sha256 == hashlib.sha256(page.data).hexdigest()
            yield from page.files(is_compressed=not is_known)
            if not page.is_compressible:
                gone.update(site_pages.compressed(name))

    def _map(self) -> list[str]:
        """Return where a walk over everything begins; nothing links to a withdrawn day."""
        kept = [digest.get_absolute_url() for digest in withdrawn()] if self._keeps_withdrawn else []
        return [*site_pages.map_of_site(), *kept]

    def _share(self, manifest: Manifest, addresses: list[str]) -> Iterator[tuple[list[Staged], list[str], dict[str, str]]]:
        for start in range(0, len(addresses), SHARE):
            found = list(self._pages(addresses[start : start + SHARE]))
            yield (
                [stage(self.folder, manifest, file) for file in _files(found)],
                sorted({link for page in found for link in page.links}),
                self.unmade,
            )

    def _crawl(self, addresses: Iterable[str], seen: set[str], manifest: Manifest | None = None) -> Iterator[site_pages.Page]:
        """Yield the pages at the addresses and everything that they lead to; with a manifest, only what it does not have yet."""
        waiting = [address for address in dict.fromkeys(addresses) if address not in seen]
        seen.update(waiting)
        while waiting:
            some = waiting[-SHARE:]
            del waiting[-SHARE:]
            for page in self._pages(some):
                yield page
                found = [link for link in page.links if link not in seen]
                seen.update(found)
                waiting += (link for link in found if manifest is None or site_pages.file_of(link) not in manifest)

    def _pages(self, addresses: Sequence[str]) -> Iterator[site_pages.Page]:
        """Yield the pages at the addresses, as far as there are any. One that raises an error is noted in `unmade`."""
        coming = site_pages.papers_at(addresses)
        for address in addresses:
            try:
                with keeping(self._made_once, coming):
                    page = site_pages.page(address, keeps_withdrawn=self._keeps_withdrawn)
            except Exception as error:
                if not failed_pages.is_its_own(error):
                    raise
                failed_pages.note(self.unmade, address, error)
                continue
            if page:
                yield page


def _shares(addresses: list[str], processes: int) -> list[list[str]]:
    """Deal the addresses out, neighbours together: pages of one day, and citations of one paper, share what is made once."""
    runs = [addresses[start : start + SHARE] for start in range(0, len(addresses), SHARE)]
    return [list(chain.from_iterable(runs[number::processes])) for number in range(processes)]


def _files(pages: Iterable[site_pages.Page]) -> Iterator[File]:
    return chain.from_iterable(page.files() for page in pages)


def _elsewhere(manifest: Manifest) -> Iterator[str]:
    """Return files at addresses that an older version of this site used."""
    for name, listed in manifest.items():
        if listed.address and site_pages.file_of(listed.address) != name:
            yield from (one for one in (name, *site_pages.compressed(name)) if one in manifest)
