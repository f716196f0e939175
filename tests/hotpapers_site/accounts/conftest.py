"""A site whose security keys answer https://papers.example, and its user Ann."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from tests.hotpapers_site.accounts.key_pages import HERE, PASSWORD

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def site(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["papers.example", "www.papers.example"]
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS, settings.OTP_WEBAUTHN_RP_ID = [HERE], "papers.example"


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_superuser("ann", password=PASSWORD)
