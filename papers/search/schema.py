"""What Django's models cannot say: the full-text index of each database, and the triggers that note which papers changed."""

# ruff: noqa: S608 - names of our own tables
from typing import Any

from django.db import connections

HIGHEST_TIER = 20
TIER = "CASE " + " ".join(f"WHEN {{score}} >= {1 << n - 1} THEN {n}" for n in range(HIGHEST_TIER, 0, -1)) + " ELSE 0 END"
"""`index.tier` of counts from the network, in SQL."""
TEXTS = ("arxiv_id", "title", "abstract", "authors", "listing_date")


class FTS5:
    """SQLite's full-text index. Its rowid is the standing, so that it finds the first ones first."""

    create = "CREATE VIRTUAL TABLE papers_words USING fts5(words, columnsize=0, tokenize=\"ascii tokenchars '_'\")"
    drop = "DROP TABLE papers_words"
    add = "INSERT OR REPLACE INTO papers_words (rowid, words) VALUES (%s, %s)"
    remove = "DELETE FROM papers_words WHERE rowid = %s"
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
    find = "SELECT rowid FROM papers_words WHERE papers_words MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"


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
    besides = " AND ts_match_vq(words, %s::tsquery)"
    """`@@` without its index and its statistics: those take a phrase for words that stand anywhere."""
    sorted = " + 0"
    """Not along the index of standings."""


def create_index(apps: Any, schema_editor: Any) -> None:
    for statement in [FTS5.create] if schema_editor.connection.vendor == "sqlite" else [GIN.add_column, GIN.create]:
        schema_editor.execute(statement)


def drop_index(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(FTS5.drop if schema_editor.connection.vendor == "sqlite" else GIN.drop_column)


def install_triggers(using: str, **_: Any) -> None:
    """After every migrate, since SQLite drops a table's triggers when a migration makes the table anew. Safe to repeat."""
    database = connections[using]
    if "papers_unindexedpaper" not in database.introspection.table_names():
        return  # migrated back to before there was a search
    with database.cursor() as cursor:
        for statement in _sqlite() if database.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def _sqlite() -> list[str]:
    def noting(event: str, paper: str, *conditions: str) -> str:
        # A condition costs less than a trigger that runs and finds nothing to do: imports and readings fire them by thousands.
        # Not INSERT OR IGNORE: a statement with an ON CONFLICT of its own imposes that on the triggers it fires.
        is_new = f"NOT EXISTS (SELECT 1 FROM papers_unindexedpaper WHERE paper_id = {paper})"
        when = " AND ".join([is_new, *(f"({condition})" for condition in conditions)])
        return f"{event} WHEN {when} BEGIN INSERT INTO papers_unindexedpaper (paper_id) VALUES ({paper}); END"

    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in TEXTS)
    is_of_another_tier = (
        "NOT EXISTS (SELECT 1 FROM papers_indexedpaper WHERE paper_id = NEW.paper_id "
        f"AND standing >> 56 = {TIER.format(score='NEW.retweets + NEW.favorites')})"
    )
    bodies = {
        "paper_comes": noting("INSERT ON papers_paper", "NEW.id"),
        "paper_changes": noting(f"UPDATE OF {', '.join(TEXTS)} ON papers_paper", "NEW.id", changed),
        "paper_goes": noting("DELETE ON papers_paper", "OLD.id"),
        "category_comes": noting("INSERT ON papers_papercategory", "NEW.paper_id"),
        "category_changes": noting("UPDATE OF code ON papers_papercategory", "NEW.paper_id"),
        "category_goes": noting("DELETE ON papers_papercategory", "OLD.paper_id"),
        "counts_come": noting("INSERT ON papers_papermeasurement", "NEW.paper_id", is_of_another_tier),
        "counts_change": noting("UPDATE ON papers_papermeasurement", "NEW.paper_id", is_of_another_tier),
    }
    return [
        statement
        for name, body in bodies.items()
        for statement in (f"DROP TRIGGER IF EXISTS papers_{name}", f"CREATE TRIGGER papers_{name} AFTER {body}")
    ]


def _postgresql() -> list[str]:
    """Counts come by tens of thousands in one statement and are noted once a statement; the rest row by row."""

    def function(name: str, body: str) -> str:
        begin = f"CREATE OR REPLACE FUNCTION papers_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        return f"{begin} {body} RETURN NULL; END $$"

    def trigger(name: str, on: str) -> str:
        return f"CREATE OR REPLACE TRIGGER papers_{name} AFTER {on}"

    note = "INSERT INTO papers_unindexedpaper (paper_id)"
    once = "ON CONFLICT DO NOTHING;"
    old, new = ([f"{row}.{name}" for name in TEXTS] for row in ("OLD", "NEW"))
    changed = f"({', '.join(old)}) IS DISTINCT FROM ({', '.join(new)})"
    another_tier = (
        f"{note} SELECT fresh.paper_id FROM fresh LEFT JOIN papers_indexedpaper indexed ON indexed.paper_id = fresh.paper_id "
        f"WHERE indexed.standing >> 56 IS DISTINCT FROM {TIER.format(score='fresh.retweets + fresh.favorites')} "
        f"ORDER BY fresh.paper_id {once}"
    )
    each_row = "FOR EACH ROW EXECUTE FUNCTION"
    each_statement = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION papers_note_counts()"
    return [
        function("note_paper", f"{note} VALUES (COALESCE(NEW.id, OLD.id)) {once}"),
        function("note_category", f"{note} VALUES (COALESCE(NEW.paper_id, OLD.paper_id)) {once}"),
        function("note_counts", another_tier),
        trigger("paper_comes", f"INSERT OR DELETE ON papers_paper {each_row} papers_note_paper()"),
        trigger(
            "paper_changes",
            f"UPDATE OF {', '.join(TEXTS)} ON papers_paper FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION papers_note_paper()",
        ),
        trigger("category_changes", f"INSERT OR UPDATE OR DELETE ON papers_papercategory {each_row} papers_note_category()"),
        trigger("counts_come", f"INSERT ON papers_papermeasurement {each_statement}"),
        trigger("counts_change", f"UPDATE ON papers_papermeasurement {each_statement}"),
    ]
