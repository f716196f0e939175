"""Security keys as a second factor: asked for after the password, added and removed only by their owner, each step guarded."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential, WebAuthnUserHandle
from lxml import html
from pytest_django.fixtures import Settings

from hotpapers_site.accounts import keys
from hotpapers_site.accounts.events import LOUD, Kind
from hotpapers_site.models import SecurityEvent
from tests.hotpapers_site.accounts.test_second_factor import code_of
from tests.standins.security_key import SecurityKey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "a long enough secret"
ACCOUNT, VERIFY, INSIDE = "/admin/account/", "/admin/second_factor/", "/admin/all/"
HERE = "https://papers.example"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["papers.example", "www.papers.example"]
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS, settings.OTP_WEBAUTHN_RP_ID = [HERE], "papers.example"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_superuser("ann", password=PASSWORD)


def sign_in(name: str = "ann", host: str = "papers.example") -> Client:
    client = Client(HTTP_HOST=host)
    assert client.post(f"/admin/login/?next={INSIDE}", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def is_inside(client: Client) -> bool:
    return client.get(INSIDE).status_code == 200


def document(page: Any) -> Any:
    assert page.status_code == 200
    return html.document_fromstring(page.content.decode())


def options_of(page: Any) -> dict[str, Any]:
    """What the page tells its script to ask a key."""
    options: dict[str, Any] = json.loads(document(page).xpath("string(//script[@id='key-options'])"))
    return options


def shown(page: Any) -> str:
    return " ".join(str(document(page).get_element_by_id("main").text_content()).split())


def begin(client: Client) -> dict[str, Any]:
    return options_of(client.post(ACCOUNT, {"action": "begin_key"}))


def send(client: Client, answer: str, name: str = "Blue key") -> HttpResponse:
    page: Any = client.post(ACCOUNT, {"action": "add_key", "key": answer, "name": name}, follow=True)
    return page  # type: ignore[no-any-return]


def set_up(client: Client, name: str = "Blue key") -> SecurityKey:
    key = SecurityKey(HERE)
    send(client, key.create(begin(client)), name)
    return key


def use(client: Client, key: SecurityKey) -> HttpResponse:
    answer: Any = client.post(VERIFY, {"key": key.get(options_of(client.get(VERIFY)))})
    return answer  # type: ignore[no-any-return]


def events() -> list[tuple[str, str]]:
    return list(SecurityEvent.objects.exclude(kind=Kind.SIGNED_IN).order_by("pk").values_list("kind", "detail"))


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
    assert "need scripts" in page.xpath("string(//p[@id='no-keys'])")
    assert len(page.xpath("//form[@id='code-form'][not(@hidden)]")) == 1


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


HOSTILE = ["", "x", "null", "[]", "{}", "[" * 10_000, "9" * 5_000, "{" * 20_000, '{"id": 1}', '{"id": "é", "rawId": "é"}', "\0"]


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
    User.objects.get(username="ann").delete()
    assert [model.objects.count() for model in (WebAuthnCredential, WebAuthnAttestation, WebAuthnUserHandle)] == [0, 0, 0]


def test_only_the_admins_pages_may_ask_for_keys(client: Client, ann: User) -> None:
    features = ("publickey-credentials-create", "publickey-credentials-get")
    for path, whose in (("/feed.json", "()"), ("/admin/login/", "(self)"), ("/administrators", "()")):
        policy = client.get(path, headers={"Host": "papers.example"})["Permissions-Policy"].split(", ")
        assert [one for one in policy if one.startswith("publickey")] == [f"{feature}={whose}" for feature in features]
