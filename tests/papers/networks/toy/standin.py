"""The toy's service: all its notes at one address."""

import json
from typing import Any

from tests.standins.serving import JSON, Reply, Request, Standin


class ToyStandin(Standin):
    def __init__(self) -> None:
        super().__init__()
        self.notes: dict[int, dict[str, Any]] = {}

    def answer(self, request: Request) -> Reply:
        return Reply(200, json.dumps(list(self.notes.values())).encode(), JSON) if request.path == "/notes" else Reply(404)
