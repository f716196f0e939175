"""What an account may do, and its password: each change is noted, with who made it, and told to somebody."""

from collections.abc import Iterator
from io import StringIO
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from hotpapers_site.accounts.events import Kind
from hotpapers_site.accounts.own_account import sessions_of
from hotpapers_site.health import security_alerts
from hotpapers_site.models import SecurityEvent
from tests.editors import make_client, make_user
from tests.hotpapers_site.health.test_alerts import Hooks, text_of

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-of-mallory"
NEW = "another-long-phrase-of-them"


@pytest.fixture
def hooks(settings: Settings) -> Iterator[Hooks]:
    with Hooks() as made:
        settings.ALERT_WEBHOOKS = [f"slack+{made.url}/slack"]
        yield made


@pytest.fixture
def mallory() -> Client:
    """An administrator, who has just signed in."""
    User.objects.create_superuser("mallory", password=PASSWORD)
    client = Client(REMOTE_ADDR="10.0.0.7")
    assert client.post("/admin/login/", {"username": "mallory", "password": PASSWORD}).status_code == 302
    return client


def noted() -> list[tuple[str, str, str, str, str]]:
    """Kind, whose account, by whom, from where, details."""
    rows = SecurityEvent.objects.exclude(kind=Kind.SIGNED_IN).select_related("user", "by").order_by("pk")
    return [
        (row.kind, row.user.username if row.user else "", row.by.username if row.by else "", row.address, row.detail)
        for row in rows
    ]


def form(user: User, **changed: object) -> dict[str, object]:
    shown = {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    joined = user.date_joined
    moments = {"date_joined_0": f"{joined:%Y-%m-%d}", "date_joined_1": f"{joined:%H:%M:%S}"}
    return {"username": user.username, **moments, **shown, **changed}


def test_rights_that_an_administrator_gives_are_noted_and_told(mallory: Client, hooks: Hooks) -> None:
    ann = make_user(username="ann")
    SecurityEvent.objects.all().delete()
    changed = mallory.post(f"/admin/auth/user/{ann.pk}/change/", form(ann, is_superuser="on"))
    assert changed.status_code == 302, changed.content
    assert noted() == [(Kind.RIGHTS_CHANGED, "ann", "mallory", "10.0.0.7", "now superuser")]
    security_alerts.tell_events()
    assert "• ann: roles or permissions changed (now superuser, by mallory) from 10.0.0.7, " in text_of(hooks.bodies[0][1])


def test_a_password_that_somebody_else_sets_is_told_and_ones_own_is_not(mallory: Client, hooks: Hooks) -> None:
    ann = make_user(username="ann")
    SecurityEvent.objects.all().delete()
    given = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert mallory.post(f"/admin/auth/user/{ann.pk}/password/", given).status_code == 302
    own = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert mallory.post("/admin/password_change/", own).status_code == 302
    with mock.patch("getpass.getpass", return_value="one-more-phrase-of-nobody"):
        call_command("changepassword", "ann", stdout=StringIO())
    assert noted() == [
        (Kind.PASSWORD_CHANGED, "ann", "mallory", "10.0.0.7", ""),
        (Kind.PASSWORD_CHANGED, "mallory", "mallory", "10.0.0.7", ""),
        (Kind.PASSWORD_CHANGED, "ann", "", "", "by the operator"),
    ]
    security_alerts.tell_events()
    first, second = text_of(hooks.bodies[0][1]).splitlines()[1:3]
    assert first.startswith("• ann: changed the password (by mallory) from 10.0.0.7, ")
    assert second.startswith("• ann: changed the password (by the operator) from an unknown address, ")
    ann.refresh_from_db()
    page = " ".join(make_client(ann).get("/admin/account/").content.decode().split())
    assert "changed the password (by the operator) </td>" in page


def test_a_new_account_is_noted_and_what_changes_no_right_is_not(mallory: Client) -> None:
    SecurityEvent.objects.all().delete()
    given = {"username": "ben", "usable_password": "true", "password1": NEW, "password2": NEW}
    assert mallory.post("/admin/auth/user/add/", given).status_code == 302
    assert noted() == [(Kind.RIGHTS_CHANGED, "ben", "mallory", "10.0.0.7", "a new account")]
    ben = User.objects.get(username="ben")
    ben.first_name = "Ben"
    ben.save()
    ben.save(update_fields=["last_login"])
    assert len(noted()) == 1


def test_a_session_from_before_the_password_changed_is_not_listed_as_open(mallory: Client) -> None:
    user = User.objects.get(username="mallory")
    other = Client()
    other.post("/admin/login/", {"username": "mallory", "password": PASSWORD})
    assert len(sessions_of(user)) == 2
    mallory.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    user.refresh_from_db()
    assert len(sessions_of(user)) == 1
    assert other.get("/admin/all/").status_code == 302
