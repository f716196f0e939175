"""What Sentry is told of an error, by a process of its own: its client changes Django for good."""

import os
from pathlib import Path

from tests.product import Product
from tests.tables import migrated

CODE = """
import django, json, sentry_sdk
django.setup()
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.test import Client
sent = []
sentry_sdk.get_client().transport.capture_envelope = lambda envelope: sent.append(envelope.serialize().decode())
def fail(*_):
    raise RuntimeError("It does not work")
fail.__module__ = "failing"
AdminSite.password_change = fail
old, new = "-".join(["old", "phrase"]) * 2, "-".join(["new", "phrase"]) * 2  # the code around an error is sent, too
User.objects.create_superuser("ann", password=old)
client = Client(raise_request_exception=False, REMOTE_ADDR=".".join(["10", "1", "2", "3"]), HTTP_HOST="127.0.0.1")
statuses = [
    client.post("/admin/login/", {"username": "ann", "password": old}).status_code,
    client.post("/admin/password_change/", {"old_password": old, "new_password1": new, "new_password2": new}).status_code,
]
print(json.dumps([statuses, sent]))
"""


def test_an_error_is_reported_without_passwords_names_and_addresses(tmp_path: Path) -> None:
    var = tmp_path / "var"
    migrated(var / "db.sqlite3")
    ours = {"VAR_DIR": str(var), "DATABASE_URL": "", "SENTRY_DSN": "http://key@127.0.0.1:9/1"}
    statuses, sent = Product(os.environ | ours, tmp_path / "log").ask(CODE)
    assert statuses == [302, 500]
    (event,) = sent
    assert "It does not work" in event
    assert "/admin/password_change/" in event
    for personal in ("old-phrase", "new-phrase", "10.1.2.3", "ann:", '"ann"'):
        assert personal not in event
