"""Who is meant by `@name` in a comment."""

import re

from django.contrib.auth.models import User

MENTION = re.compile(r"(?<![\w@.+-])@(\w[\w.+@-]{0,149})")
MOST = 20
"""Names of a comment that are looked up; further ones are words."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


def names_in(text: str) -> list[str]:
    """The names, each once, in lower case, without the full stop of a sentence."""
    found: dict[str, None] = {}
    for match in MENTION.finditer(text):
        if name := match[1].rstrip(".-+@").lower():
            found[name] = None
        if len(found) == MOST:
            break
    return list(found)


def editors() -> list[User]:
    """Everybody who may see the desk, by the name that they sign in with; one query."""
    there = User.objects.with_perm("digests.view_digest", backend=BACKEND).filter(is_staff=True)
    return list(there.order_by("username"))


def mentioned(text: str) -> list[User]:
    """The editors who are meant; one query, none where nobody is named."""
    names = names_in(text)
    return [editor for editor in editors() if editor.get_username().lower() in names] if names else []
