"""What a page declares beside itself: its subjects, which triggers name when they change, and what it reads of its address.

A subject is `digest:<day>` (its list), `listed:<day>` (which papers are on it, in which order), `beside:<day>` (which published
days are next to it), `seen:<day>` (when readers last saw it change), `post:<day>` (the posts that it shows under its papers),
`paper:<key>` (all that its page says), `text:<key>` (what arXiv says of it), `appears:<key>` (which lists have it), `day:<listing
day>` (how it was collected), `ranks:<listing day>` (of its papers), `category:<code>` (of papers that published lists gained or
lost), `clock` (what time it is, which no trigger names), or `*`, all there is.
"""

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
    """Declare all that the response shows. A response that declares nothing is made again after every change.

    - `digests`: their rows and entries, and which days are next to them; `days_beside`: the latter alone
    - `papers`: their texts, counts and posts, and which lists have them; `texts_of`: texts and categories alone;
      `appearances_of`: the lists alone
    - `ranks_of`: the ranks of the papers of these listing days; `days`: how these days were collected
    - `categories`: which papers of them are on published lists
    - `lists_of`: something of any list of these times; `papers_listed`: which papers these lists have, in which order;
      `lists_seen`: when readers last saw them change
    - `posts_of`: the posts that these digests show under their papers
    - `reads_clock`: something that depends on the hour

    A time is a day, a month (`2021-05`), a year (`2021`), or `*` for all; `days` takes times as well.
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
