"""Wrong keys, answers that are none, and people who may not add a key are refused, and told why."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp_webauthn.models import WebAuthnCredential

from hotpapers_site.accounts import keys
from hotpapers_site.accounts.events import LOUD, Kind
from hotpapers_site.models import SecurityEvent
from tests.hotpapers_site.accounts.key_pages import (
    ACCOUNT,
    HERE,
    PASSWORD,
    VERIFY,
    begin,
    events,
    is_inside,
    options_of,
    send,
    set_up,
    shown,
    sign_in,
    use,
)
from tests.standins.security_key import SecurityKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site")]


HOSTILE = ["", "x", "null", "[]", "{}", "[" * 10_000, "9" * 5_000, "{" * 20_000, '{"id": 1}', '{"id": "é", "rawId": "é"}', "\0"]


@pytest.mark.parametrize(
    "case", ["somebody else’s", "unknown", "removed", "elsewhere", "copied", "of another challenge", "forged"]
)
def test_a_wrong_key_does_not_let_in(ann: User, case: str) -> None:
    own, key = sign_in(), set_up(sign_in())
    own = sign_in()
    use(own, key)
    says, detail = "The key’s answer wasn’t accepted.", "an answer that doesn’t fit"
    if case in ("somebody else’s", "unknown", "removed"):
        says, detail = "This key isn’t one of your account’s.", "not a key of the account"
    if case == "somebody else’s":
        User.objects.create_superuser("ben", password=PASSWORD)
        key = set_up(sign_in("ben"))
    elif case == "unknown":
        key = SecurityKey(HERE)
    elif case == "removed":
        set_up(own, "Second")
        own.post(ACCOUNT, {"action": "remove_key", "number": str(WebAuthnCredential.objects.earliest("pk").pk)})
    elif case == "elsewhere":
        key.origin = "https://papers.example.evil"
    elif case == "copied":
        says, detail = "This key may have been copied", "its count went back, so it may have been copied"
        copy = key.copy()
        use(sign_in(), key)
        key = copy
    elif case == "forged":
        key.secret = SecurityKey(HERE).secret
    client = sign_in()
    options = options_of(client.get(VERIFY))
    if case == "of another challenge":
        options = {**options, "challenge": "AAAA" + options["challenge"][4:]}
    SecurityEvent.objects.all().delete()

    page = client.post(VERIFY, {"key": key.get(options)})

    assert says in shown(page)
    assert not is_inside(client)
    assert events() == [(Kind.WRONG_KEY, detail)]
    assert Kind.WRONG_KEY in LOUD


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_no_key_says_is_refused_in_a_sentence(ann: User, answer: str) -> None:
    client = sign_in()
    begin(client)
    assert "Try again" in shown(send(client, answer))
    set_up(client)
    client = sign_in()
    client.get(VERIFY)
    assert "Try again" in shown(client.post(VERIFY, {"key": answer}))
    assert not is_inside(client)


@pytest.mark.parametrize("part", ["rawId", "type", "response", "clientDataJSON", "attestationObject", "transports", "extensions"])
@pytest.mark.parametrize("value", [None, 7, "AAAA", [[]], {"credProps": 1}])
def test_no_part_of_an_answer_brings_the_page_down(ann: User, part: str, value: object) -> None:
    client = sign_in()
    answer = json.loads(SecurityKey(HERE).create(begin(client)))
    name = "clientExtensionResults" if part == "extensions" else part
    (answer["response"] if name in answer["response"] else answer)[name] = value
    assert send(client, json.dumps(answer)).status_code == 200
    assert is_inside(client)


def test_only_the_owner_adds_a_key_after_the_password(ann: User, clock: Any) -> None:
    client = sign_in()
    answer = SecurityKey(HERE).create(begin(client))
    clock.shift(timedelta(seconds=601))
    for action in ("begin_key", "add_key", "rename_key", "remove_key"):
        asked = client.post(ACCOUNT, {"action": action, "key": answer, "name": "x", "number": "1"})
        assert asked["Location"].startswith("/admin/confirm_password/")
    client.post("/admin/confirm_password/", {"password": PASSWORD})
    send(client, answer)
    assert WebAuthnCredential.objects.count() == 1

    half = sign_in()
    User.objects.create_user("reader", password=PASSWORD)
    reader = Client(HTTP_HOST="papers.example")
    reader.force_login(User.objects.get(username="reader"))
    for nobody in (Client(HTTP_HOST="papers.example"), reader, half):
        for action in ("begin_key", "add_key", "rename_key", "remove_key"):
            answered = nobody.post(ACCOUNT, {"action": action, "key": "{}", "name": "x", "number": "1"})
            assert answered["Location"].startswith("/admin/login/")
    assert [Client(HTTP_HOST="papers.example").post(VERIFY, {"key": "{}"}).status_code, reader.get(VERIFY).status_code] == [
        302,
        302,
    ]
    assert WebAuthnCredential.objects.values_list("name", flat=True).get() == "Blue key"


def test_a_key_is_no_way_around_the_password(ann: User) -> None:
    """The library's own pages, which would let a key alone sign in, are not there."""
    set_up(sign_in())
    for start in ("", "/admin", "/webauthn", "/admin/webauthn"):
        for page in ("authentication/begin/", "authentication/complete/", "registration/begin/", "registration/complete/"):
            assert Client(HTTP_HOST="papers.example").post(f"{start}/{page}").status_code in (302, 404)
    stranger = Client(HTTP_HOST="papers.example")
    stranger.get(VERIFY)
    stranger.post(VERIFY, {"key": "{}"})
    assert stranger.session.get(keys.KNOWN) is None
    assert not is_inside(stranger)


@pytest.mark.parametrize("wrong", ["long id", "huge count", "elsewhere"])
def test_a_key_that_no_database_would_keep_is_refused(ann: User, wrong: str) -> None:
    client, key = sign_in(), SecurityKey(HERE)
    if wrong == "long id":
        key.number = b"x" * 1024
    elif wrong == "elsewhere":
        key.origin = "http://papers.example"
    else:
        key.count = 2**32 - 1
    send(client, key.create(begin(client)))
    assert WebAuthnCredential.objects.count() <= (wrong == "huge count")  # SQLite keeps it
    assert is_inside(client)
