"""Triggers of one purpose are installed and taken away together."""

import pytest
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected, QueryCanceled

from papers import triggers
from papers.search import schema
from papers.triggers import Trigger

pytestmark = pytest.mark.django_db


def note(name: str, *columns: str) -> Trigger:
    body, _ = schema._noting(connection.vendor, schema.PAPERS, "NEW.id")
    return Trigger(name, "papers_paper", "update", body, columns)


def test_replace_makes_these_triggers_the_only_ones_of_their_purpose() -> None:
    triggers.replace(connection, "trial_", [note("trial_one"), note("trial_two", "title")])
    triggers.replace(connection, "other_", [note("other_one")])
    triggers.replace(connection, "trial_", [note("trial_two")])

    assert (set(triggers.installed(connection, "trial_")), set(triggers.installed(connection, "other_"))) == (
        {"trial_two"},
        {"other_one"},
    )
    triggers.drop(connection, "trial_")
    assert (set(triggers.installed(connection, "trial_")), set(triggers.installed(connection, "other_"))) == (
        set(),
        {"other_one"},
    )


def test_replace_makes_none_where_the_database_lacks_a_table_or_a_column() -> None:
    elsewhere = Trigger("trial_three", "papers_nothing", "insert", "SELECT 1;")
    for missing in (note("trial_two", "no_such_column"), elsewhere):
        triggers.replace(connection, "trial_", [note("trial_one"), missing])

        assert set(triggers.installed(connection, "trial_")) == set()


def test_migration_takes_the_search_triggers_of_former_versions_away() -> None:
    triggers.replace(connection, "papers_paper_", [note("papers_paper_changes")])

    schema.install_triggers("default", plan=[])

    assert set(triggers.installed(connection, "papers_paper_")) == set()
    assert len(triggers.installed(connection, schema.PREFIX)) == 11


def test_a_change_that_ended_a_deadlock_is_made_again() -> None:
    refusals = [DeadlockDetected(), DeadlockDetected()]

    def act() -> None:
        triggers.replace(connection, "trial_", [note("trial_one")])
        if refusals:
            raise OperationalError from refusals.pop()

    triggers.in_one_transaction(connection, act)

    assert (refusals, set(triggers.installed(connection, "trial_"))) == ([], {"trial_one"})


@pytest.mark.parametrize("cause", [DeadlockDetected(), QueryCanceled()])
def test_a_change_that_is_refused_for_good_changes_nothing(cause: Exception) -> None:
    def act() -> None:
        triggers.replace(connection, "trial_", [note("trial_one")])
        raise OperationalError from cause

    with pytest.raises(OperationalError):
        triggers.in_one_transaction(connection, act)

    assert triggers.installed(connection, "trial_") == {}
