"""Every list of the admin at 3,000 papers and at 1,000,000: first, last, half-way, sorted, filtered, searched, completed.

Of everything else there is as much as belongs to the papers: a tweet, readings and categories for each, and days, digests and
budgets for the time in which so many are announced. All lists fill a page at either size.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count, pairwise
from typing import Any, NamedTuple

import django

django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.test import Client  # noqa: E402

from bench.databases import run  # noqa: E402
from bench.sizes import compare, shortest  # noqa: E402
from digests.models import Digest, Entry, ShownTweet  # noqa: E402
from papers.admin.lists import PagedAdmin  # noqa: E402
from papers.models import (  # noqa: E402
    CollectionDay,
    Mention,
    PaidRead,
    Paper,
    PaperCategory,
    PaperMeasurement,
    ReadBudget,
    SourceHealth,
    Tweet,
    TweetMeasurement,
)
from papers.rows import insert  # noqa: E402
from papers.search.index import write  # noqa: E402
from papers.text.identifiers import SNOWFLAKE_EPOCH_MS  # noqa: E402

ROUNDS = 2
LAST_DAY = date(2026, 11, 20)
RARE = 150
"""Papers of the rare category and with the rare word, at either size."""
INDEXED = 20
"""One paper in so many is in the search index, and so is each with the rare word. `bench search` fills the whole index."""
SOME = 25
"""One post in so many is gone or excluded; one paper in so many has a newer version."""
A_DIGEST = 10
SEARCHES = {
    Paper: {"id": "2611.00010", "beginning of an id": "2611.", "rare word": "zebrafish", "common word": "transformers"},
    Tweet: {"handle": "@lab_7", "name": "Lab 8", "status id": "{status}", "nobody": "zebrafish"},
    Digest: {"day": "2026-11-19", "word": "zebrafish"},
    Entry: {"id": "2611.00010", "word": "zebrafish"},
}
FILTERS = {
    Paper: {"common category": "category=cs.LG", "rare category": "category=cs.GL", "newer version": "newer=waits"},
    Tweet: {
        "live": "state__exact=live", "gone": "state__exact=deleted",
        "excluded": "is_excluded__exact=1", "not excluded": "is_excluded__exact=0",
    },
    Digest: {"draft": "status__exact=draft", "published": "status__exact=published"},
    CollectionDay: {"complete": "state__exact=complete", "partial": "state__exact=partial"},
    PaidRead: {"sweep": "purpose__exact=sweep", "root": "purpose__exact=root"},
}  # fmt: skip
COMPLETED = {Paper: ("digests", "entry", "paper", "2611.0001"), Tweet: ("digests", "showntweet", "tweet", "lab_7")}


class A(NamedTuple):
    """A paper to be made."""

    number: int
    day: date
    arxiv_id: str


def papers(size: int, days: int) -> Iterator[A]:
    """Keys from 1, the oldest paper first."""
    in_month: dict[str, Iterator[int]] = {}
    for number in range(size):
        day = LAST_DAY - timedelta(days=days - 1 - number * days // size)
        month = f"{day:%y%m}"
        yield A(number + 1, day, f"{month}.{next(in_month.setdefault(month, count(1))):05}")


def status_id(paper: A) -> int:
    moment = datetime(paper.day.year, paper.day.month, paper.day.day, 12, tzinfo=UTC)
    return ((int(moment.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS) << 22) + paper.number


def moment(paper: A) -> datetime:
    return datetime(paper.day.year, paper.day.month, paper.day.day, 12, tzinfo=UTC) + timedelta(milliseconds=paper.number % 1000)


def store(model: type[Model], columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert the rows by COPY, or by many INSERTs. Columns that are not named get their defaults."""
    names = columns.split()
    named = {field.attname: field for field in model._meta.concrete_fields}
    defaults = {
        field.attname: field.get_db_prep_save(field.get_default(), connection)
        for field in named.values()
        if field.attname not in names and not field.primary_key and not field.null
    }
    table = f"{model._meta.db_table} ({', '.join([*names, *defaults])})"
    rest = tuple(defaults.values())
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *rest))
        else:
            marks = ", ".join("?" * (len(names) + len(defaults)))
            cursor.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", ((*map(plain, row), *rest) for row in rows))


def plain(value: Any) -> Any:
    """The value as Django writes it to SQLite."""
    return (
        str(value)[:26].removesuffix("+00:00")
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, date)
        else value
    )


def fill(size: int, days: int) -> None:
    all_papers = list(papers(size, days))
    rare = size // RARE
    abstract = "We show that synthetic papers have synthetic abstracts."
    newer = '{"version": 2, "title": "Newer", "abstract": "", "authors": [], "categories": ["cs.LG"]}'

    def title(paper: A) -> str:
        word = " Zebrafish" if paper.number % rare == 0 else ""
        return f"Synthetic Transformers{word} of {paper.number * 7919 % 100_003} Parts"

    store(
        Paper, "arxiv_id title abstract authors listing_date newer",
        ((p.arxiv_id, title(p), abstract, '["Ada Example"]', p.day, newer if p.number % SOME == 1 else None)
         for p in all_papers),
    )  # fmt: skip
    codes = [("cs.LG", f"cs.{chr(65 + n % 26)}{chr(65 + n % 23)}") for n in range(600)]
    codes = [pair for pair in codes if pair[1] not in ("cs.LG", "cs.GL")]
    store(
        PaperCategory, "paper_id position code",
        ((p.number, place, code) for p in all_papers
         for place, code in enumerate((*codes[p.number % len(codes)], *["cs.GL"] * (p.number % rare == 0)))),
    )  # fmt: skip
    states = {2: "deleted"}
    store(
        Tweet, "status_id author_name author_handle body_html posted_at state is_excluded retweets favorites read_at",
        ((str(status_id(p)), f"Lab {p.number * 7919 % 1009}", f"Lab_{p.number * 104_729 % 1013}", "Our paper is out", moment(p),
          states.get(p.number % SOME, "live"), p.number % SOME == 3, p.number % 97, p.number % 89, moment(p))
         for p in all_papers),
    )  # fmt: skip
    store(Mention, "tweet_id paper_id", ((p.number, p.number) for p in all_papers))
    hours = [timedelta(hours=n) for n in (1, 12)]
    measured: dict[type[Model], str] = {PaperMeasurement: "paper_id", TweetMeasurement: "tweet_id"}
    for model, key in measured.items():
        readings = ((p.number, moment(p) + hour, "network", p.number % 97, p.number % 89) for p in all_papers for hour in hours)
        store(model, f"{key} read_at provenance retweets favorites", readings)
    store(
        PaidRead, "at purpose reserved reads cost_microdollars",
        ((moment(p), "root" if p.number % 4 == 0 else "sweep", 100, 63, 315_000) for p in all_papers[::5]),
    )  # fmt: skip
    fill_days(all_papers, days)
    found = sorted({*range(rare, size + 1, rare), *range(INDEXED, size + 1, INDEXED)})
    for start in range(0, len(found), 2_000):
        with transaction.atomic():
            write(found[start : start + 2_000])
    with connection.cursor() as cursor:
        for model in admin.site._registry if connection.vendor == "postgresql" else ():
            if model._meta.pk.get_internal_type() == "BigAutoField":
                table = model._meta.db_table
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) + 1 FROM {table}))")


def fill_days(all_papers: list[A], days: int) -> None:
    """Add the rows that exist once a day: its collection, budget and list."""
    size = len(all_papers)
    every = [LAST_DAY - timedelta(days=days - 1 - n) for n in range(days)]
    noon = {day: datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in every}
    store(
        CollectionDay, "date state found_new expected_new tweets_found papers_done_at tweets_done_at changed_at",
        ((day, "partial" if n % 3 == 0 else "complete", 190, 200, 180, noon[day], noon[day], noon[day])
         for n, day in enumerate(every)),
    )  # fmt: skip
    insert(ReadBudget, ["period", "reads"], [(str(day), 5_000) for day in every])
    months = sorted({f"{day:%Y-%m}" for day in every})
    insert(ReadBudget, ["period", "reads"], [(month, 150_000) for month in months])
    now = noon[LAST_DAY]
    insert(SourceHealth, ["service", "since"], [(service, now) for service in SourceHealth.Service.values])
    store(
        Digest, "date status written_at published_at changed_at",
        ((day, "draft" if n % 3 == 0 else "published", noon[day], noon[day], noon[day]) for n, day in enumerate(every)),
    )  # fmt: skip
    starts = [n * size // days for n in range(days + 1)]
    listed = [all_papers[n + place] for n, _ in pairwise(starts) for place in range(A_DIGEST)]
    rows = [(p.number, n // A_DIGEST + 1, n % A_DIGEST + 1) for n, p in enumerate(listed)]
    store(Entry, "paper_id digest_id position read_at", ((paper, digest, place, now) for paper, digest, place in rows))
    store(ShownTweet, "entry_id position tweet_id", ((n, 1, paper) for n, (paper, *_) in enumerate(rows, 1)))
    # The text of a shown post is fetched again each day at first, and later each thirty days.
    shown = ShownTweet.objects.values("tweet")
    Tweet.objects.filter(pk__in=shown).update(embedded_at=now)


def addresses() -> dict[str, str]:
    """The addresses to measure, by name."""
    pages: dict[str, str] = {}
    newest = Tweet.objects.order_by("-pk").values_list("status_id", flat=True)[0]
    for model, its_admin in admin.site._registry.items():
        if not isinstance(its_admin, PagedAdmin):
            continue
        meta = model._meta
        base, name = f"/admin/{meta.app_label}/{meta.model_name}/?", str(meta.verbose_name_plural)
        half_way = model._default_manager.order_by(*its_admin.ordering or ()).values_list("pk", flat=True)
        middle = half_way[half_way.count() // 2]
        pages |= {f"{name}: first": base, f"{name}: half-way": f"{base}p=after-{middle}", f"{name}: last": f"{base}p=last"}
        for column in its_admin.sortable_by or ():
            number = its_admin.list_display.index(column) + 1
            pages |= {f"{name}: by {column} {way}": f"{base}o={sign}{number}" for sign, way in (("", "up"), ("-", "down"))}
            pages[f"{name}: by {column}, half-way"] = f"{base}o={number}&p=after-{middle}"
        for what, chosen in FILTERS.get(model, {}).items():
            pages |= {f"{name}: only {what}": base + chosen, f"{name}: only {what}, last": f"{base}{chosen}&p=last"}
        if hierarchy := its_admin.date_hierarchy:
            pages[f"{name}: a month"] = f"{base}{hierarchy}__year=2026&{hierarchy}__month=10"
        for what, words in SEARCHES.get(model, {}).items():
            pages[f"{name}: search for a {what}"] = base + "q=" + words.format(status=newest)
        if model in COMPLETED:
            app, other, field, term = COMPLETED[model]
            complete = f"/admin/autocomplete/?app_label={app}&model_name={other}&field_name={field}&term="
            pages |= {f"{name}: completed from nothing": complete, f"{name}: completed": complete + term}
    paper = Paper.objects.order_by("-pk").values_list("pk", flat=True)[0]
    pages["tweets: of a paper"] = f"/admin/papers/tweet/?papers__id__exact={paper}"
    pages["papers: a category by id, last"] = "/admin/papers/paper/?category=cs.GL&o=1&p=last"
    pages["papers: the common category by id"] = "/admin/papers/paper/?category=cs.LG&o=1"
    return pages


def measure() -> dict[str, float]:
    """Milliseconds of each page."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("bench"))

    def ask(address: str) -> None:
        if (code := client.get(address).status_code) != 200:
            raise RuntimeError(f"{address} answered {code}")

    return {name: shortest(partial(ask, address), ROUNDS) for name, address in addresses().items()}


if __name__ == "__main__":
    sys.exit(run("admin", partial(compare, fill, measure), rows="papers", default=1_000_000))
