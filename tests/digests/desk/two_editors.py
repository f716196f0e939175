"""What one of two editors is asked."""

from typing import Any

from django.test import Client

from tests.digests.desk.conftest import revision, send


def conflict(client: Client, action: str, **body: Any) -> dict[str, Any]:
    response = send(client, action, **body)
    assert response.status_code == 409, response.content.decode()
    answer = response.json()
    assert set(answer["html"]) == {"list", "candidates", "head"}
    assert answer["revision"] == revision()
    told: dict[str, Any] = answer["conflict"]
    return told
