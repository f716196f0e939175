"""Security keys as a second factor: asked for after the password, listed, renamed and removed by their owner."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential, WebAuthnUserHandle
from pytest_django.fixtures import Settings

from hotpapers_site.accounts import keys
from hotpapers_site.accounts.events import Kind
from tests.editors import make_client, make_user
from tests.hotpapers_site.accounts.key_pages import (
    ACCOUNT,
    HERE,
    PASSWORD,
    VERIFY,
    begin,
    document,
    events,
    is_inside,
    options_of,
    send,
    set_up,
    shown,
    sign_in,
    use,
)
from tests.hotpapers_site.accounts.test_second_factor import code_of
from tests.standins.security_key import SecurityKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site")]


def test_a_key_is_set_up_and_asked_for_after_the_password(ann: User) -> None:
    client, other = sign_in(), sign_in()
    options = begin(client)
    assert options["rp"] == {"id": "papers.example", "name": "Hot Papers"}
    key = SecurityKey(HERE)
    page = send(client, key.create(options), "  Blue   key ")
    codes = document(page).xpath("string(//pre)").split()
    assert (len(set(codes)), is_inside(client), is_inside(other)) == (10, True, False)

    client = sign_in()
    assert not is_inside(client)
    before = client.session.session_key
    assert use(client, key)["Location"] == "/admin/"
    assert is_inside(client)
    assert client.session.session_key != before

    client = sign_in()
    assert client.post(VERIFY, {"code": codes[0]}).status_code == 302
    assert is_inside(client)
    assert events() == [(Kind.KEY_ADDED, "Blue key"), (Kind.RECOVERY_CODE, "9 left")]
    told = " ".join(document(client.get(ACCOUNT)).xpath("string(//ul[@id='keys']/li)").split())
    assert told.endswith("Added 20 Nov 2026, 12:00 UTC, last used 20 Nov 2026, 12:00 UTC")


def test_the_page_offers_what_the_user_has(ann: User) -> None:
    client = sign_in()
    client.post(ACCOUNT, {"action": "begin"})
    page = client.post(ACCOUNT, {"action": "confirm", "code": code_of(ann)})
    codes = document(page).xpath("string(//pre)").split()
    set_up(client)
    assert StaticToken.objects.filter(token__in=codes).count() == 10

    page = sign_in().get(VERIFY)
    forms = document(page).xpath("//form[not(contains(@action, 'logout'))]/@id")
    assert [form for form in forms if form in ("key-form", "code-form")] == ["key-form", "code-form"]
    assert "Six digits from your app" in shown(page)

    client.post(ACCOUNT, {"action": "remove"})
    assert "One of your recovery codes." in shown(sign_in().get(VERIFY))
    StaticToken.objects.all().delete()
    page = sign_in().get(VERIFY)
    assert not document(page).xpath("//form[@id='code-form']")
    assert "Without your key, ask the operator" in shown(page)


def test_without_scripts_the_code_is_offered(ann: User) -> None:
    set_up(sign_in())
    page = document(sign_in().get(VERIFY))
    assert page.xpath("//form[@id='key-form']/@hidden") == [""]
    assert "need JavaScript" in page.xpath("string(//p[@id='no-keys'])")
    assert len(page.xpath("//form[@id='code-form'][not(@hidden)]")) == 1


def test_an_answer_works_once_in_one_session_and_for_a_while(ann: User, clock: Any) -> None:
    key = set_up(sign_in())
    first, second = sign_in(), sign_in()
    answer = key.get(options_of(first.get(VERIFY)))
    second.get(VERIFY)
    assert second.post(VERIFY, {"key": answer}).status_code == 200
    assert first.post(VERIFY, {"key": answer}).status_code == 302

    client = sign_in()
    assert "sent twice" in shown(client.post(VERIFY, {"key": answer}))  # nothing was asked
    answer = key.get(options_of(client.get(VERIFY)))
    clock.shift(timedelta(seconds=901))
    assert "took too long" in shown(client.post(VERIFY, {"key": answer}))
    assert not is_inside(client)


def test_two_tabs_ask_for_the_same(ann: User) -> None:
    key, client = set_up(sign_in()), sign_in()
    options = options_of(client.get(VERIFY))
    assert options_of(client.get(VERIFY))["challenge"] == options["challenge"]
    client.post(VERIFY, {"key": "{}"})
    assert options_of(client.get(VERIFY))["challenge"] != options["challenge"]
    use(client, key)
    assert is_inside(client)


def test_keys_may_be_tried_as_rarely_as_passwords(ann: User) -> None:
    key, client = set_up(sign_in()), sign_in()
    answers = [client.post(VERIFY, {"key": "x"}).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert use(client, key).status_code == 429


def test_keys_are_renamed_and_removed_one_by_one(ann: User) -> None:
    client = sign_in()
    set_up(client)
    set_up(client, "Red key")
    blue, red = (str(key.pk) for key in keys.keys_of(ann))
    page: Any = client.post(ACCOUNT, {"action": "rename_key", "number": red, "name": "<b>Green</b>"}, follow=True)
    assert "“<b>Green</b>”" in shown(page)
    for name in (" ", "x" * 65, "a\x1b[2J"):
        client.post(ACCOUNT, {"action": "rename_key", "number": red, "name": name})

    client.post(ACCOUNT, {"action": "remove_key", "number": blue})
    assert StaticToken.objects.count() == 10
    for number in (blue, "", "x", "9" * 30):
        assert client.post(ACCOUNT, {"action": "remove_key", "number": number}).status_code == 404
    User.objects.create_superuser("ben", password=PASSWORD)
    assert sign_in("ben").post(ACCOUNT, {"action": "remove_key", "number": red}).status_code == 404
    client.post(ACCOUNT, {"action": "remove_key", "number": red})
    assert (StaticToken.objects.count(), is_inside(sign_in())) == (0, True)
    assert events() == [
        (Kind.KEY_ADDED, "Blue key"),
        (Kind.KEY_ADDED, "Red key"),
        (Kind.KEY_RENAMED, "Red key → <b>Green</b>"),
        (Kind.KEY_REMOVED, "Blue key"),
        (Kind.KEY_REMOVED, "<b>Green</b>"),
    ]


def test_a_key_is_set_up_once_and_not_endlessly_many(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in()
    key = set_up(client)
    options = begin(client)
    assert len(options["excludeCredentials"]) == 1
    assert "set up already" in shown(send(client, key.create(options)))

    monkeypatch.setattr(keys, "MOST", 1)
    assert "Remove one first" in shown(send(client, SecurityKey(HERE).create(begin(client))))
    assert WebAuthnCredential.objects.count() == 1


def test_at_another_name_of_the_site_the_code_is_asked_for(ann: User) -> None:
    set_up(sign_in())
    page = sign_in(host="www.papers.example").get(VERIFY)
    assert "answers one address only: to use it, sign in at https://papers.example/admin/" in shown(page)
    assert document(page).xpath("//form[@id='key-form']") == []
    assert len(document(page).xpath("//form[@id='code-form']")) == 1

    User.objects.create_superuser("ben", password=PASSWORD)
    client = sign_in("ben", host="www.papers.example")
    assert "sign in at https://papers.example/admin/account/" in shown(client.get(ACCOUNT))
    assert client.post(ACCOUNT, {"action": "begin_key"}).status_code == 302
    assert keys.NEW not in client.session


def test_a_site_of_numbers_says_that_keys_cannot_be_used(ann: User, settings: Settings) -> None:
    set_up(sign_in())
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS, settings.OTP_WEBAUTHN_RP_ID = [], ""
    client = sign_in()
    assert "can’t be used, since it needs a site with a name and HTTPS" in shown(client.get(VERIFY))
    client.post(VERIFY, {"code": StaticToken.objects.first().token})
    assert "Keys can’t be used at this site" in shown(client.get(ACCOUNT))


def test_removing_the_second_factor_or_the_user_removes_keys(ann: User) -> None:
    client = sign_in()
    set_up(client)
    call_command("remove_second_factor", "ann", stdout=StringIO())
    assert (WebAuthnCredential.objects.count(), StaticToken.objects.count(), is_inside(client)) == (0, 0, False)

    set_up(sign_in())
    TOTPDevice.objects.all().delete()
    administrator = make_client(make_user(group="Administrator"))
    host = {"Host": "papers.example"}
    assert (
        administrator.post(f"/admin/auth/user/{ann.pk}/delete/", {"post": "yes"}, headers=host)["Location"] == "/admin/auth/user/"
    )
    assert [model.objects.count() for model in (WebAuthnCredential, WebAuthnAttestation, WebAuthnUserHandle)] == [0, 0, 0]


def test_only_the_admins_pages_may_ask_for_keys(client: Client, ann: User) -> None:
    features = ("publickey-credentials-create", "publickey-credentials-get")
    for path, whose in (("/feed.json", "()"), ("/admin/login/", "(self)"), ("/administrators", "()")):
        policy = client.get(path, headers={"Host": "papers.example"})["Permissions-Policy"].split(", ")
        assert [one for one in policy if one.startswith("publickey")] == [f"{feature}={whose}" for feature in features]
