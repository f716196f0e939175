"""How often a password may be tried: of an account, from an address, of both; at sign-in, for a new one, before accounts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.utils import timezone

from hotpapers_site import password_tries
from hotpapers_site.models import PasswordTries
from hotpapers_site.tasks import clear_sessions
from tests.editors import make_client

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "a long enough secret"


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_superuser("ann", password=PASSWORD)


def sign_in(username: str, password: str = "wrong", *, address: str = "10.0.0.1") -> int:
    client = Client(REMOTE_ADDR=address)
    return client.post("/admin/login/?next=/admin/all/", {"username": username, "password": password}).status_code


def test_twelve_names_from_one_address_are_throttled(ann: User) -> None:
    assert [sign_in(f"name-{n}") for n in range(12)] == [200] * 10 + [429] * 2
    assert sign_in("ann", PASSWORD) == 429
    assert sign_in("ann", PASSWORD, address="10.0.0.2") == 302


def test_who_is_shut_out_reads_the_site_s_name_and_when_to_try_again(ann: User) -> None:
    client = Client(REMOTE_ADDR="10.0.0.1")
    answers = [client.post("/admin/login/", {"username": "ann", "password": "wrong"}).content.decode() for _ in range(6)]
    assert "Wait 15 minutes, then try again" in answers[-1]
    assert "Django" not in answers[-1]


def test_account_is_throttled_from_many_addresses(ann: User) -> None:
    assert [sign_in("ann", address=f"10.0.1.{n}") for n in range(12)] == [200] * 10 + [429] * 2
    assert sign_in("ANN", address="10.0.2.1") == 429
    assert sign_in("bob", address="10.0.2.1") == 200


def test_one_address_cannot_shut_an_account_for_the_others(ann: User) -> None:
    for _ in range(30):
        sign_in("ann")
    assert sign_in("ann", PASSWORD, address="10.0.0.2") == 302


def test_knowing_ones_own_password_opens_no_way_to_guess_others(ann: User) -> None:
    for n in range(9):
        sign_in(f"name-{n}")
    assert [sign_in("ann", PASSWORD) for _ in range(3)] == [302] * 3
    assert [sign_in("bob") for _ in range(2)] == [200, 429]
    assert sign_in("ann", PASSWORD) == 429


def test_right_passwords_are_not_limited_for_a_team_behind_one_address(ann: User) -> None:
    assert [sign_in("ann", PASSWORD) for _ in range(12)] == [302] * 12


def test_tries_are_forgotten_after_the_span_of_time(ann: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for n in range(11):
            sign_in(f"name-{n}")
        clock.shift(timedelta(minutes=14))
        clear_sessions()
        assert sign_in("ann", PASSWORD) == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        assert sign_in("ann", PASSWORD) == 302
        clock.shift(timedelta(hours=1))
        clear_sessions()
    assert PasswordTries.objects.count() == 0


def test_administrator_lets_an_account_in_again(ann: User) -> None:
    for n in range(11):
        sign_in("ann", address=f"10.0.1.{n}")
    AccessAttempt.objects.all().delete()
    assert sign_in("ann", PASSWORD, address="10.0.2.1") == 302


def test_no_name_and_no_address_is_kept(ann: User) -> None:
    sign_in("ann")
    told = str(list(PasswordTries.objects.values()))
    assert "ann'" not in told
    assert "10.0.0.1" not in told


@pytest.mark.parametrize("name", ["x" * 1000, "\N{COMBINING ACUTE ACCENT}" * 50, "a\0b", "\ud800", "%s{}'\";--"])
def test_odd_names_are_tried_like_any_other(ann: User, name: str) -> None:
    assert [sign_in(name.encode("utf-8", "replace").decode()) for _ in range(2)] == [200, 200]


@pytest.mark.django_db(transaction=True)
def test_of_24_tries_at_once_five_are_looked_at() -> None:
    def one(_: int) -> bool:
        try:
            return password_tries.count(password_tries.limits("ann", "10.0.0.1"), timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(one, range(24))) == [False] * 19 + [True] * 5


def change_password(client: Client, old: str, new: str = "entirely other words 77") -> int:
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/admin/password_change/", form).status_code


def test_wrong_old_passwords_are_throttled(ann: User) -> None:
    client = make_client(ann)
    assert [change_password(client, "wrong") for _ in range(7)] == [200] * 5 + [429] * 2
    assert change_password(client, PASSWORD) == 429
    assert sign_in("ann", PASSWORD, address="127.0.0.1") == 429


def test_right_old_password_is_taken_and_forgets_the_tries(ann: User) -> None:
    client = make_client(ann)
    assert [change_password(client, "wrong") for _ in range(4)] == [200] * 4
    assert change_password(client, PASSWORD) == 302
    ann.refresh_from_db()
    assert ann.check_password("entirely other words 77")
    assert change_password(client, "wrong") == 200


def test_password_page_asks_strangers_to_sign_in(client: Client, db: None) -> None:
    for answer in (client.get("/admin/password_change/"), client.post("/admin/password_change/", {"old_password": "x"})):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/password_change/")


USERS = "/admin/auth/user/"


@pytest.fixture
def late(ann: User) -> Any:
    """Ann, who gave her password a quarter of an hour ago."""
    with time_machine.travel(NOW, tick=False) as clock:
        client = make_client(ann)
        clock.shift(timedelta(minutes=15))
        yield client


@pytest.mark.parametrize("path", [f"{USERS}add/", "/admin/auth/group/add/"])
def test_accounts_ask_for_a_fresh_password(late: Client, path: str) -> None:
    asked = late.get(path)
    assert (asked.status_code, asked["Location"]) == (302, f"/admin/confirm_password/?next={path.replace('/', '%2F')}")
    assert late.get(asked["Location"]).status_code == 200
    assert late.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert late.get(path).status_code == 302
    given = late.post(asked["Location"], {"password": PASSWORD})
    assert (given.status_code, given["Location"]) == (302, path)
    assert late.get(path).status_code == 200


def test_every_page_that_changes_accounts_asks(late: Client, ann: User) -> None:
    pages = [f"{USERS}add/", f"{USERS}{ann.pk}/change/", f"{USERS}{ann.pk}/delete/", f"{USERS}{ann.pk}/password/"]
    assert [late.get(page)["Location"].split("?")[0] for page in pages] == ["/admin/confirm_password/"] * 4
    with time_machine.travel(NOW + timedelta(minutes=25), tick=False):
        deletion = {"action": "delete_selected", "_selected_action": [ann.pk]}
        assert late.post(USERS, deletion)["Location"].startswith("/admin/confirm_password/")
        assert late.post(f"{USERS}{ann.pk}/change/", {"username": "x"})["Location"].startswith("/admin/confirm_password/")
    assert [late.get(page).status_code for page in (USERS, "/admin/auth/group/", "/admin/all/")] == [200] * 3


def test_form_that_was_opened_in_time_can_be_sent_later(ann: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = make_client(ann)
        clock.shift(timedelta(minutes=15))
        assert client.post("/admin/auth/group/add/", {"name": "Guests"}).status_code == 302
    assert ann.groups.model.objects.filter(name="Guests").exists()


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", ""])
def test_confirmation_leads_to_this_site_alone(ann: User, onward: str) -> None:
    given = make_client(ann).post("/admin/confirm_password/", {"password": PASSWORD}, query_params={"next": onward})
    assert (given.status_code, given["Location"]) == (302, "/admin/all/")


def test_wrong_confirmations_are_throttled(ann: User) -> None:
    client = make_client(ann)
    assert [client.post("/admin/confirm_password/", {"password": "wrong"}).status_code for _ in range(6)] == [200] * 5 + [429]


def test_strangers_confirm_nothing(client: Client, db: None) -> None:
    assert client.get("/admin/confirm_password/")["Location"].startswith("/admin/login/?next=")
