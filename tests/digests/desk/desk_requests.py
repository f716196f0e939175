"""What the desk answers."""

from typing import Any

from django.test import Client

from tests.digests.desk.conftest import send


def refusal(client: Client, action: str, **body: Any) -> str:
    response = send(client, action, **body)
    assert response.status_code == 400
    return str(response.json()["error"])
