"""Tells people about troubles by mail and by webhook, and tells a dead-man switch that somebody watches."""

import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Model

from papers.sources.http import SourceError, client, fetch

PING_EVERY_S = 60.0
WITHIN_S = 10.0
LARGEST_ANSWER = 100_000
LONGEST_TEXT = 1900
"""In characters; Discord takes 2,000."""
BODIES: dict[str, Callable[[str], dict[str, str]]] = {
    "slack": lambda text: {"text": text},
    "mattermost": lambda text: {"text": text},
    "discord": lambda text: {"content": text},
}
DISCORDS = ("discord.com", "discordapp.com")
logger = logging.getLogger(__name__)
_pinged_at = float("-inf")


class NotTold(Exception):
    """A channel did not take the message; the text says why."""


@dataclass(frozen=True)
class Channel:
    name: str
    send: Callable[[str, str], None]
    """Send subject and text. Raises NotTold."""


def channels() -> list[Channel]:
    """Return the channels in the settings."""
    found = [Channel("mail", _mail)] if settings.ALERT_EMAILS else []
    for number, address in enumerate(settings.ALERT_WEBHOOKS, 1):
        found.append(Channel(f"webhook {number}", partial(_by_webhook, address)))
    return found


def tell(channel: Channel, begun: list[str], over: list[str]) -> bool:
    """Send one message about what began and what is over; return False if it could not be sent."""
    lines = [f"• {sentence}" for sentence in begun] + [f"• Over: {sentence}" for sentence in over]
    what = f"{len(begun)} to look at" if begun else "over"
    subject = f"Hot Papers ({urlsplit(settings.SITE_URL).netloc}): {what}"
    try:
        channel.send(subject, "\n".join([*lines, "", f"{settings.SITE_URL}/admin/system/"]))
    except NotTold as error:
        logger.error("An alert could not be sent by %s: %s", channel.name, error)
        return False
    return True


def keep_told(rows: Iterable[Model], channel: str, field: str = "told") -> None:
    """Keep with these rows that the channel took what they say."""
    for row in rows:
        setattr(row, field, [*getattr(row, field), channel])
        row.save(update_fields=[field])


def tell_all(begun: list[str], over: list[str]) -> None:
    """Send by every channel, whether or not the database answers."""
    for channel in channels():
        tell(channel, begun, over)


def ping() -> None:
    """Tell the dead-man switch, once a minute, that somebody watches."""
    global _pinged_at
    if not settings.ALERT_PING_URL or time.monotonic() - _pinged_at < PING_EVERY_S:
        return
    _pinged_at = time.monotonic()
    try:
        _ask("GET", settings.ALERT_PING_URL)
    except NotTold as error:
        logger.warning("The ping of ALERT_PING_URL failed: %s", error)


def _mail(subject: str, text: str) -> None:
    mail(subject, text, settings.ALERT_EMAILS)


def mail(subject: str, text: str, to: list[str]) -> None:
    """Send a mail to these addresses. Raises NotTold."""
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, to)
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors
        raise NotTold(f"{type(error).__name__}: {error}") from error


def _by_webhook(address: str, subject: str, text: str) -> None:
    post(address, subject, fitting(harmless(text, address), LONGEST_TEXT - len(subject) - 1))


def harmless(text: str, address: str) -> str:
    """Return the text without power: errors, names and titles hold strangers' words, which must not call everybody in the channel
    or become links."""
    text = text.replace("@", "@\u200b")
    if form_of(address)[0] == "slack":
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def fitting(text: str, most: int) -> str:
    """Return at most so many characters: where there are more, the longest lines are cut, so that every line begins."""
    lines = text.split("\n")
    longest = next((n for n in range(most, 0, -1) if sum(min(len(line), n) + 1 for line in lines) <= most + 1), 1)
    return "\n".join(line if len(line) <= longest else f"{line[: longest - 1]}…" for line in lines)[:most]


def form_of(address: str) -> tuple[str, str]:
    """Return the form of its messages, and the bare address: `slack+https://…` names it, otherwise the host decides."""
    form, _, bare = address.rpartition("+") if "+http" in address else ("", "", address)
    return form or ("discord" if urlsplit(bare).hostname in DISCORDS else "slack"), bare


def post(address: str, subject: str, text: str) -> None:
    """Post in the form that the address names. Raises NotTold."""
    form, bare = form_of(address)
    _ask("POST", bare, json.dumps(BODIES[form](f"{subject}\n{text}"[:LONGEST_TEXT])).encode())


def _ask(method: str, address: str, body: bytes | None = None) -> None:
    try:
        with client(contact_email=settings.CONTACT_EMAIL) as http:
            headers = {"Content-Type": "application/json"} if body else {}
            answer = fetch(http, method, address, headers=headers, content=body, max_bytes=LARGEST_ANSWER, deadline_s=WITHIN_S)
    except SourceError as error:
        raise NotTold(str(error)) from error
    if not 200 <= answer.status < 300:
        raise NotTold(f"{urlsplit(address).hostname} answered with status {answer.status}")
