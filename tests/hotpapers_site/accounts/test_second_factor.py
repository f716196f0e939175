"""A second factor is asked for after the password; recovery codes work once; one's sessions are listed and ended."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import html

from hotpapers_site.accounts.events import Kind
from hotpapers_site.models import SecurityEvent
from tests.editors import make_user
from tests.factories import make_draft

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "a long enough secret"
ACCOUNT, VERIFY = "/admin/account/", "/admin/second_factor/"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_superuser("ann", password=PASSWORD)


def sign_in(browser: str = "Firefox", address: str = "10.0.0.1") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": browser})
    assert client.post("/admin/login/?next=/admin/all/", {"username": "ann", "password": PASSWORD}).status_code == 302
    return client


def code_of(user: User, shift_s: int = 0) -> str:
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = (NOW if not shift_s else NOW + timedelta(seconds=shift_s)).timestamp()
    return f"{totp.token():06}"


def set_up(client: Client, user: User) -> list[str]:
    """Set the second factor up as a person does; the recovery codes that are shown."""
    client.post(ACCOUNT, {"action": "begin"})
    page = client.post(ACCOUNT, {"action": "confirm", "code": code_of(user)})
    document: Any = html.document_fromstring(page.content.decode())
    return str(document.xpath("string(//pre)")).split()


def test_after_the_password_only_the_code_opens_a_page(ann: User, clock: Any) -> None:
    codes = set_up(sign_in(), ann)
    assert len(set(codes)) == 10

    clock.shift(timedelta(minutes=5))
    client = sign_in()
    asked = client.get("/admin/all/")
    assert (asked.status_code, asked["Location"]) == (302, "/admin/second_factor/?next=%2Fadmin%2Fall%2F")
    assert client.get("/admin/desk/2026-11-20/", headers={"Accept": "application/json"}).status_code == 302
    assert client.post("/admin/auth/user/add/", {"username": "x"}).status_code == 302
    assert User.objects.count() == 1
    assert client.post(ACCOUNT, {"action": "remove"})["Location"].startswith("/admin/login/")
    assert TOTPDevice.objects.filter(confirmed=True).count() == 1

    wrong = client.post(VERIFY, {"code": "000000"})
    assert "isn’t right" in wrong.content.decode()
    clock.shift(timedelta(seconds=5))  # the library makes one wait after a wrong code
    before = client.session.session_key
    right = client.post(VERIFY, {"code": code_of(ann, 305)}, query_params={"next": "/admin/all/"})
    assert (right.status_code, right["Location"]) == (302, "/admin/all/")
    assert client.get("/admin/all/").status_code == 200
    assert client.session.session_key != before


def test_drafts_are_not_shown_before_the_code(ann: User, clock: Any) -> None:
    path = make_draft(papers=1).get_absolute_url()
    set_up(sign_in(), ann)
    clock.shift(timedelta(minutes=5))
    client = sign_in()
    assert [client.get(f"{path}{form}").status_code for form in ("", ".md", ".png")] == [404, 404, 404]

    client.post(VERIFY, {"code": code_of(ann, 300)})
    assert [client.get(f"{path}{form}").status_code for form in ("", ".md", ".png")] == [200, 200, 200]


def test_a_code_and_a_recovery_code_work_once(ann: User, clock: Any) -> None:
    recovery = set_up(sign_in(), ann)
    clock.shift(timedelta(minutes=5))
    code = code_of(ann, 300)

    assert sign_in().post(VERIFY, {"code": code}).status_code == 302
    assert sign_in().post(VERIFY, {"code": code}).status_code == 200
    clock.shift(timedelta(seconds=10))
    first = recovery[0].upper()
    assert sign_in().post(VERIFY, {"code": f" {first[:4]} {first[4:8]}-{first[8:]} "}).status_code == 302
    assert sign_in().post(VERIFY, {"code": recovery[0]}).status_code == 200
    kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", "detail").exclude(kind=Kind.SIGNED_IN))
    assert kinds == [
        (Kind.FACTOR_ADDED, ""),
        (Kind.WRONG_CODE, ""),
        (Kind.RECOVERY_CODE, "9 left"),
        (Kind.WRONG_CODE, ""),
    ]
    asked = "password only, asked for the second factor"
    signed_in = SecurityEvent.objects.filter(kind=Kind.SIGNED_IN).order_by("pk").values_list("detail", flat=True)
    assert list(signed_in) == ["", asked, "with a code", asked, asked, asked]


@pytest.mark.parametrize(("skew_s", "is_taken"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_a_phones_clock_may_be_half_a_minute_off(ann: User, clock: Any, skew_s: int, is_taken: bool) -> None:
    set_up(sign_in(), ann)
    clock.shift(timedelta(minutes=5))
    answer = sign_in().post(VERIFY, {"code": code_of(ann, 300 + skew_s)})
    assert (answer.status_code == 302) is is_taken


def test_codes_may_be_tried_as_rarely_as_passwords(ann: User, clock: Any) -> None:
    set_up(sign_in(), ann)
    client = sign_in()

    answers = []
    for number in range(7):
        clock.shift(timedelta(seconds=70))
        answers.append(client.post(VERIFY, {"code": f"{number:06}"}).status_code)

    assert answers == [200] * 5 + [429] * 2


def test_nothing_changes_before_the_app_shows_the_right_code(ann: User) -> None:
    client = sign_in()
    client.post(ACCOUNT, {"action": "begin"})
    page = client.get(ACCOUNT).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert re.search("<code>([A-Z2-7]{4} ){7}[A-Z2-7]{4}</code>", page)

    client.post(ACCOUNT, {"action": "confirm", "code": "000000"})
    assert sign_in().get("/admin/all/").status_code == 200
    client.post(ACCOUNT, {"action": "cancel"})
    assert TOTPDevice.objects.count() == 0


def test_setting_it_up_ends_other_sessions_and_removing_it_wants_the_password(ann: User, clock: Any) -> None:
    client, other = sign_in(), sign_in("Chrome")
    set_up(client, ann)
    assert other.get("/admin/all/").status_code == 302

    clock.shift(timedelta(minutes=11))
    assert client.post(ACCOUNT, {"action": "remove"})["Location"].startswith("/admin/confirm_password/")
    client.post("/admin/confirm_password/", {"password": PASSWORD})
    client.post(ACCOUNT, {"action": "remove"})
    assert TOTPDevice.objects.count() == 0
    assert sign_in().get("/admin/all/").status_code == 200


def test_sessions_are_listed_and_ended_one_by_one_or_all(ann: User) -> None:
    client, second, third = sign_in(), sign_in("Chrome", "10.0.0.2"), sign_in("<b>odd</b>", "10.0.0.3")
    make_user(username="ben")

    document: Any = html.document_fromstring(client.get(ACCOUNT).content.decode())
    rows = [
        [" ".join(cell.text_content().split()) for cell in row[2:4]]
        for row in document.xpath("//h2[.='Open sessions']/following::table[1]/tbody/tr")
    ]
    assert sorted(rows) == [["10.0.0.1", "Firefox"], ["10.0.0.2", "Chrome"], ["10.0.0.3", "<b>odd</b>"]]
    keys = set(Session.objects.values_list("session_key", flat=True))
    assert not any(key in client.get(ACCOUNT).content.decode() for key in keys)

    row = next(
        row for row in document.xpath("//h2[.='Open sessions']/following::table[1]/tbody/tr") if "Chrome" in row.text_content()
    )
    client.post(ACCOUNT, {"action": "end_sessions", "session": row.xpath(".//input[@name='session']/@value")[0]})
    assert [one.get("/admin/all/").status_code for one in (client, second, third)] == [200, 302, 200]
    client.post(ACCOUNT, {"action": "end_sessions"})
    assert [one.get("/admin/all/").status_code for one in (client, third)] == [200, 302]
    assert client.post(ACCOUNT, {"action": "nonsense"}).status_code == 404


def test_the_operator_removes_a_lost_second_factor(ann: User) -> None:
    client = sign_in()
    set_up(client, ann)

    call_command("remove_second_factor", "ann", stdout=StringIO())

    assert client.get("/admin/all/").status_code == 302  # the sessions ended
    assert sign_in().get("/admin/all/").status_code == 200
    for name in ("ann", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", name)


def test_events_tell_whose_account_who_and_from_where(ann: User, caplog: pytest.LogCaptureFixture) -> None:
    ben, client = make_user(username="ben"), sign_in()
    for _ in range(6):
        Client(REMOTE_ADDR="10.0.0.9").post("/admin/login/", {"username": "ann", "password": "wrong"})

    make_user(username="carl", group="Editor")

    told = {
        (event.kind, event.user and event.user.username, event.address, event.detail) for event in SecurityEvent.objects.all()
    }
    assert (Kind.SIGNED_IN, "ann", "10.0.0.1", "") in told
    assert (Kind.LIMIT_REACHED, None, "", "limit of the pair") in told
    assert (Kind.RIGHTS_CHANGED, "carl", "", "Editor") in told
    assert "carl: roles or permissions changed (Editor)" in caplog.text
    assert client.get("/admin/hotpapers_site/securityevent/").status_code == 200
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert ben.pk not in SecurityEvent.objects.values_list("user", flat=True)
