"""What a person with a security key does on the pages of the second factor, by the test client."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client
from lxml import html

from hotpapers_site.accounts.events import Kind
from hotpapers_site.models import SecurityEvent
from tests.standins.security_key import SecurityKey

PASSWORD = "a long enough secret"
ACCOUNT, VERIFY, INSIDE = "/admin/account/", "/admin/second_factor/", "/admin/all/"
HERE = "https://papers.example"


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
