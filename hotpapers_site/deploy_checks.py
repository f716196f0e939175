"""`manage.py check --deploy`: names what would be unsafe in public, in the words of our own settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

ANSWERED_BY_OURS: list[str] = [f"security.W{number:03}" for number in (4, 5, 8, 9, 12, 16, 18, 20, 21)] + [
    "otp_webauthn.E010",
    "otp_webauthn.E030",
]
"""Checks of Django and of its libraries that speak of settings that nobody sets here. Our checks below look at the same things,
or settings.py fixes them."""
DAY_S = 86_400


@register(Tags.security, deploy=True)
def public_site(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []

    def warn(number: int, what: str, do: str) -> None:
        found.append(Warning(what, hint=do, id=f"hotpapers.W{number:03}"))

    if not settings.HTTPS:
        warn(
            1,
            f"SITE_URL is {settings.SITE_URL}: passwords and sessions travel where others can read them.",
            "Set SITE_URL=https://… once the site has a certificate; cookies, redirects and HSTS follow.",
        )
    elif not settings.SECURE_SSL_REDIRECT:
        warn(
            2,
            "SECURE_SSL_REDIRECT is off: who asks by http:// is answered without encryption.",
            "Leave it on, unless the proxy in front redirects; then set BEHIND_PROXY=true and keep it off.",
        )
    elif settings.SECURE_HSTS_SECONDS < DAY_S:
        warn(
            3,
            f"SECURE_HSTS_SECONDS is {settings.SECURE_HSTS_SECONDS}: browsers forget within a day that the site has https.",
            "When https works, raise it step by step up to 31536000 (a year); see SECURITY.md.",
        )
    if settings.HTTPS and settings.SECURE_SSL_REDIRECT and not settings.BEHIND_PROXY:
        warn(
            10,
            "BEHIND_PROXY is off: the site doesn't see that a request came by https, and redirects it to itself for ever.",
            "Set BEHIND_PROXY=true if the proxy in front sets X-Forwarded-Proto and X-Forwarded-For itself (deploy/nginx does).",
        )
    if settings.HTTPS and not settings.OTP_WEBAUTHN_RP_ID:
        warn(
            11,
            f"SITE_URL is {settings.SITE_URL}: security keys and passkeys work only at a name.",
            "Set SITE_URL to the site's name, if it has one.",
        )
    if settings.DEBUG:
        warn(4, "DEBUG is on: error pages show settings and code.", "Set DEBUG=false.")
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        warn(
            5,
            "The database is SQLite: all processes must run on this machine.",
            "That is fine for one machine; for several set DATABASE_URL=postgres://… (`manage.py move_database`).",
        )
    if not settings.REDIS_URL:
        warn(
            6,
            "REDIS_URL is not set: only `manage.py serve` starts the embedded server, and only for this machine.",
            "Set REDIS_URL=redis://… where web, workers and beat run as units of their own.",
        )
    if not settings.HASHED_STATIC:
        warn(
            7,
            "HASHED_STATIC is off: static files are served as they stand, uncompressed, and browsers ask for them again.",
            "Run `manage.py collectstatic` and set HASHED_STATIC=true.",
        )
    if not (settings.ALERT_EMAILS or settings.ALERT_WEBHOOKS or settings.ALERT_PING_URL):
        warn(8, "Nobody is told of troubles.", "Set ALERT_EMAILS and EMAIL_URL, ALERT_WEBHOOKS or ALERT_PING_URL.")
    if not settings.CONTACT_EMAIL:
        warn(9, "CONTACT_EMAIL is not set: a service that minds our requests can only block us.", "Set CONTACT_EMAIL.")
    return found
