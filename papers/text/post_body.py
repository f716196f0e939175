"""A post's body, cleaned: what may be shown of HTML that a network gave."""

from functools import lru_cache
from urllib.parse import urlsplit

import nh3

from papers.text.links import LONGEST_ADDRESS

LONGEST_BODY = 50_000
"""Characters. html5ever, which nh3 uses, reads a row of ampersands in the square of its length; no network has posts so long."""


def clean_body(body_html: str, hosts: frozenset[str] | None = None) -> str:
    """The body as safe HTML: text, line breaks and links; only to these hosts by https, or to any by http and https.

    A body longer than `LONGEST_BODY` is cut there, and ends with an ellipsis.
    """
    bounded = body_html if len(body_html) <= LONGEST_BODY else f"{body_html[:LONGEST_BODY]}…"
    return _cleaner(hosts).clean(bounded.encode(errors="replace").decode())


@lru_cache
def _cleaner(hosts: frozenset[str] | None) -> nh3.Cleaner:
    def checked(tag: str, attribute: str, value: str) -> str | None:
        """A link's target, only if it leads to its host itself: a port or a user name before the host makes it another."""
        if attribute != "href":
            return value  # `rel`, which nh3 has just set itself
        if len(value) > LONGEST_ADDRESS:
            return None
        try:
            host = urlsplit(value).netloc
        except ValueError:
            return None
        return value if (host in hosts if hosts else host and "@" not in host) else None

    return nh3.Cleaner(
        tags={"a", "br"},
        attributes={"a": {"href"}},
        attribute_filter=checked,
        url_schemes={"https"} if hosts else {"https", "http"},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer ugc",
    )
