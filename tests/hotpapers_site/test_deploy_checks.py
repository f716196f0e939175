"""Each warning of `check --deploy` says what is wrong in our settings' names, and what to do."""

import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from hotpapers_site.deploy_checks import public_site
from tests.hotpapers_site.reading_settings import started
from tests.hotpapers_site.wrong_settings import LONG


@pytest.fixture
def safe(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings.SITE_URL, settings.HTTPS = "https://papers.example", True
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS, settings.BEHIND_PROXY = True, 31_536_000, True
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    settings.REDIS_URL, settings.HASHED_STATIC = "redis://127.0.0.1/0", True
    settings.ALERT_EMAILS, settings.CONTACT_EMAIL = ["ada@papers.example"], "ada@papers.example"
    return settings


def ids() -> list[str]:
    return [str(one.id).removeprefix("hotpapers.") for one in public_site()]


def test_a_safe_site_has_no_warning(safe: Settings) -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HTTPS", False, "W001"),
        ("SECURE_SSL_REDIRECT", False, "W002"),
        ("SECURE_HSTS_SECONDS", 3600, "W003"),
        ("DEBUG", True, "W004"),
        ("REDIS_URL", "", "W006"),
        ("HASHED_STATIC", False, "W007"),
        ("ALERT_EMAILS", [], "W008"),
        ("CONTACT_EMAIL", "", "W009"),
        ("BEHIND_PROXY", False, "W010"),
        ("OTP_WEBAUTHN_RP_ID", "", "W011"),
    ],
)
def test_each_warning(safe: Settings, name: str, value: object, expected: str) -> None:
    setattr(safe, name, value)
    assert ids() == [expected]
    assert all(one.hint and one.hint.endswith(".") for one in public_site())


def test_checks_without_deploy_say_nothing_of_it() -> None:
    assert [one.id for one in run_checks() if str(one.id).startswith("hotpapers.")] == []


@pytest.mark.parametrize(
    ("address", "numbers"),
    [
        ("https://papers.example", (3, 5, 6, 7, 8, 9, 10)),
        ("https://192.0.2.1", (3, 5, 6, 7, 8, 9, 10, 11)),
        ("http://a.example", (1, 5, 6, 7, 8, 9)),
    ],
)
def test_the_command_speaks_of_our_settings_alone(tmp_path: Path, address: str, numbers: tuple[int, ...]) -> None:
    told = started(tmp_path, sys.executable, "manage.py", "check", "--deploy", SITE_URL=address, SECRET_KEY=LONG)
    assert told.returncode == 0
    warnings = [line for line in told.stderr.splitlines() if line.startswith("?: (")]
    assert [line.split(") ")[0] for line in warnings] == [f"?: (hotpapers.W{n:03}" for n in numbers]
