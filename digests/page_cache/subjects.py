"""What a page declares beside itself: its subjects, which triggers name when they change, and what it reads of its address."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import TypeVar

from django.http import HttpResponse

from digests.models import Digest
from papers.models import Paper

View = TypeVar("View", bound=Callable[..., object])
EVERYTHING = "*"
CLOCK = "clock"
EVER = "*"
"""For `shows`, all times."""
OF_A_DAY = ("digest:", "listed:", "seen:", "day:")
"""Kinds of subjects whose key is a day. A page may name a month (`digest:2021-05`), a year or all (`digest:*`) instead."""
MOST_DAYS, MOST_MONTHS, SHORTEST_MONTH = 31, 11, 28


def shows(
    response: HttpResponse,
    *,
    digests: Iterable[Digest] = (),
    papers: Iterable[Paper] = (),
    texts_of: Iterable[Paper | int] = (),
    appearances_of: Iterable[Paper] = (),
    ranks_of: Iterable[date] = (),
    days: Iterable[date | str] = (),
    categories: Iterable[str] = (),
    lists_of: Iterable[str] = (),
    papers_listed: Iterable[str] = (),
    lists_seen: Iterable[str] = (),
    days_beside: Iterable[Digest] = (),
    posts_of: Iterable[Digest] = (),
    reads_clock: bool = False,
) -> HttpResponse:
    """Declare all that the response shows, by its subjects. A response that declares nothing is made again after every change.

    - `digests`: their rows and entries, `digest:<day>`, and which published days are next to them; `days_beside`: the latter
      alone, `beside:<day>`
    - `papers`: all that their pages say, `paper:<key>`; `texts_of`: what arXiv says of them alone, `text:<key>`;
      `appearances_of`: which lists have them, `appears:<key>`
    - `ranks_of`: the ranks of the papers of these listing days, `ranks:<day>`
    - `days`: how these days were collected, `day:<time>`
    - `categories`: which papers of them are on published lists, `category:<code>`
    - `lists_of`: something of any list of these times, `digest:<time>`; `papers_listed`: which papers these lists have, in which
      order, `listed:<time>`; `lists_seen`: when readers last saw them change, `seen:<time>`
    - `posts_of`: the posts that these digests show under their papers, `post:<day>`
    - `reads_clock`: what time it is, `clock`, which no trigger names

    A time is a day, a month (`2021-05`), a year (`2021`), or `*` for all. The subject `*` is all there is.
    """
    subjects = [f"{kind}:{one.date}" for one in digests for kind in ("digest", "beside")]
    subjects += [f"paper:{one.pk}" for one in papers]
    subjects += [f"text:{one.pk if isinstance(one, Paper) else one}" for one in texts_of]
    subjects += [f"appears:{one.pk}" for one in appearances_of]
    subjects += [f"ranks:{day}" for day in ranks_of] + [f"day:{day}" for day in days]
    subjects += [f"category:{code}" for code in categories]
    subjects += [f"digest:{time}" for time in lists_of] + [f"listed:{time}" for time in papers_listed]
    subjects += [f"seen:{time}" for time in lists_seen]
    subjects += [f"beside:{one.date}" for one in days_beside] + [f"post:{one.date}" for one in posts_of]
    subjects += [CLOCK] * reads_clock
    response.page_subjects = frozenset(subjects)  # type: ignore[attr-defined]
    return response


def reads_query(*names: str) -> Callable[[View], View]:
    """Marks a view that reads these parts of an address's query. Pages with any other part are not held, so that nobody fills
    the memory by inventing addresses of one page."""

    def mark(view: View) -> View:
        view.query_names = frozenset(names)  # type: ignore[attr-defined]
        return view

    return mark


def times(since: date | None, until: date | None) -> list[str]:
    """The days from a day to another where these are few, or the months, or the years, or all times: as `shows` takes them."""
    if since is None or until is None:
        return [EVER]
    days = (until - since).days + 1
    if days <= MOST_DAYS and (since.day > 1 or days < SHORTEST_MONTH):
        return [str(since + timedelta(days=number)) for number in range(days)]
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    if last - first < MOST_MONTHS:
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]
    years = range(since.year, until.year + 1)
    return [f"{year:04}" for year in years] if len(years) <= MOST_MONTHS else [EVER]


def widened(subjects: Collection[str]) -> Collection[str]:
    """With the subjects of pages that show any of a month, of a year, or of a kind."""
    found = set(subjects)
    for subject in subjects:
        if subject.startswith(OF_A_DAY):
            kind, _, day = subject.partition(":")
            found |= {f"{kind}:{day[:7]}", f"{kind}:{day[:4]}", f"{kind}:*"}
    return found
