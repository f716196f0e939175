"""Database triggers that name, with each change of rows, what readers' pages show of it: its subjects.

A subject is `digest:<day>` (its list), `listed:<day>` (which papers are on it, in which order), `post:<day>` (the posts that it
shows under its papers), `paper:<key>`, `text:<key>` (what arXiv says of it), `appears:<key>` (which lists have it), `day:<listing
day>` (how it was collected), `ranks:<listing day>` (of its papers), `category:<code>` (of papers that published lists gained or
lost), or `*`, all there is. The database names them in the transaction that changes the rows, whoever writes: admin, worker,
command, raw SQL. The table `page_change` keeps them (log.py): on SQLite a subject's row moves to the end each time; on
PostgreSQL, where two writers of one row would wait for each other, the table only grows, and the channel `page_change` is
notified at the commit.

The triggers go before migrations and come back after them: on SQLite Django makes tables anew, and their triggers would be lost
or in the way.
"""

# ruff: noqa: S608 - SQL with names of our own tables

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from digests.models import Digest, Entry, PublicEvent, ShownTweet
from papers import triggers as installing
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
from papers.triggers import Event, Trigger

CHANGE = "page_change"
EVERYTHING = "*"
OF_A_DAY = ("digest:", "listed:", "day:")
"""Kinds of subjects whose key is a day. A page may name a month (`digest:2021-05`), a year or all (`digest:*`) instead."""

_OF_PAPER = "SELECT 'paper:' || {row}.paper_id AS subject"
_RANKS_OF_PAPER = f"SELECT 'ranks:' || listing_date FROM {Paper._meta.db_table} WHERE id = {{row}}.paper_id"
_DIGEST, _ENTRY, _SHOWN, _MENTION, _INDEXED, _EVENT, _CATEGORY = (
    model._meta.db_table for model in (Digest, Entry, ShownTweet, Mention, IndexedPaper, PublicEvent, PaperCategory)
)
_DIGEST_OF = f"SELECT '{{kind}}:' || date AS subject FROM {_DIGEST} WHERE id = {{{{row}}}}.digest_id"
_NEIGHBOUR = (
    f"SELECT 'digest:' || (SELECT date FROM {_DIGEST} WHERE status = 'published' AND date {{side}} {{{{row}}}}.date "
    "ORDER BY date {order} LIMIT 1) WHERE {{row}}.status = 'published'"
)


@dataclass(frozen=True)
class Watched:
    model: type[Model]
    subjects: str
    """A SELECT of the subjects of one row, which `{row}` stands for."""
    unseen: frozenset[str] = frozenset()
    """Columns that no page shows; changes to them are ignored."""
    only: frozenset[str] = frozenset()
    """Only changes of these columns concern the subjects; empty for all."""
    events: tuple[Event, ...] = ("insert", "delete", "update")
    """A new paper or tweet is on no page before other rows refer to it; without a trigger on it, imports are faster."""
    insert_when: str = ""
    """Which new rows (`NEW`) are on a page at all: a condition that SQLite checks before it runs the trigger, which costs more.
    An import makes thousands of rows that are not."""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def columns(self) -> list[str]:
        fields = [field for field in self.model._meta.concrete_fields if not self.only or field.name in self.only]
        return [field.column for field in fields if field.column and field.name not in self.unseen]


REFERRED_TO: tuple[Event, ...] = ("delete", "update")
IS_PUBLISHED = "NEW.status = 'published'"
IN_PUBLISHED = f"EXISTS (SELECT 1 FROM {_DIGEST} WHERE id = NEW.digest_id AND status = 'published')"
IS_INDEXED = f"EXISTS (SELECT 1 FROM {_INDEXED} WHERE paper_id = NEW.paper_id)"
"""A paper that the search index doesn't know yet came within the last minute; it is named once the index knows it."""
WATCHED = [
    Watched(Digest, "SELECT 'digest:' || {row}.date AS subject WHERE {row}.status = 'published'", insert_when=IS_PUBLISHED),
    # The pages of the days beside it link to a digest, those of its papers list it.
    Watched(
        Digest,
        f"SELECT 'paper:' || paper_id AS subject FROM {_ENTRY} WHERE digest_id = {{row}}.id AND {{row}}.status = 'published' "
        f"UNION {_NEIGHBOUR.format(side='<', order='DESC')} UNION {_NEIGHBOUR.format(side='>', order='ASC')} "
        f"UNION SELECT 'category:' || code FROM {_CATEGORY} category JOIN {_ENTRY} entry ON entry.paper_id = category.paper_id "
        "WHERE entry.digest_id = {row}.id AND {row}.status = 'published' "
        "UNION SELECT 'listed:' || {row}.date WHERE {row}.status = 'published' "
        f"UNION SELECT 'appears:' || paper_id FROM {_ENTRY} WHERE digest_id = {{row}}.id AND {{row}}.status = 'published'",
        only=frozenset({"status", "date"}),
        insert_when=IS_PUBLISHED,
    ),
    Watched(
        Entry,
        f"{_DIGEST_OF.format(kind='digest')} AND status = 'published' "
        f"UNION SELECT 'paper:' || {{row}}.paper_id FROM {_DIGEST} WHERE id = {{row}}.digest_id AND status = 'published' "
        f"UNION SELECT 'category:' || code FROM {_CATEGORY} category JOIN {_DIGEST} digest ON digest.id = {{row}}.digest_id "
        "AND digest.status = 'published' WHERE category.paper_id = {row}.paper_id",
        frozenset({"moves"}),
        insert_when=IN_PUBLISHED,
    ),
    Watched(
        Entry,
        f"{_DIGEST_OF.format(kind='listed')} AND status = 'published'",
        only=frozenset({"digest", "paper", "position", "printed_otherwise"}),
        insert_when=IN_PUBLISHED,
    ),
    Watched(
        Entry,
        f"SELECT 'appears:' || {{row}}.paper_id AS subject FROM {_DIGEST} WHERE id = {{row}}.digest_id AND status = 'published'",
        only=frozenset({"digest", "paper"}),
        insert_when=IN_PUBLISHED,
    ),
    Watched(
        ShownTweet,
        f"SELECT 'paper:' || entry.paper_id AS subject FROM {_ENTRY} entry JOIN {_DIGEST} digest "
        "ON digest.id = entry.digest_id AND digest.status = 'published' WHERE entry.id = {row}.entry_id "
        f"UNION SELECT 'post:' || digest.date FROM {_ENTRY} entry JOIN {_DIGEST} digest "
        "ON digest.id = entry.digest_id AND digest.status = 'published' WHERE entry.id = {row}.entry_id",
        insert_when=f"EXISTS (SELECT 1 FROM {_ENTRY} entry JOIN {_DIGEST} digest ON digest.id = entry.digest_id "
        "WHERE entry.id = NEW.entry_id AND digest.status = 'published')",
    ),
    Watched(PublicEvent, _DIGEST_OF.format(kind="digest")),
    Watched(
        Paper,
        "SELECT 'paper:' || {row}.id AS subject UNION SELECT 'text:' || {row}.id",
        frozenset({"is_settled"}),
        events=REFERRED_TO,
    ),
    Watched(PaperCategory, f"{_OF_PAPER} UNION SELECT 'text:' || {{row}}.paper_id", insert_when=IS_INDEXED),
    Watched(
        Paper,
        "SELECT 'ranks:' || {row}.listing_date AS subject",
        only=frozenset({"listing_date", "announced_as"}),
        events=REFERRED_TO,
    ),
    # The note goes when the search index knows the paper: what is found, and authors' pages, change then.
    Watched(
        UnindexedPaper,
        "SELECT 'paper:' || {row}.paper_id AS subject "
        f"UNION SELECT 'ranks:' || listing_date FROM {Paper._meta.db_table} WHERE id = {{row}}.paper_id",
        events=("delete",),
    ),
    # So does this one when the texts of the row are rendered.
    Watched(
        UnrenderedRow,
        f"SELECT 'paper:' || {{row}}.row_id AS subject WHERE {{row}}.\"table\" = '{Paper._meta.db_table}' "
        f"UNION SELECT 'text:' || {{row}}.row_id WHERE {{row}}.\"table\" = '{Paper._meta.db_table}' "
        f"UNION SELECT 'digest:' || date FROM {_DIGEST} WHERE {{row}}.\"table\" = '{_DIGEST}' AND id = {{row}}.row_id "
        "AND status = 'published' "
        f"UNION SELECT 'digest:' || digest.date FROM {_DIGEST} digest JOIN {_ENTRY} entry ON entry.digest_id = digest.id "
        f"WHERE {{row}}.\"table\" = '{_ENTRY}' AND entry.id = {{row}}.row_id AND digest.status = 'published' "
        f"UNION SELECT 'digest:' || digest.date FROM {_DIGEST} digest JOIN {_EVENT} event ON event.digest_id = digest.id "
        f"WHERE {{row}}.\"table\" = '{_EVENT}' AND event.id = {{row}}.row_id",
        events=("delete",),
    ),
    Watched(Mention, f"{_OF_PAPER} UNION {_RANKS_OF_PAPER}", insert_when=IS_INDEXED),
    # Whenever counts of tweets are read, their papers are measured.
    Watched(PaperMeasurement, f"{_OF_PAPER} UNION {_RANKS_OF_PAPER}", insert_when=IS_INDEXED),
    Watched(
        Tweet,
        f"SELECT 'paper:' || paper_id AS subject FROM {_MENTION} WHERE tweet_id = {{row}}.id "
        f"UNION SELECT 'paper:' || entry.paper_id FROM {_SHOWN} shown JOIN {_ENTRY} entry ON entry.id = shown.entry_id "
        "WHERE shown.tweet_id = {row}.id "
        f"UNION SELECT 'post:' || digest.date FROM {_SHOWN} shown JOIN {_ENTRY} entry ON entry.id = shown.entry_id "
        f"JOIN {_DIGEST} digest ON digest.id = entry.digest_id AND digest.status = 'published' WHERE shown.tweet_id = {{row}}.id "
        f"UNION SELECT 'ranks:' || paper.listing_date FROM {Paper._meta.db_table} paper JOIN {_MENTION} mention "
        "ON mention.paper_id = paper.id WHERE mention.tweet_id = {row}.id",
        frozenset({"retweets", "favorites", "replies", "quotes", "read_at", "next_read_at", "embedded_at"})
        | {"state_since", "safe_version"},
        events=REFERRED_TO,
    ),
    Watched(
        CollectionDay,
        "SELECT 'day:' || {row}.date AS subject",
        frozenset({"next_try_at", "claimed_until", "changed_at"} | {"acknowledged_at", "acknowledged_by", "acknowledged_reason"}),
    ),
    Watched(
        NetworkDay,
        "SELECT 'day:' || {row}.date AS subject",
        frozenset({"sweep_token", "sweep_end", "collected_at", "done_at"}),
    ),
    Watched(SavedRules, f"SELECT '{EVERYTHING}' AS subject"),
]


def widened(subjects: Collection[str]) -> Collection[str]:
    """With the subjects of pages that show any of a month, of a year, or of a kind."""
    found = set(subjects)
    for subject in subjects:
        if subject.startswith(OF_A_DAY):
            kind, _, day = subject.partition(":")
            found |= {f"{kind}:{day[:7]}", f"{kind}:{day[:4]}", f"{kind}:*"}
    return found


def drop(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Remove the triggers (`pre_migrate`), and tell the processes that hold pages."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        installing.drop(connection, CHANGE)
        for statement in SAY_EVERYTHING[connection.vendor]:
            cursor.execute(statement)


def create(using: str = DEFAULT_DB_ALIAS, plan: object = None, **_: Any) -> None:
    """Make the triggers (`post_migrate`; a flush, which sends it too, has no plan)."""
    if plan is not None:
        installing.install(connections[using], CHANGE, list(_triggers(connections[using].vendor)))


def present(connection: BaseDatabaseWrapper) -> bool:
    """Whether the triggers are there."""
    return installing.installed(connection, CHANGE) == {trigger.name for trigger in _triggers(connection.vendor)}


def _triggers(vendor: str) -> Iterator[Trigger]:
    for watched in WATCHED:
        name = _short("_".join([CHANGE, watched.table, *sorted(watched.only)]))
        for event in watched.events:
            columns = watched.columns if event == "update" else ()
            # PostgreSQL's conditions ask no other rows.
            when = watched.insert_when if event == "insert" and vendor == "sqlite" else ""
            rows = ROWS[event]
            subjects = " UNION ".join(watched.subjects.format(row=row) for row in rows)
            yield Trigger(f"{name}_{event}", watched.table, event, SAY[vendor].format(subjects=subjects), columns, when)
        if vendor == "postgresql":
            yield Trigger(f"{name}_truncate", watched.table, "truncate", SAY[vendor].format(subjects=ALL))


def _short(name: str) -> str:
    """The name, which PostgreSQL would cut at 63 letters, with a checksum in the place of its end where it is too long."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 9]}_{crc32(name.encode()):08x}"


LONGEST = 50
"""Letters of a trigger's name, without its event."""
ALL = f"SELECT '{EVERYTHING}' AS subject"
ROWS: dict[Event, tuple[str, ...]] = {"insert": ("NEW",), "delete": ("OLD",), "update": ("OLD", "NEW")}
SAY = {
    # Not INSERT OR REPLACE: the conflict rule of the statement that fires a trigger holds in it, too.
    "sqlite": f"DELETE FROM {CHANGE} WHERE subject IN (SELECT subject FROM ({{subjects}})); "
    f"INSERT INTO {CHANGE} (subject) SELECT subject FROM ({{subjects}}) WHERE subject IS NOT NULL;",
    "postgresql": "DECLARE one text; BEGIN FOR one IN SELECT subject FROM ({subjects}) changed WHERE subject IS NOT NULL LOOP "
    f"PERFORM pg_notify('{CHANGE}', one); INSERT INTO {CHANGE} (subject) VALUES (one); END LOOP; END;",
}
SAY_EVERYTHING = {
    "sqlite": [
        f"CREATE TABLE IF NOT EXISTS {CHANGE} (id integer PRIMARY KEY AUTOINCREMENT, subject text NOT NULL)",
        f"CREATE INDEX IF NOT EXISTS {CHANGE}_subject ON {CHANGE} (subject)",
        f"DELETE FROM {CHANGE} WHERE subject = '{EVERYTHING}'",
        f"INSERT INTO {CHANGE} (subject) VALUES ('{EVERYTHING}')",
    ],
    "postgresql": [
        f"CREATE TABLE IF NOT EXISTS {CHANGE} (subject text NOT NULL, at timestamptz NOT NULL DEFAULT now(), "
        "xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint))",
        f"CREATE INDEX IF NOT EXISTS {CHANGE}_xid ON {CHANGE} (xid)",
        f"INSERT INTO {CHANGE} (subject) VALUES ('{EVERYTHING}')",
        f"SELECT pg_notify('{CHANGE}', '{EVERYTHING}')",
    ],
}
