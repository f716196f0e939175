"""For tests of commands."""

import pytest

from papers.sources import http


@pytest.fixture
def retried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is tried again without the seconds in between, unless the service asks for some."""
    defaults = http.retrying.__kwdefaults__
    assert defaults
    assert "first_wait_s" in defaults
    monkeypatch.setitem(defaults, "first_wait_s", 0.0)
