"""Names that resemble our variables are told with the one that was meant; what every shell sets is not."""

import pytest

from hotpapers_site.lookalikes import OF_OTHERS, meant
from hotpapers_site.settings import env

OF_A_MACHINE = """
PATH HOME LANG LC_ALL TZ MAIL LOGNAME HOSTNAME PAGER EDITOR SHELL DISPLAY SSH_AUTH_SOCK HTTP_PROXY HTTPS_PROXY NO_PROXY PYTHONPATH
VIRTUAL_ENV INVOCATION_ID JOURNAL_STREAM SESSION_MANAGER POSTGRES_PASSWORD POSTGRES_DB PGHOST PORT DB MIN SECONDS DIR X
"""


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("TIMEZONE", "TIME_ZONE"),
        ("allowed_hosts", "ALLOWED_HOSTS"),
        ("Debug", "DEBUG"),
        ("DJANGO_SECRET_KEY", "SECRET_KEY"),
        ("HOTPAPERS_DATABASE_URL", "DATABASE_URL"),
        ("X_BEARER_TOKN", "X_BEARER_TOKEN"),
        ("TWITTER_BEARER_TOKEN", "X_BEARER_TOKEN"),
        ("TWITTER_API_KEY", "X_BEARER_TOKEN"),
        ("BEHIND_PROXIES", "BEHIND_PROXY"),
        ("BEHIND_A_PROXY", "BEHIND_PROXY"),
        ("TRUSTED_PROXIES", "BEHIND_PROXY"),
        ("CSRF_TRUSTED_ORIGINS", "SITE_URL"),
        ("CELERY_BROKER_URL", "REDIS_URL"),
        ("DEFAULT_FROM_EMAIL", "MAIL_FROM"),
        ("ADMIN_EMAILS", "ALERT_EMAILS"),
        ("HEALTH_NETWORKS", "HEALTH_NETS"),
        ("PUBLISH_AT", "AUTO_PUBLISH_AT"),
        ("SSL_REDIRECT", "SECURE_SSL_REDIRECT"),
        ("HOLIDAYS", "ARXIV_HOLIDAYS"),
    ],
)
def test_name_of_ours_is_found(name: str, ours: str) -> None:
    assert meant(name, env.names()) == ours


def test_what_others_call_it_is_a_setting_here() -> None:
    assert set(OF_OTHERS) <= env.names()


@pytest.mark.parametrize("name", OF_A_MACHINE.split())
def test_what_a_machine_sets_is_nothing_of_ours(name: str) -> None:
    assert meant(name, env.names()) is None
