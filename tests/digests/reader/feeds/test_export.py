"""`/export.zip`: all published days, streamed, the same bytes for the same days."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import StreamingHttpResponse
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from digests.models import Digest
from digests.publishing.status import withdraw
from tests.factories import make_digest, make_draft
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)


def fetched(client: Client) -> bytes:
    response = client.get("/export.zip")
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response.streaming_content)


def test_export_holds_each_post_as_it_was_imported(client: Client, archive: Path) -> None:
    call_command("import_posts", str(archive), verbosity=0)
    make_draft(date(2023, 1, 1))
    make_digest(date(2023, 1, 2), is_sample=True)
    data = fetched(client)
    assert fetched(client) == data
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        normalised = "2020-06-29---Hot-Papers.md"
        wanted = {path.name: path.read_bytes() for path in archive.glob("*.md") if path.name != normalised}
        assert {name: opened.read(name) for name in opened.namelist() if name != normalised} == wanted
        assert opened.getinfo("2021-05-12---Hot-Papers.md").date_time == (2021, 5, 13, 9, 14, 26)


def test_export_is_not_sent_again_until_something_changed(client: Client) -> None:
    make_digest(papers=1)
    settled()
    tag = client.get("/export.zip")["ETag"]
    assert client.get("/export.zip", headers={"If-None-Match": tag}).status_code == 304
    withdraw(Digest.objects.get(), now=datetime(2021, 5, 14, tzinfo=UTC))
    assert client.get("/export.zip", headers={"If-None-Match": tag}).status_code == 200


def test_export_is_made_while_it_is_sent(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for day in range(1, 4):
        make_digest(date(2021, 5, day), papers=1)
    response = client.get("/export.zip")
    assert isinstance(response, StreamingHttpResponse)
    with django_assert_num_queries(0):
        parts = iter(response.streaming_content)
    assert next(parts).startswith(b"PK")
    assert len(list(parts)) == 3
