"""Addresses with a slash too many at their end."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("path", "to"),
    [("/archive/", "/archive"), ("/papers/?q=a%20b&min=5", "/papers?q=a%20b&min=5"), ("/archive/2021//", "/archive/2021"), ("/rss.xml/", "/rss.xml"),
     ("/categories/cs.LG/", "/categories/cs.LG"), ("/posts/hot-papers-2021-05-12//", "/posts/hot-papers-2021-05-12")],
)  # fmt: skip
def test_an_address_with_a_slash_too_many_leads_to_its_page(db: None, client: Client, path: str, to: str) -> None:
    answer = client.generic("GET", path)
    assert (answer.status_code, answer.headers.get("Location")) == (301, to)


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//archive/", "/nothing/", "/archive/9999/", "/\\evil.example/", "/%0d%0aX: y/"]
)
def test_an_address_that_is_none_leads_nowhere_for_a_slash(db: None, client: Client, path: str) -> None:
    client.raise_request_exception = False
    assert client.get("/", PATH_INFO=path).status_code == 404
