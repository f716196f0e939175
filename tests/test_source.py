"""What holds for the source as a whole."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

MOST_LINES = 300
WRITTEN_BY_HAND = {".py", ".js", ".css", ".html", ".txt", ".xml"}
PACKAGES = ("papers/", "digests/", "hotpapers_site/")


@pytest.fixture(scope="module")
def written() -> list[str]:
    """The files that we write by hand: not migrations, nor what `make lock` writes."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split("\0") if Path(name).suffix in WRITTEN_BY_HAND]
    return [name for name in files if "/migrations/" not in name and not name.startswith("requirements")]


def test_no_file_is_longer_than_300_lines(written: list[str]) -> None:
    lines = {name: len((settings.BASE_DIR / name).read_text().splitlines()) for name in written}

    assert [name for name, count in lines.items() if count > MOST_LINES] == []


def test_each_package_says_what_is_in_it(written: list[str]) -> None:
    packages = [name for name in written if name.startswith(PACKAGES) and name.endswith("/__init__.py")]

    assert len(packages) > 40
    assert [name for name in packages if not ast.get_docstring(ast.parse((settings.BASE_DIR / name).read_text()))] == []


def relations_of_digests() -> set[str]:
    """What queries on the models of `papers` may call those of `digests`."""
    fields = [
        field for model in apps.get_app_config("papers").get_models() for field in model._meta.get_fields(include_hidden=True)
    ]
    theirs = set(apps.get_app_config("digests").get_models(include_auto_created=True))
    return {field.name for field in fields if field.is_relation and not field.concrete and field.related_model in theirs}


QUERY_METHODS = {
    "filter",
    "exclude",
    "alias",
    "annotate",
    "aggregate",
    "values",
    "values_list",
    "order_by",
    "only",
    "defer",
    "distinct",
}
QUERY_METHODS |= {
    "prefetch_related",
    "select_related",
    "get",
    "update",
    "Q",
    "F",
    "Count",
    "Max",
    "Min",
    "Sum",
    "OuterRef",
    "Prefetch",
}


def names_in_queries(source: str) -> Iterator[tuple[int, str]]:
    """Line and first name of each path of relations in a query."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in QUERY_METHODS:
            texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            for name in texts + [keyword.arg or "" for keyword in call.keywords]:
                yield call.lineno, name.lstrip("-").partition("__")[0]


def test_papers_names_no_relation_of_digests_in_a_query() -> None:
    relations = relations_of_digests()
    assert {"shown", "entries"} <= relations

    files = [file for file in sorted((settings.BASE_DIR / "papers").rglob("*.py")) if file.parent.name != "migrations"]
    breaches = [
        f"{file.relative_to(settings.BASE_DIR)}:{line} {name}"
        for file in files
        for line, name in names_in_queries(file.read_text())
        if name in relations
    ]
    assert breaches == []


REAL_TIME = {
    "papers/clock.py": "it is the clock",
    "papers/admin/bulk.py": "compared with the times of Django's log and of the history of lists",
    "digests/editing/history.py": "how long a person paused while typing",
    "digests/editing/presence.py": "who is at the desk, for half a minute of people's time",
    "hotpapers_site/health/heartbeats.py": "compared with the database's real time",
    "hotpapers_site/health/metrics.py": "how long a source has failed",
    "hotpapers_site/health/task_runs.py": "when a task ran",
    "hotpapers_site/accounts/password.py": "how often somebody tried a password",
    "hotpapers_site/accounts/own_account.py": "which sessions are open, and how long ago a password was given",
    "hotpapers_site/password_tries.py": "how often somebody tried a password",
    "hotpapers_site/tasks.py": "how often somebody tried a password",
    "hotpapers_site/security_txt.py": "it tells strangers a date",
    "hotpapers_site/management/commands/sandbox.py": "the sandbox's clock begins now",
    "papers/collecting/following.py": "leases are by the clocks of the machines",
    "papers/networks/api.py": "only where no clock is given",
    "papers/sources/answer_headers.py": "compared with a server's real time",
}
"""Where the time that clocks on walls show is meant, in a sandbox as well."""


def test_time_is_asked_of_our_clock(written: list[str]) -> None:
    ours = [name for name in written if name.endswith(".py") and name.startswith(("digests/", "hotpapers_site/", "papers/"))]
    asking = {
        name
        for name in ours
        if any(call in (settings.BASE_DIR / name).read_text() for call in ("timezone.now(", "datetime.now(", "date.today("))
    }

    assert sorted(asking) == sorted(REAL_TIME)
