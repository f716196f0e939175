"""What Django's models cannot say: the full-text index of each database, and the triggers that note which papers changed."""

# ruff: noqa: S608 - names of our own tables
from collections.abc import Iterator
from typing import Any

from django.db import connections

from papers import triggers
from papers.triggers import Event, Trigger, TriggerSet

HIGHEST_TIER = 20
TIER = "CASE " + " ".join(f"WHEN {{score}} >= {1 << n - 1} THEN {n}" for n in range(HIGHEST_TIER, 0, -1)) + " ELSE 0 END"
"""The doublings of `index.hotness`, of counts from the network, in SQL; a standing has them above its 58 lowest bits."""
TEXTS = ("arxiv_id", "title", "abstract", "authors", "listing_date")
OF_PAPER = (*TEXTS, "listing_source", "is_settled")


class FTS5:
    """SQLite's full-text index. Its rowid is the standing, below zero, so that it finds the first ones first.

    In descending order FTS5 of SQLite 3.40 loses papers where a word that many have leaps by 2**56 or more from one to the next,
    as from one doubling of hotness to another.
    """

    create = "CREATE VIRTUAL TABLE papers_words USING fts5(words, columnsize=0, tokenize=\"ascii tokenchars '_'\")"
    drop = "DROP TABLE papers_words"
    empty = "DELETE FROM papers_words"
    add = "INSERT OR REPLACE INTO papers_words (rowid, words) VALUES (-%s, %s)"
    remove = "DELETE FROM papers_words WHERE rowid = -%s"
    before_all = (
        "DELETE FROM papers_paperauthor",
        "DELETE FROM papers_indexedpaper",
        drop,
        create,
        "INSERT INTO papers_words (papers_words, rank) VALUES ('hashsize', 100000000)",
    )
    after_all = (
        "INSERT INTO papers_words (papers_words, rank) VALUES ('hashsize', 1000000)",
        "INSERT INTO papers_words (papers_words) VALUES ('optimize')",
    )
    find = "SELECT -rowid FROM papers_words WHERE papers_words MATCH %s AND rowid > -%s ORDER BY rowid LIMIT %s"


class GIN:
    """PostgreSQL's. The rows are wide, and read as often as they are found: nothing of them is compressed or put elsewhere."""

    add_column = (
        "ALTER TABLE papers_indexedpaper ADD COLUMN words tsvector NOT NULL DEFAULT '', ALTER COLUMN words SET STORAGE MAIN, "
        "ALTER COLUMN words SET STATISTICS 1000, SET (toast_tuple_target = 8160)"
    )
    drop_column = "ALTER TABLE papers_indexedpaper DROP COLUMN words"
    create = "CREATE INDEX IF NOT EXISTS papers_words ON papers_indexedpaper USING gin (words) WITH (fastupdate = off)"
    add = "COPY papers_indexedpaper (paper_id, standing, words) FROM STDIN"
    before_all = ("DELETE FROM papers_paperauthor", "DELETE FROM papers_indexedpaper", "DROP INDEX IF EXISTS papers_words")
    after_all = (create, "ANALYZE papers_indexedpaper")
    find = (
        "SELECT standing FROM papers_indexedpaper WHERE words @@ %s::tsquery{besides} AND standing < %s "
        "ORDER BY standing{sorted} DESC LIMIT %s"
    )
    find_among = (
        "SELECT standing FROM papers_indexedpaper WHERE standing = ANY(%s) AND ts_match_vq(words, %s::tsquery) "
        "ORDER BY standing DESC"
    )
    indexed = (
        "SELECT term FROM unnest(%s::text[]) AS term "
        "WHERE (SELECT bool_or(true) FROM papers_searchword WHERE word = regexp_replace(term, '^[at]_', '')) "
        "OR (SELECT bool_or(true) FROM papers_indexedpaper WHERE words @@ quote_literal(term)::tsquery)"
    )
    """Words of the dictionary are not looked for: they may stand in many papers. As sums, since for a first row alone it
    might read the table instead of its index."""
    are_so_many = "SELECT count(*) FROM (SELECT FROM papers_indexedpaper WHERE standing >= %s LIMIT %s) AS hotter"
    find_next = (
        "SELECT standing FROM "
        "(SELECT standing, words FROM papers_indexedpaper WHERE standing < %s ORDER BY standing DESC LIMIT %s) AS hottest "
        "WHERE ts_match_vq(words, %s::tsquery) ORDER BY standing DESC LIMIT %s"
    )
    besides = " AND ts_match_vq(words, %s::tsquery)"
    """`@@` without its index and its statistics: those take a phrase for words that stand anywhere."""
    sorted = " + 0"
    """Not along the index of standings."""


class POST_FTS5:
    """SQLite's index of posts. Its rowid is the post's key, so that it finds the newest first."""

    create = FTS5.create.replace("papers_words", "papers_post_words")
    drop = "DROP TABLE papers_post_words"
    empty = "DELETE FROM papers_post_words"
    add = "INSERT OR REPLACE INTO papers_post_words (rowid, words) VALUES (%s, %s)"
    remove = "DELETE FROM papers_post_words WHERE rowid = %s"
    forget = "INSERT INTO papers_post_words (papers_post_words) VALUES ('optimize')"
    """Until it is merged, it holds the words of what was removed."""
    find = "SELECT rowid FROM papers_post_words WHERE papers_post_words MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"


class POST_GIN:
    """PostgreSQL's."""

    add_column = "ALTER TABLE papers_indexedpost ADD COLUMN words tsvector NOT NULL DEFAULT ''"
    drop_column = "ALTER TABLE papers_indexedpost DROP COLUMN words"
    create = "CREATE INDEX papers_post_words ON papers_indexedpost USING gin (words)"
    add = "COPY papers_indexedpost (tweet_id, words) FROM STDIN"
    find = "SELECT tweet_id FROM papers_indexedpost WHERE words @@ %s::tsquery AND tweet_id < %s ORDER BY tweet_id DESC LIMIT %s"


def create_post_index(apps: Any, schema_editor: Any) -> None:
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in [POST_FTS5.create] if is_sqlite else [POST_GIN.add_column, POST_GIN.create]:
        schema_editor.execute(statement)


def drop_post_index(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(POST_FTS5.drop if schema_editor.connection.vendor == "sqlite" else POST_GIN.drop_column)


def create_index(apps: Any, schema_editor: Any) -> None:
    for statement in [FTS5.create] if schema_editor.connection.vendor == "sqlite" else [GIN.add_column, GIN.create]:
        schema_editor.execute(statement)


def drop_index(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(FTS5.drop if schema_editor.connection.vendor == "sqlite" else GIN.drop_column)


def install_triggers(using: str, plan: object = None, **_: Any) -> None:
    """After migrations. A flush sends the signal too, without a plan; it does not know SQLite's index, which is emptied here."""
    database = connections[using]
    if plan is None:
        if database.vendor == "sqlite":
            with database.cursor() as cursor:
                for statement in (FTS5.empty, POST_FTS5.empty):
                    cursor.execute(statement)
        return
    for former in FORMER:
        triggers.drop(database, former)
    TRIGGERS.install(using, plan)


PREFIX = "search_note_"
FORMER = (
    "papers_paper_",
    "papers_category_",
    "papers_counts_",
    "papers_note_paper",
    "papers_note_category",
    "papers_note_counts",
)
"""How they were named until November 2026."""
PAPERS, POSTS = ("papers_unindexedpaper", "paper_id"), ("papers_unindexedpost", "tweet_id")
"""The tables of notes, and their keys."""
OF_POST = ("body_html", "author_name", "author_handle", "state", "is_excluded")
IS_OF_ANOTHER_TIER = (
    "NOT EXISTS (SELECT 1 FROM papers_indexedpaper WHERE paper_id = NEW.paper_id "
    f"AND standing >> 58 = {TIER.format(score='NEW.retweets + NEW.favorites + NEW.extra_points')})"
)
NOTE_THOSE_OF_ANOTHER_TIER = (
    "INSERT INTO papers_unindexedpaper (paper_id) SELECT fresh.paper_id FROM fresh "
    "LEFT JOIN papers_indexedpaper indexed ON indexed.paper_id = fresh.paper_id "
    f"WHERE indexed.standing >> 58 IS DISTINCT FROM {TIER.format(score='fresh.retweets + fresh.favorites + fresh.extra_points')} "
    "ORDER BY fresh.paper_id ON CONFLICT DO NOTHING;"
)
ROWS: tuple[tuple[Event, str], ...] = (("insert", "NEW"), ("update", "NEW"), ("delete", "OLD"))


def _noting(vendor: str, notes: tuple[str, str], key: str) -> tuple[str, str]:
    """Return what a trigger does to note this row, and on SQLite its condition, that the row is not noted yet: that costs less
    than a trigger that runs and finds nothing to do, and imports and readings fire them by thousands."""
    table, column = notes
    note = f"INSERT INTO {table} ({column}) VALUES ({key})"
    if vendor == "postgresql":
        return f"{note} ON CONFLICT DO NOTHING;", ""
    # Not INSERT OR IGNORE: a statement with an ON CONFLICT of its own imposes that on the triggers it fires.
    return f"{note};", f"NOT EXISTS (SELECT 1 FROM {table} WHERE {column} = {key})"


def _triggers(vendor: str) -> Iterator[Trigger]:
    for table, key, columns in (("papers_paper", "id", OF_PAPER), ("papers_papercategory", "paper_id", ("code", "paper_id"))):
        for event, row in ROWS:
            note, is_new = _noting(vendor, PAPERS, f"{row}.{key}")
            yield Trigger(f"{PREFIX}{table}_{event}", table, event, note, columns if event == "update" else (), is_new)
    table = "papers_papermeasurement"
    for event, _ in ROWS[:2]:
        name = f"{PREFIX}{table}_{event}"
        if vendor == "sqlite":
            note, is_new = _noting(vendor, PAPERS, "NEW.paper_id")
            yield Trigger(name, table, event, note, when=f"{is_new} AND {IS_OF_ANOTHER_TIER}")
        else:  # they come by tens of thousands in one statement
            yield Trigger(name, table, event, NOTE_THOSE_OF_ANOTHER_TIER, rows_as="fresh")
    note, is_new = _noting(vendor, POSTS, "NEW.tweet_id")
    if is_new:  # a new post is indexed with its paper, if that is noted: an import makes thousands of both
        is_new = f"{_noting(vendor, PAPERS, 'NEW.paper_id')[1]} AND {is_new}"
    yield Trigger(f"{PREFIX}papers_mention_insert", "papers_mention", "insert", note, when=is_new)
    for event, row in ROWS[1:]:
        note, is_new = _noting(vendor, POSTS, f"{row}.id")
        yield Trigger(f"{PREFIX}papers_tweet_{event}", "papers_tweet", event, note, OF_POST if event == "update" else (), is_new)


TRIGGERS = TriggerSet(PREFIX, _triggers)
