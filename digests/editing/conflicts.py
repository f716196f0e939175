"""Reasons why a change is not made."""

from typing import Any

from digests.models import ListChange
from papers.models import RulesChange

MACHINE = "Hot Papers"
"""Who did what no editor did."""


class Refused(Exception):
    """The action can't be done; the text is one sentence that says what to do instead."""


class Conflict(Exception):
    """Somebody else changed the same thing meanwhile: it is left as it is, and the editor chooses."""

    def __init__(
        self,
        what: str,
        *,
        base: Any = None,
        mine: Any,
        theirs: Any,
        last: ListChange | RulesChange | None,
        overrule: dict[str, Any] | None = None,
    ) -> None:
        """`last` is the change that the editor did not see; `overrule` is what to send to apply the own one anyway."""
        super().__init__(f"{what} was changed by someone else")
        self.what, self.base, self.mine, self.theirs, self.overrule = what, base, mine, theirs, overrule
        self.by = last.editor or MACHINE if last else None
        self.at = last.at if last else None
