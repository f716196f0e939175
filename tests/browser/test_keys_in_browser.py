"""Security keys in a real browser, with Chromium's virtual authenticator: set up, sign in, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django_otp_webauthn.models import WebAuthnCredential
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.editors import make_client, make_user
from tests.hotpapers_site.accounts.key_pages import ACCOUNT, VERIFY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
USE, ADD = "Use your security key or passkey", "Add a security key or passkey"
KIND = {
    **{"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False},
    **{"isUserVerified": False, "automaticPresenceSimulation": True},
}


class Person:
    """A browser with one security key in it, and what went wrong on its pages."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context, self.site = context, site
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self._cdp: CDPSession = context.new_cdp_session(self.page)
        self._cdp.send("WebAuthn.enable")
        self._key = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KIND})["authenticatorId"]

    def give_password(self, user: User) -> None:
        self.context.clear_cookies()
        session = make_client(user).cookies["sessionid"].value
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.site}])

    def set_up(self, name: str = "Blue key") -> None:
        self.page.goto(self.site + ACCOUNT)
        self.page.get_by_role("button", name=ADD).click()
        self.page.get_by_label("Name of the new key").fill(name)
        self.page.get_by_role("button", name="Add the key").click()
        expect(self.page.locator("ul.messagelist li.success")).to_contain_text(f"“{name}” is set up.")

    def use_key(self) -> None:
        self.page.goto(f"{self.site}{VERIFY}?next=/admin/account/")
        self.page.get_by_role("button", name=USE).click()

    def expect_inside(self) -> None:
        expect(self.page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()

    def expect_refused(self, role: str, says: str) -> None:
        expect(self.page.get_by_role(role, name="").filter(has_text=says)).to_be_visible()  # type: ignore[arg-type]
        self.page.goto(self.site + ACCOUNT)
        expect(self.page.get_by_role("button", name=USE)).to_be_visible()

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._key})["credentials"]
        return found

    def put_in_its_place(self, credential: dict[str, Any]) -> None:
        self._cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self._key})
        self._cdp.send("WebAuthn.addCredential", {"authenticatorId": self._key, "credential": credential})


@pytest.fixture
def person(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Person]:
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS, settings.OTP_WEBAUTHN_RP_ID = [live_server.url], "localhost"
    with browser.new_context() as context:
        yield Person(context, live_server.url)


@pytest.fixture
def ann(person: Person) -> User:
    """Signed in, with a key of her own set up a moment ago."""
    ann = make_user(username="ann")
    person.give_password(ann)
    person.set_up()
    return ann


def test_a_key_is_set_up_and_signs_in(person: Person, ann: User) -> None:
    expect(person.page.locator("pre.recovery-codes")).to_be_visible()
    assert Axe().run(person.page).response["violations"] == []

    person.give_password(ann)
    person.use_key()
    person.expect_inside()

    person.page.get_by_role("button", name=ADD).click()
    person.page.get_by_role("button", name="Add the key").click()
    expect(person.page.get_by_role("status")).to_have_text("This key is set up already. Use another one.")
    assert WebAuthnCredential.objects.count() == 1
    assert person.wrong == []


@pytest.mark.parametrize("case", ["removed", "somebody else’s"])
def test_a_key_that_is_not_the_users_does_nothing(person: Person, case: str) -> None:
    ann, ben = make_user(username="ann"), make_user(username="ben")
    person.give_password(ben)
    person.set_up()
    if case == "removed":
        WebAuthnCredential.objects.update(user=ann)
    WebAuthnCredential.objects.create(user=ann, name="at home", credential_id=b"x" * 32, public_key=b"", transports=["usb"])
    if case == "removed":
        WebAuthnCredential.objects.exclude(name="at home").delete()

    person.give_password(ann)
    person.use_key()

    person.expect_refused("status", "Nothing came from the key")


def test_a_copied_key_is_found_out(person: Person, ann: User) -> None:
    (copy,) = person.credentials()
    for _ in range(2):
        person.give_password(ann)
        person.use_key()
        person.expect_inside()

    person.put_in_its_place(copy)
    person.give_password(ann)
    person.use_key()

    person.expect_refused("alert", "This key may have been copied")


def test_a_key_that_was_asked_at_another_address_is_refused(person: Person, ann: User, settings: Settings) -> None:
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = ["https://localhost"]

    person.give_password(ann)
    person.use_key()

    person.expect_refused("alert", "The key’s answer wasn’t accepted.")


def test_without_scripts_the_page_asks_for_a_code(person: Person, ann: User, browser: Browser) -> None:
    code = person.page.locator("pre.recovery-codes").inner_text().split()[0]

    person.give_password(ann)
    with browser.new_context(java_script_enabled=False, storage_state=person.context.storage_state()) as context:
        page = context.new_page()
        page.goto(f"{person.site}{VERIFY}?next=/admin/account/")
        expect(page.get_by_text("Security keys need JavaScript and a browser that supports them")).to_be_visible()
        expect(page.get_by_role("button", name=USE)).to_be_hidden()
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()
