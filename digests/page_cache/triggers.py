"""Database triggers that name, with each change of rows, what readers' pages show of it: its subjects (subjects.py).

The database names them in the transaction that changes the rows, whoever writes: admin, worker, command, raw SQL. They go into
the table `page_change` (log.py). On SQLite a subject has one row there, which moves to the end each time; on PostgreSQL, where
two writers of one row would wait for each other, the table only grows, and the channel `page_change` is notified at the commit.

The triggers go before migrations and come back after them: on SQLite Django makes tables anew, and their triggers would be lost
or in the way.
"""

# ruff: noqa: S608 - SQL with names of our own tables

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

from digests.models import Digest, Entry, PublicEvent, ShownTweet
from digests.page_cache.subjects import EVERYTHING
from papers.models import (
    CollectionDay,
    IndexedPaper,
    Mention,
    NetworkDay,
    Paper,
    PaperCategory,
    PaperMeasurement,
    SavedRules,
    Tweet,
    UnindexedPaper,
    UnrenderedRow,
)
from papers.triggers import Event, Trigger, TriggerSet, in_one_transaction, replace

CHANGE = "page_change"

PAPER, DIGEST, ENTRY, SHOWN, MENTION, EVENT, CATEGORY, INDEXED = (
    model._meta.db_table for model in (Paper, Digest, Entry, ShownTweet, Mention, PublicEvent, PaperCategory, IndexedPaper)
)
IF_PUBLISHED = "ROW.status = 'published'"
IF_WITHDRAWN = "ROW.status = 'withdrawn'"
LIST = f"{DIGEST} digest WHERE digest.id = ROW.digest_id AND digest.status = 'published'"
"""The published list to which the row belongs."""
LISTED = f"{ENTRY} entry JOIN {DIGEST} digest ON digest.id = entry.digest_id AND digest.status = 'published'"
"""Entries of published lists."""
RANKS_OF_PAPER = f"ranks:listing_date FROM {PAPER} WHERE id = ROW.paper_id"
IS_INDEXED = f"EXISTS (SELECT 1 FROM {INDEXED} WHERE paper_id = ROW.paper_id)"
"""A paper that the search index doesn't know yet came within the last minute; it is named once the index knows it."""
REFERRED_TO: tuple[Event, ...] = ("delete", "update")
"""Of new papers and tweets, which are on no page before other rows refer to them: without a trigger, imports are faster."""


@dataclass(frozen=True)
class Watched:
    model: type[Model]
    subjects: tuple[str, ...]
    """`kind:` and what a SELECT of the keys has after its first word; `ROW` is the row that changed."""
    unseen: tuple[str, ...] = ()
    """Columns that no page shows; changes to them are ignored."""
    only: tuple[str, ...] = ()
    """Only changes of these columns concern the subjects; empty for all."""
    events: tuple[Event, ...] = ("insert", "delete", "update")
    new_if: str = ""
    """Which new rows are on a page at all; if not given, those that have the first subject. SQLite checks this before it runs the
    trigger, which costs more: an import makes thousands of rows that are not."""

    @property
    def columns(self) -> list[str]:
        fields = [field for field in self.model._meta.concrete_fields if not self.only or field.name in self.only]
        return [field.column for field in fields if field.column and field.name not in self.unseen]

    def selects(self, row: str) -> list[str]:
        """The subjects of the row `NEW` or `OLD`."""
        split = (subject.replace("ROW.", f"{row}.").partition(":") for subject in self.subjects)
        return [f"SELECT '{kind}:' || {keys}" if keys else f"SELECT '{kind}'" for kind, _, keys in split]

    def condition(self, event: Event, vendor: str) -> str:
        if event != "insert" or vendor != "sqlite":  # PostgreSQL's conditions ask no other rows
            return ""
        return self.new_if.replace("ROW.", "NEW.") or f"EXISTS ({self.selects('NEW')[0]})"


WATCHED = [
    Watched(Digest, (f"digest:ROW.date WHERE {IF_PUBLISHED}",)),
    # Until somebody deletes it, a withdrawn day has a page that says so, a place in the calendar, and files in mirrors.
    Watched(Digest, (f"digest:ROW.date WHERE {IF_WITHDRAWN}", f"listed:ROW.date WHERE {IF_WITHDRAWN}"), events=("delete",)),
    # The pages of the days beside it link to a digest, those of its papers list it.
    Watched(
        Digest,
        (
            f"listed:ROW.date WHERE {IF_PUBLISHED}",
            f"paper:paper_id FROM {ENTRY} WHERE digest_id = ROW.id AND {IF_PUBLISHED}",
            f"appears:paper_id FROM {ENTRY} WHERE digest_id = ROW.id AND {IF_PUBLISHED}",
            f"beside:max(date) FROM {DIGEST} WHERE status = 'published' AND date < ROW.date AND {IF_PUBLISHED}",
            f"beside:min(date) FROM {DIGEST} WHERE status = 'published' AND date > ROW.date AND {IF_PUBLISHED}",
            f"category:code FROM {CATEGORY} category JOIN {ENTRY} entry ON entry.paper_id = category.paper_id "
            f"WHERE entry.digest_id = ROW.id AND {IF_PUBLISHED}",
        ),
        only=("status", "date"),
    ),
    Watched(
        Entry,
        (
            f"digest:date FROM {LIST}",
            f"paper:ROW.paper_id FROM {LIST}",
            f"category:code FROM {CATEGORY} category, {LIST} AND category.paper_id = ROW.paper_id",
        ),
        unseen=("moves",),
    ),
    Watched(Entry, (f"listed:date FROM {LIST}",), only=("digest", "paper", "position", "printed_otherwise")),
    Watched(Entry, (f"appears:ROW.paper_id FROM {LIST}",), only=("digest", "paper")),
    Watched(
        ShownTweet,
        (
            f"paper:entry.paper_id FROM {LISTED} WHERE entry.id = ROW.entry_id",
            f"post:digest.date FROM {LISTED} WHERE entry.id = ROW.entry_id",
        ),
    ),
    Watched(PublicEvent, tuple(f"{kind}:date FROM {DIGEST} WHERE id = ROW.digest_id" for kind in ("digest", "seen"))),
    Watched(Digest, (f"seen:ROW.date WHERE {IF_PUBLISHED}",), only=("published_at",), events=("update",)),
    Watched(Paper, ("paper:ROW.id", "text:ROW.id"), unseen=("is_settled",), events=REFERRED_TO),
    Watched(
        PaperCategory,
        (
            *("paper:ROW.paper_id", "text:ROW.paper_id"),
            f"category:ROW.code WHERE EXISTS (SELECT 1 FROM {LISTED} WHERE entry.paper_id = ROW.paper_id)",
        ),
        new_if=IS_INDEXED,
    ),
    Watched(Paper, ("ranks:ROW.listing_date",), only=("listing_date", "announced_as"), events=REFERRED_TO),
    # The note goes when the search index knows the paper: what is found, and authors' pages, change then.
    Watched(UnindexedPaper, ("paper:ROW.paper_id", RANKS_OF_PAPER), events=("delete",)),
    # So does this one when the texts of the row are rendered.
    Watched(
        UnrenderedRow,
        (
            *(f"{kind}:ROW.row_id WHERE ROW.\"table\" = '{PAPER}'" for kind in ("paper", "text")),
            f"digest:date FROM {DIGEST} WHERE ROW.\"table\" = '{DIGEST}' AND id = ROW.row_id AND status = 'published'",
            f"digest:digest.date FROM {LISTED} WHERE ROW.\"table\" = '{ENTRY}' AND entry.id = ROW.row_id",
            f"listed:digest.date FROM {LISTED} WHERE ROW.\"table\" = '{ENTRY}' AND entry.id = ROW.row_id",
            f"digest:digest.date FROM {DIGEST} digest JOIN {EVENT} event ON event.digest_id = digest.id "
            f"WHERE ROW.\"table\" = '{EVENT}' AND event.id = ROW.row_id",
        ),
        events=("delete",),
    ),
    Watched(Mention, ("paper:ROW.paper_id", RANKS_OF_PAPER), new_if=IS_INDEXED),
    # Whenever counts of tweets are read, their papers are measured.
    Watched(PaperMeasurement, ("paper:ROW.paper_id", RANKS_OF_PAPER), new_if=IS_INDEXED),
    Watched(
        Tweet,
        (
            f"paper:paper_id FROM {MENTION} WHERE tweet_id = ROW.id",
            f"paper:entry.paper_id FROM {SHOWN} shown JOIN {ENTRY} entry ON entry.id = shown.entry_id "
            "WHERE shown.tweet_id = ROW.id",
            f"post:digest.date FROM {LISTED} JOIN {SHOWN} shown ON shown.entry_id = entry.id WHERE shown.tweet_id = ROW.id",
            f"ranks:paper.listing_date FROM {PAPER} paper JOIN {MENTION} mention ON mention.paper_id = paper.id "
            "WHERE mention.tweet_id = ROW.id",
        ),
        unseen=(
            *("retweets", "favorites", "replies", "quotes", "read_at", "next_read_at"),
            *("embedded_at", "state_since", "safe_version"),
        ),
        events=REFERRED_TO,
    ),
    Watched(
        CollectionDay,
        ("day:ROW.date",),
        unseen=("next_try_at", "claimed_until", "changed_at", "acknowledged_at", "acknowledged_by", "acknowledged_reason"),
    ),
    Watched(NetworkDay, ("day:ROW.date",), unseen=("sweep_token", "sweep_end", "collected_at", "done_at")),
    Watched(SavedRules, (EVERYTHING,)),
]


INSERT = f"INSERT INTO {CHANGE} (subject) SELECT subject FROM ({{subjects}}) changed WHERE subject IS NOT NULL;"
EVERYTHING_CHANGED = INSERT.format(subjects=f"SELECT '{EVERYTHING}' AS subject")
NONE = "SELECT NULL AS subject"
"""Gives the column its name, and is left out."""
ROWS: dict[Event, tuple[str, ...]] = {"insert": ("NEW",), "delete": ("OLD",), "update": ("OLD", "NEW")}
TABLE = {
    "sqlite": [
        f"CREATE TABLE IF NOT EXISTS {CHANGE} (id integer PRIMARY KEY AUTOINCREMENT, subject text NOT NULL)",
        f"CREATE INDEX IF NOT EXISTS {CHANGE}_subject ON {CHANGE} (subject)",
    ],
    "postgresql": [
        f"CREATE TABLE IF NOT EXISTS {CHANGE} (subject text NOT NULL, at timestamptz NOT NULL DEFAULT now(), "
        "xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint))",
        f"CREATE INDEX IF NOT EXISTS {CHANGE}_xid ON {CHANGE} (xid)",
    ],
}
TELL = {
    "sqlite": f"DELETE FROM {CHANGE} WHERE subject = NEW.subject AND id < NEW.id;",
    "postgresql": f"PERFORM pg_notify('{CHANGE}', NEW.subject);",
}
"""What the table does with each new row."""


def drop(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Remove the triggers (`pre_migrate`) but the table's own, and tell the processes that hold pages."""
    connection = connections[using]

    def act() -> None:
        with connection.cursor() as cursor:
            for statement in TABLE[connection.vendor]:
                cursor.execute(statement)
            replace(connection, CHANGE, [_teller(connection.vendor)])
            cursor.execute(EVERYTHING_CHANGED)

    in_one_transaction(connection, act)


def _triggers(vendor: str) -> Iterator[Trigger]:
    yield _teller(vendor)
    for place, watched in enumerate(WATCHED):
        table = watched.model._meta.db_table
        name = f"{CHANGE}_{place:02}_{table}"
        for event in watched.events:
            subjects = " UNION ".join([NONE, *(select for row in ROWS[event] for select in watched.selects(row))])
            columns = watched.columns if event == "update" else ()
            body = INSERT.format(subjects=subjects)
            yield Trigger(f"{name}_{event}", table, event, body, columns, watched.condition(event, vendor))
        if vendor == "postgresql":
            yield Trigger(f"{name}_truncate", table, "truncate", EVERYTHING_CHANGED)


def _teller(vendor: str) -> Trigger:
    return Trigger(f"{CHANGE}_tell", CHANGE, "insert", TELL[vendor])


TRIGGERS = TriggerSet(CHANGE, _triggers)
