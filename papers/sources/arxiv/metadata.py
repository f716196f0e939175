"""arXiv's API: the metadata of papers, by their ids or by a query. https://info.arxiv.org/help/api/user-manual.html"""

from collections.abc import Mapping

from papers.plurals import counted
from papers.sources.arxiv.pages import ApiError, ApiPage, PaperRecord, read_api
from papers.sources.arxiv.requests import EMPTY_TRIES, GatedRequests, Parameters
from papers.sources.arxiv.xml import Garbled
from papers.sources.http import Answer, Malformed, Transient
from papers.sources.left_out import LeftOut

BATCH = 100
"""Ids in one metadata request."""
WINDOW_PAGE = 500
MOST_PAGES = 100
"""Of one query: a page may be shorter than we asked for, but a total that is wrong must not cost one for each paper."""
LARGEST_QUERY = 10_000
"""arXiv's API does not page beyond this."""
NO_XML = "metadata that are XML"
MOST_GARBLED = 5
"""If more papers than this in a batch have metadata that are not XML, the fault is not the papers'."""


class MetadataApi:
    """Reads the API under `base`."""

    def __init__(self, requests: GatedRequests, base: str) -> None:
        self._requests = requests
        self._base = base

    def add_batch(
        self, batch: list[str], titles: Mapping[str, str], records: dict[str, PaperRecord], left_out: dict[str, LeftOut]
    ) -> None:
        """Add the batch's papers that arXiv knows, by id, and those that cannot be read."""
        parts = [batch]
        while parts:
            part = parts.pop()
            parameters: Parameters = {"id_list": ",".join(part), "start": 0, "max_results": BATCH}
            try:
                # Of a half it is known that arXiv's answer is no XML: that need not be found out by waiting again.
                page = self._page(parameters, due=len(part) > 1, titles=titles, attempts=1 if part is not batch else None)
            except Garbled:
                garbled = sum(one.lacks == NO_XML for one in left_out.values())
                if garbled >= MOST_GARBLED:
                    raise
                if len(part) == 1:
                    left_out[part[0]] = LeftOut(part[0], NO_XML)
                else:
                    parts += [part[len(part) // 2 :], part[: len(part) // 2]]
                continue
            if isinstance(page, ApiError):
                # One id that arXiv cannot read fails the whole batch, and the answer names it.
                unread = page.text.rpartition(" ")[2]
                if unread not in part:
                    raise Malformed(f"arXiv's API refused a list of ids: {page.text[:200]}", url=self._base, status=400)
                rest = [number for number in part if number != unread]
                parts += [rest] if rest else []
                continue
            records |= {record.arxiv_id: record for record in page.records}
            left_out |= {one.name: one for one in page.left_out}
            rest = [number for number in part if number not in page.ids]
            unnamed = [one for one in page.left_out if not one.name]
            if len(rest) <= len(unnamed):
                left_out |= {number: LeftOut(number, one.lacks) for number, one in zip(rest, unnamed, strict=False)}
            elif len(page.ids.intersection(part)) < page.total and len(rest) < len(part):
                parts.append(rest)  # an entry stood there twice, or cannot be told by its id

    def query(self, query: str) -> tuple[dict[str, PaperRecord], list[LeftOut]]:
        """All papers that match the query, by id, and those that cannot be read."""
        records: dict[str, PaperRecord] = {}
        left_out: dict[LeftOut, None] = {}
        seen: set[str] = set()
        unnamed = 0
        for number in range(1, MOST_PAGES + 1):
            parameters: Parameters = {
                "search_query": query,
                "sortBy": "submittedDate",
                "sortOrder": "ascending",
                "start": len(seen) + unnamed,  # not the entries: where one stands twice, another one was pushed out
                "max_results": WINDOW_PAGE,
            }
            page = self._page(parameters, due=False)
            if isinstance(page, ApiError) or page.total > LARGEST_QUERY:
                reason = (
                    page.text[:200] if isinstance(page, ApiError) else f"{page.total:,} results are more than it pages through"
                )
                raise Malformed(f"arXiv's API cannot answer {query!r}: {reason}", url=self._base)
            records |= {record.arxiv_id: record for record in page.records}
            left_out |= dict.fromkeys(page.left_out)
            new = page.ids - seen
            nameless = sum(not one.name for one in page.left_out)
            seen |= page.ids
            unnamed += nameless
            short = page.total - len(seen) - unnamed
            is_last = number == MOST_PAGES or not (new or nameless)
            if short > 0 and is_last:
                left_out[LeftOut("", f"{counted(short, 'paper')} that its API counts but does not return")] = None
            if short <= 0 or is_last:
                break
        return records, list(left_out)

    def _page(
        self, parameters: Parameters, *, due: bool, titles: Mapping[str, str] | None = None, attempts: int | None = None
    ) -> ApiPage | ApiError:
        """With `due` the page should not be empty, whatever total it states."""

        def read(answer: Answer) -> ApiPage | ApiError:
            return read_api(answer, titles)

        for _ in range(EMPTY_TRIES):
            page = self._requests.read(f"{self._base}/api/query", parameters, read, accept=(200, 400), attempts=attempts)
            if isinstance(page, ApiError):
                return page
            promised = page.total > int(parameters["start"])
            if page.records or page.left_out or not (due or promised):
                return page
        if not promised:
            return page
        raise Transient(f"arXiv's API gave an empty page {EMPTY_TRIES} times where papers were expected.", url=self._base)
