"""Triggers of another version of the code are not taken for ours."""

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import connection

from digests.page_cache import triggers
from digests.page_cache.watching import watch
from hotpapers_site.health import troubles
from papers import triggers as installing

pytestmark = pytest.mark.django_db(transaction=True)


def test_triggers_of_another_version_are_told_from_ours_and_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(troubles, "_done", set())
    ours = list(triggers.TRIGGERS.make(connection.vendor))
    older = [replace(ours[0], when="1 = 0"), *ours[1:]]
    try:
        installing.replace(connection, triggers.CHANGE, older)
        assert installing.installed(connection, triggers.CHANGE).keys() == {one.name for one in ours}
        assert (triggers.TRIGGERS.is_installed(connection), watch()) == (False, None)
        assert [one.sentence for one in troubles.migrations()] == [
            "The database's triggers are those of another version. Run `manage.py migrate`."
        ]
    finally:
        call_command("migrate", verbosity=0)
    assert (triggers.TRIGGERS.is_installed(connection), list(troubles.migrations())) == (True, [])
