"""Reasons why a change is not made."""

from datetime import datetime
from typing import Any


class Refused(Exception):
    """The action can't be done; the text is one sentence that says what to do instead."""


class Conflict(Exception):
    """Somebody else changed the same thing meanwhile: it is left as it is, and the editor chooses."""

    def __init__(
        self,
        what: str,
        *,
        base: Any,
        mine: Any,
        theirs: Any,
        by: str,
        at: datetime | None,
        overrule: dict[str, Any] | None = None,
    ) -> None:
        """`by` and `at` say who changed the list last, and when; `overrule` is what to send to apply the change anyway."""
        super().__init__(f"{what} was changed by someone else")
        self.what, self.base, self.mine, self.theirs, self.by, self.at = what, base, mine, theirs, by, at
        self.overrule = overrule
