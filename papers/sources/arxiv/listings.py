"""arXiv's listing pages: the newest announcement and those of the last 90 days, each merged from all its pages."""

from collections.abc import Callable
from datetime import date

from papers.sources.answer_headers import clock_doubt
from papers.sources.arxiv.pages import Sections, read_listing
from papers.sources.arxiv.requests import EMPTY_TRIES, GatedRequests, Parameters
from papers.sources.http import Answer, ClockWrong, Gone, Malformed, Transient

LISTING_PAGE = 2000
MOST_PAGES = 20


class Listings:
    """Reads the listing pages under `base`."""

    def __init__(self, requests: GatedRequests, base: str) -> None:
        self._requests = requests
        self._base = base

    def newest(self, archive: str) -> Sections:
        """The newest announcement."""
        return self._whole(f"/list/{archive}/new", _list_page)

    def of(self, day: date, archive: str) -> Sections:
        """The announcement of a day. Raises Gone for days that arXiv no longer keeps."""
        return self._whole(f"/catchup/{archive}/{day}", _catchup_page)

    def _whole(self, path: str, parameters_of: Callable[[int, int], Parameters]) -> Sections:
        """All pages of a listing as one; `parameters_of` takes the page number and how many entries were read before it."""
        whole = self._page(path, parameters_of(1, 0))
        if whole.day is None:
            raise Malformed(
                "Unexpected answer from arXiv: expected a listing page with its date, got one without.",
                url=self._base + path,
                status=200,
            )
        for number in range(2, MOST_PAGES + 1):
            if whole.total is None or whole.entries >= whole.total:
                return whole
            page = self._page(path, parameters_of(number, whole.entries), may_end=bool(whole.stated))
            if page.day is None and page.total != whole.total:
                raise Malformed(
                    f"arXiv's listing {path} continues with a page without a date and with another total.",
                    url=self._base + path,
                )
            if page.day not in (None, whole.day):
                raise Transient(f"arXiv announced {page.day} while the listing of {whole.day} was read.", url=self._base + path)
            if whole.stated and not page.left_out and all(ids.keys() <= whole.ids[name].keys() for name, ids in page.ids.items()):
                return whole  # the total is wrong, and nothing further comes: what lacks shows by the headings
            whole.entries += page.entries
            whole.stated |= page.stated
            whole.titles |= page.titles
            whole.left_out += page.left_out
            for section, ids in page.ids.items():
                whole.ids[section] |= ids
        raise Malformed(f"arXiv's listing {path} has more than {MOST_PAGES} pages.", url=self._base + path)

    def _page(self, path: str, parameters: Parameters, *, may_end: bool = False) -> Sections:
        """With `may_end` it may be empty."""

        def read(answer: Answer) -> Sections:
            if answer.status == 400:
                if doubt := clock_doubt(answer.headers):
                    raise ClockWrong(f"arXiv has no listing {path}. {doubt}", url=answer.url, status=400)
                raise Gone(f"arXiv has no listing {path}: it keeps those of the last 90 days.", url=answer.url, status=400)
            return read_listing(answer)

        for _ in range(EMPTY_TRIES):
            page = self._requests.read(self._base + path, parameters, read, accept=(200, 400))
            if page.entries or page.total == 0:
                return page
        if may_end:
            return page
        raise Transient(f"arXiv gave an empty listing {EMPTY_TRIES} times where entries were expected.", url=self._base + path)


def _list_page(number: int, read: int) -> Parameters:
    return {} if number == 1 else {"skip": read, "show": LISTING_PAGE}


def _catchup_page(number: int, read: int) -> Parameters:
    return {"abs": "False", "page": number}
