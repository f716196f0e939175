"""What one of two editors is asked."""

from typing import Any

from django.test import Client

from digests.desk.responses import PARTS
from tests.digests.desk.conftest import revision, send


def conflict(client: Client, action: str, **body: Any) -> dict[str, Any]:
    response = send(client, action, **body)
    assert response.status_code == 409, response.content.decode()
    answer = response.json()
    assert set(answer["html"]) == set(PARTS)
    assert set(answer["rows"]) == {"candidates", "list"}
    assert answer["revision"] == revision()
    told: dict[str, Any] = answer["conflict"]
    return told
