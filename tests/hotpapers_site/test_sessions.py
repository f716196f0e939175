"""Signing in is throttled, sessions end when they are not used, passwords are long."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from hotpapers_site.sessions import client_address
from hotpapers_site.tasks import clear_sessions
from tests.editors import make_client, make_user
from tests.factories import make_digest

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "a long enough secret"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", password=PASSWORD, is_staff=True)


def sign_in(username: str = "ann", password: str = PASSWORD, *, address: str = "10.0.0.1") -> Any:
    client = Client(REMOTE_ADDR=address)
    return client.post("/admin/login/?next=/admin/all/", {"username": username, "password": password})


def fail(times: int, username: str = "ann") -> list[int]:
    return [sign_in(username, "wrong").status_code for _ in range(times)]


def test_signing_in_is_throttled_by_name_and_address_for_a_while(ann: User, clock: Any) -> None:
    assert fail(5) == [200, 200, 200, 200, 429]
    locked = sign_in()
    assert locked.status_code == 429
    assert b"Wait 15 minutes" in locked.content
    assert sign_in(address="10.0.0.9").status_code == 302

    clock.shift(timedelta(minutes=15, seconds=1))
    assert sign_in().status_code == 302
    assert fail(4) == [200] * 4  # counted anew


def test_the_answer_does_not_tell_whether_there_is_such_a_user(ann: User) -> None:
    statuses = [fail(6, name) for name in ("ann", "nobody")]
    assert statuses[0] == statuses[1]
    assert sign_in("ann").content == sign_in("nobody").content


def test_no_password_is_kept_and_old_failures_go(ann: User, clock: Any) -> None:
    sign_in("ann", "my other secret")
    assert "my other secret" not in str(AccessAttempt.objects.values())
    sign_in()
    assert not AccessLog.objects.exists()

    fail(1, "nobody")
    clock.shift(timedelta(hours=1))
    fail(1, "somebody")
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["somebody"]


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "expected"),
    [
        (False, "203.0.113.5", "10.0.0.1"),
        (True, "1.2.3.4, 203.0.113.5", "203.0.113.5"),
        (True, "", "10.0.0.1"),
        (True, "1.2.3.4, nonsense", "10.0.0.1"),
        (True, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_client_address_believes_a_proxy_only_where_there_is_one(
    settings: Settings, behind_proxy: bool, forwarded: str, expected: str
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected


def test_client_address_of_a_unix_socket_is_unknown() -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None


def is_signed_in(client: Client) -> bool:
    return client.get("/admin/all/").status_code == 200


@pytest.mark.django_db
def test_a_session_lasts_as_long_as_it_is_used(clock: Any) -> None:
    client = make_client(make_user(group="Viewer"))
    for _ in range(4):
        clock.shift(timedelta(hours=11))
        assert is_signed_in(client)
    clock.shift(timedelta(hours=12, seconds=1))
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_an_open_desk_by_itself_does_not_keep_a_session(clock: Any) -> None:
    client = make_client(make_user(group="Viewer"))
    make_digest(NOW.date())
    poll = f"/admin/desk/{NOW.date()}/state"
    clock.shift(timedelta(hours=11))
    assert client.get(poll).status_code == 200
    clock.shift(timedelta(hours=2))
    assert client.get(poll).status_code == 401


@pytest.mark.django_db
def test_an_editors_session_is_left_alone_by_readers_pages(clock: Any) -> None:
    client = make_client(make_user(group="Viewer"))
    digest = make_digest()
    clock.shift(timedelta(hours=11))

    response = client.get(digest.get_absolute_url())

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
def test_ended_sessions_are_forgotten(clock: Any) -> None:
    make_client(make_user())
    clear_sessions()
    assert Session.objects.count() == 1
    clock.shift(timedelta(hours=13))
    clear_sessions()
    assert Session.objects.count() == 0


@pytest.mark.parametrize("password", ["elevenchars", "123456789012345", "passwordpassword"[:8], "ann.example.2026"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="ann.example"))


def test_a_long_password_is_accepted() -> None:
    validate_password("correct horse battery", User(username="ann.example"))


@pytest.mark.django_db
def test_a_session_ends_after_a_week_however_much_it_is_used(clock: Any) -> None:
    client = make_client(make_user(group="Viewer"))
    for _ in range(16):
        clock.shift(timedelta(hours=10))
        assert is_signed_in(client)
    clock.shift(timedelta(hours=7, minutes=59))
    assert is_signed_in(client)
    clock.shift(timedelta(minutes=2))
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "password",
    [
        *(
            "aaaaaaaaaaaa",
            "hotpapers123",
            "Hotpapers2026!",
            "h0tp4pers-2026",
            "hot papers 2026",
            "arxivarxiv2026",
            "papersexample1",
        ),
        *("password1234", "qwertyuiop12", "abcabcabcabc", "123456789abc", "letmeinletmein", "iloveyou2026!", "Sommer2026!!"),
        *("anna.lindqvist", "lindqvist1987", "PASSWORDPASSWORD", "000000000000000000000000", "admin-admin-admin", "asdfghjklqwe"),
    ],
)
def test_passwords_that_are_guessed_quickly_are_refused(password: str, settings: Settings) -> None:
    settings.SITE_URL = "https://papersexample.org"
    user = User(username="anna", first_name="Anna", last_name="Lindqvist", email="anna@papersexample.org")
    with pytest.raises(ValidationError):
        validate_password(password, user)


@pytest.mark.parametrize(
    "password", ["a long enough secret", "xkq9z-vv2m-pl1", "entirely other words 77", "x" * 4000 + "kq9z-vv2m-pl1"]
)
def test_passwords_of_words_or_chance_are_taken(password: str) -> None:
    if "xxx" in password:
        with pytest.raises(ValidationError):  # what is looked at is one letter, again and again
            validate_password(password)
    else:
        validate_password(password)
