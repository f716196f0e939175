"""A post's body, cleaned: what may be shown of HTML that a network gave."""

from functools import lru_cache
from urllib.parse import urlsplit

import nh3


def clean_body(body_html: str, hosts: frozenset[str] | None = None) -> str:
    """The body as safe HTML: text, line breaks and links; only to these hosts by https, or to any by http and https."""
    return _cleaner(hosts).clean(body_html.encode(errors="replace").decode())


@lru_cache
def _cleaner(hosts: frozenset[str] | None) -> nh3.Cleaner:
    def checked(tag: str, attribute: str, value: str) -> str | None:
        """A link's target, only if it leads to its host itself: a port or a user name before the host makes it another."""
        if attribute != "href":
            return value  # `rel`, which nh3 has just set itself
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
