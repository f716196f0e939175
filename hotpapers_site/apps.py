import gc
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db import connection
from django.db.backends.signals import connection_created

from hotpapers_site.environment import keep_private


class EditorsAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "hotpapers_site.admin_site.EditorsSite"

    def ready(self) -> None:
        super().ready()  # imports the admin of all apps, the last of what each process imports
        gc.freeze()
        gc.enable()


class HotPapersSiteConfig(AppConfig):
    name = "hotpapers_site"
    verbose_name = "The site"

    def ready(self) -> None:
        from hotpapers_site import deploy_checks, password_tries, sessions  # noqa: F401 - register checks, hear of logins
        from hotpapers_site.accounts import events, second_factor  # noqa: F401 - hear of accounts
        from hotpapers_site.health import task_runs, workers  # noqa: F401 - hear of tasks, and of workers and beats that start

        # Each SQLite that we run with has JSON. Django tries it, and takes a full disk for one that has none.
        connection.features.supports_json_field = True
        connection_created.connect(keep_database_private)
        connection_created.connect(leave_queries_uncompiled)


def keep_database_private(connection: Any, **_: object) -> None:
    """Make SQLite's files readable for this user alone: SQLite itself makes them readable by everybody."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        keep_private(*path.parent.glob(f"{path.name}*"))


def leave_queries_uncompiled(connection: Any, **_: object) -> None:
    """Keep PostgreSQL from compiling queries: if it overestimates their cost, that takes longer than the query: up to 90 ms."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit TO off")
