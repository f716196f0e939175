"""Links to a paper's code, as its authors give them in arXiv's comment and the abstract."""

import re
from functools import lru_cache

from papers.models import Paper

NAME = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
REPOSITORY = re.compile(
    # The host begins the address, whatever stands before it: no other host, path or user name.
    r"(?<![\w.@/-])(?:https?://)?(?:www\.)?"
    rf"(?P<at>(?:github\.com|codeberg\.org|bitbucket\.org)/{NAME}/{NAME}"
    rf"|gitlab\.com(?:/{NAME}){{2,5}}"
    rf"|huggingface\.co/(?:(?:datasets|spaces)/)?{NAME}/{NAME})(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
NO_OWNERS = {
    *("about", "apps", "blog", "collections", "customer-stories", "docs", "enterprise", "explore", "features", "groups", "join"),
    *("learn", "login", "marketplace", "models", "new", "orgs", "papers", "pricing", "search", "settings", "site", "sponsors"),
    *("tasks", "topics", "trending", "users"),
}
"""First path segments at these hosts that are not accounts."""


def code_links(paper: Paper, abstract: str | None = None) -> tuple[str, ...]:
    """Addresses of repositories on GitHub, GitLab, Codeberg, Bitbucket and Hugging Face, https only, without repeats.

    `abstract` replaces the paper's own where a list prints another one.
    """
    return _addresses(paper.comment, paper.abstract if abstract is None else abstract)


@lru_cache(maxsize=1024)
def _addresses(*texts: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for text in texts:
        for match in REPOSITORY.finditer(text.replace("\\_", "_").replace("\\%", "%")):
            host, owner, *rest = match["at"].removesuffix(".git").split("/")
            if owner.lower() not in NO_OWNERS and not (owner.lower() in ("datasets", "spaces") and len(rest) == 1):
                address = "/".join(["https:/", host.lower(), owner, *rest])
                found.setdefault(address.lower(), address)
    return tuple(found.values())
