"""Pages of a digest in the admin, for their tests."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from digests.models import Digest, Entry
from tests.editors import values
from tests.factories import make_draft, make_entry, make_paper, make_tweet

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

LIST = "/admin/digests/digest/"


def page(digest: Digest) -> str:
    return reverse("admin:digests_digest_change", args=[digest.pk])


def entry_page(entry: Entry) -> str:
    return reverse("admin:digests_entry_change", args=[entry.pk])


def order(digest: Digest) -> list[tuple[int, str]]:
    return list(digest.entries.order_by("position").values_list("position", "paper__title"))


def save(client: Client, address: str, form: str, **changes: Any) -> Any:
    """Submit the page's form with these changes (`-` in a name is written `__`); it must be accepted."""
    named = {name.replace("__", "-"): value for name, value in changes.items()}
    response = client.post(address, values(client, address, form) | named)
    assert response.status_code == 302, response.context["errors"]
    return response


def make_list(*titles: str) -> Digest:
    """A draft."""
    digest = make_draft()
    for title in titles:
        paper = make_paper(title=title)
        make_entry(digest, paper, make_tweet(paper))
    return digest
