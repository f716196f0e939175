"""Users of the admin, and what a browser would submit from one of its pages."""

import importlib
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from lxml import html

migration = importlib.import_module("digests.migrations.0004_roles")
RENAMED = {"Waiver": "IgnoredFinding"}
apps_of_then = SimpleNamespace(get_model=lambda app, name: apps.get_model(app, RENAMED.get(name, name)))
"""Today's models under the names that they had when the migration was written."""


def make_user(*, group: str | None = None, rights: str = "", **fields: Any) -> User:
    """A staff user, perhaps with a role (Viewer, Curator, Editor, Administrator), perhaps with some rights (`papers.view_paper …`) of its own."""
    # Without a password: they are signed in by `make_client`, and hashing takes half a second.
    user = User.objects.create(**{"username": group or "staff", "password": "!", "is_staff": True} | fields)
    if group:
        if not Group.objects.filter(name=group).exists():  # a test may have deleted them
            migration.make_roles(apps_of_then, connection.schema_editor())
        user.groups.add(Group.objects.get(name=group))
    # Django keeps these for the life of the process; fetched now, they are in nobody's count of queries.
    ContentType.objects.get_for_models(*apps.get_models())
    for right in rights.split():
        app, codename = right.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_client(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def values(client: Client, address: str, form: str) -> dict[str, str]:
    """What the form with this id on the page submits when nothing was touched, its buttons left out."""
    response = client.get(address)
    assert response.status_code == 200, response
    document: Any = html.document_fromstring(response.content.decode())
    element = document.get_element_by_id(form)
    for area in element.iter("textarea"):
        area.text = (area.text or "").removeprefix("\n")  # as browsers do
    return {name: value or "" for name, value in element.form_values() if "__prefix__" not in name}


def run_action(client: Client, address: str, action: str, *records: Any) -> Any:
    """Choose an action for these records of a list, and answer yes on the page that asks."""
    asked = client.post(address, {"action": action, "_selected_action": [record.pk for record in records], "index": "0"})
    return confirm(client, address, asked) if asked.status_code == 200 else asked


def confirm(client: Client, address: str, page: Any) -> Any:
    """Press the button of a page that asks whether a bulk action is meant."""
    document: Any = html.document_fromstring(page.content.decode())
    (form,) = (form for form in document.forms if form.xpath(".//input[@name='confirmed']"))
    hidden: dict[str, Any] = {"confirmed": "yes"}
    for field in form.xpath(".//input[@type='hidden']"):
        hidden.setdefault(field.name, []).append(field.value)
    return client.post(address, hidden)
