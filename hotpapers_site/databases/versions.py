"""Whether the database is of this version of the site: by the migrations that it has had."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OURS = ("papers", "digests", "hotpapers_site")


def waiting_migrations() -> int:
    """Return how many migrations of this version the site's database lacks. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def of_newer_version() -> str:
    """Return a sentence if a newer version of this site has changed the database's tables; empty if not. Raises DatabaseError."""
    loader = MigrationLoader(connection)
    unknown = sorted(one for one in loader.applied_migrations if one[0] in OURS and one not in loader.disk_migrations)
    if not unknown:
        return ""
    app, name = unknown[-1]
    return (
        f"The database is of a newer version of Hot Papers ({app} {name}). Install that version, or take the database back "
        "(Upgrade and rollback, in deploy/README.md)."
    )
