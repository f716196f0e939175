"""Allowed values of the settings for alerts, logs and probes; values.py has the other kinds."""

import ipaddress
from urllib.parse import urlsplit

from environ import Env

from hotpapers_site import values
from hotpapers_site.environment import Environment
from hotpapers_site.values import Kind

WEBHOOK_FORMS = ("slack", "mattermost", "discord")
WIDEST_NET = {4: 8, 6: 7}
"""The least length of a network's address, by version of IP: that of 10.0.0.0/8 and of fc00::/7, the widest private ones."""
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl")


def webhook(given: str) -> str:
    """Read an address, possibly with the form of its messages in front (`slack+https://…`)."""
    form, _, address = given.rpartition("+http")
    if form:
        values.one_of(form, WEBHOOK_FORMS)
    address_with_query(f"http{address}" if form else given)
    return given


def address_with_query(given: str) -> str:
    if "#" in given:
        raise ValueError(given)
    values.base_address(given.partition("?")[0])
    return given


def mail_server(given: str) -> dict[str, object]:
    """Return Django's settings for mail."""
    parts = urlsplit(values.matching(r"[!-~]+")(given))
    more = parts.path.strip("/") or parts.query or parts.fragment
    is_half = bool(parts.username) != bool(parts.password)  # without both, nobody would sign in there
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname or parts.port == 0 or more or is_half:
        raise ValueError(given)
    return dict(Env.email_url_config(given))


def net(given: str) -> str:
    found = ipaddress.ip_network(given, strict=False)
    if ipaddress.ip_interface(given).ip != found.network_address:
        raise values.Unsafe(f"the network {found} in place of {given}, an address in it")
    if found.prefixlen < WIDEST_NET[found.version]:
        raise values.Unsafe(f"networks of your own, since {found} is open to nearly everybody")
    return str(found)


def dsn(given: str) -> str:
    from sentry_sdk.utils import Dsn  # only where it is wanted

    Dsn(values.matching(r"[!-~]+")(given))
    return given


EMAILS = Kind(values.once(values.items(values.EMAIL.parse)), "e-mail addresses, separated by commas", "you@papers.example")
WEBHOOKS = Kind(
    values.once(values.items(webhook)),
    "https:// addresses (http:// for this machine only), separated by commas, each perhaps after slack+, mattermost+ or discord+",
    "slack+https://hooks.slack.com/services/T0/B0/x",
    is_secret=True,
)
BASE_WITH_QUERY = Kind(
    address_with_query, "an https:// address (http:// for this machine only)", "https://hc-ping.com/your-uuid", is_secret=True
)
MAIL_SERVER = Kind(
    mail_server,
    "the address of a mail server: smtp://, smtp+tls:// or smtp+ssl://",
    "smtp+tls://user:password@mail.papers.example:587",
    is_secret=True,
)
NETS = Kind(values.items(net), "networks as address/length, separated by commas", "10.0.0.0/8,fd00::/8")
LOG_FORMAT = Kind(lambda given: values.one_of(given.lower(), ("line", "json")), "line or json", "json")
DSN = Kind(dsn, "the DSN of a Sentry project", "https://key@sentry.papers.example/1", is_secret=True)


def expect_server(env: Environment, recipients: list[str]) -> None:
    """Require a server if mail is to be sent to somebody."""
    if recipients and "EMAIL_URL" not in env.given():
        env.wrong("EMAIL_URL", "not set, though ALERT_EMAILS is", MAIL_SERVER.expected, MAIL_SERVER.example)
