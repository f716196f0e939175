"""Who may do what in the admin and on the desk, by real requests."""

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from papers.models import PaperMeasurement, Provenance
from papers.search.index import index_changed
from tests.digests.admin.role_actions import TABLE
from tests.editors import apps_of_then, make_client, make_user, migration
from tests.factories import READ_AT, make_digest, make_entry, make_paper, make_tweet

pytestmark = pytest.mark.django_db
ROLES = ["Viewer", "Curator", "Editor", "Administrator"]
SEEN = {
    *(f"papers.view_{name}" for name in ("paper", "papercategory", "tweet", "mention", "papermeasurement", "tweetmeasurement")),
    *(f"papers.view_{name}" for name in ("collectionday", "readbudget", "paidread", "sourcehealth", "savedrules")),
    *(f"digests.view_{name}" for name in ("digest", "entry", "showntweet", "dismissal", "ignoredfinding", "publicevent")),
}
DRAFTED = {
    *("digests.add_digest", "digests.change_digest"),
    *(f"digests.{action}_{name}" for action in ("add", "change", "delete") for name in ("entry", "showntweet")),
}
PUBLISHED = {
    *("digests.delete_digest", "digests.publish_digest"),
    *(f"papers.{action}_{name}" for action in ("add", "change") for name in ("paper", "papercategory", "tweet", "mention")),
}
ADMINISTERED = {
    *(f"papers.{action}_savedrules" for action in ("add", "change", "delete")),
    *(f"auth.{action}_user" for action in ("view", "add", "change", "delete")),
    *("auth.view_group", "axes.view_accessattempt", "axes.delete_accessattempt", "axes.view_accesslog"),
}
RIGHTS = dict(
    zip(ROLES, (SEEN, SEEN | DRAFTED, SEEN | DRAFTED | PUBLISHED, SEEN | DRAFTED | PUBLISHED | ADMINISTERED), strict=True)
)


def rights_of(role: str) -> set[str]:
    permissions = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in permissions}


def test_roles_have_exactly_these_rights() -> None:
    migration.make_roles(apps_of_then, connection.schema_editor())

    assert {role: rights_of(role) for role in ROLES} == RIGHTS


def test_roles_are_made_before_django_makes_permissions() -> None:
    Group.objects.all().delete()
    before = set(Permission.objects.values_list("content_type__app_label", "codename"))
    Permission.objects.all().delete()

    migration.make_roles(apps_of_then, connection.schema_editor())

    made = set(Permission.objects.values_list("content_type__app_label", "codename"))
    assert {role: rights_of(role) for role in ROLES} == RIGHTS
    assert made - before == set()


def test_the_former_group_becomes_editor_and_keeps_its_members() -> None:
    Group.objects.all().delete()
    import_module("digests.migrations.0002_editors").make_editors(apps, connection.schema_editor())
    ann = User.objects.create(username="ann")
    ann.groups.add(Group.objects.get(name="Editors"))

    migration.make_roles(apps_of_then, connection.schema_editor())

    assert list(ann.groups.values_list("name", flat=True)) == ["Editor"]
    assert not Group.objects.filter(name="Editors").exists()

    migration.drop_roles(apps_of_then, connection.schema_editor())

    assert list(ann.groups.values_list("name", flat=True)) == ["Editors"]
    assert not Group.objects.filter(name__in=ROLES).exists()


@pytest.fixture(scope="module")
def clients(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Client]]:
    """A browser of everybody, beside a row of each kind. They are made once: what a test does is undone before the next one."""
    with django_db_blocker.unblock(), transaction.atomic():
        paper = make_paper(arxiv_id="2105.77777")
        tweet = make_tweet(paper, status_id="1392360000000077777")
        make_entry(make_digest(), paper, tweet)
        PaperMeasurement.objects.create(paper=paper, read_at=READ_AT, provenance=Provenance.NETWORK, retweets=1, favorites=1)
        index_changed()
        yield {
            "anonymous": make_client(None),
            "staff without rights": make_client(make_user()),
            "no staff": make_client(User.objects.create(username="reader", password="!", is_superuser=True)),
            **{role: make_client(make_user(group=role)) for role in ROLES},
        }
        transaction.set_rollback(True)


@pytest.mark.parametrize(("action", "least"), TABLE, ids=[f"{action.__name__}: {least}" for action, least in TABLE])
def test_role_by_action(action: Callable[[Client], bool], least: str, clients: dict[str, Client]) -> None:
    may = {}
    for name, client in clients.items():
        with transaction.atomic():
            may[name] = action(client)
            transaction.set_rollback(True)

    allowed = ROLES[ROLES.index(least) :] if least in ROLES else []
    assert [name for name, does in may.items() if does] == allowed


def test_rights_are_named_as_their_rows_are_in_the_admin() -> None:
    names = dict(Permission.objects.filter(content_type__app_label="papers").values_list("codename", "name"))

    assert {names[f"{action}_tweet"] for action in ("add", "change", "delete", "view")} == {
        "Can add post",
        "Can change post",
        "Can delete post",
        "Can view post",
    }
