"""The columns of a list that editors change on the desk, a line each. Whatever treats them all alike reads them here: requests,
history, comparisons, imports and the page."""

from dataclasses import dataclass
from typing import Any, ClassVar

from digests.editing.cleaning import clean, seen
from digests.models import Entry, ListChange
from papers.models import Paper

Action = ListChange.Action
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Column:
    name: str
    """A noun; the request has this name, too."""
    field: str
    unused: ClassVar[Any] = ""

    def read(self, entry: Entry) -> Any:
        return getattr(entry, self.field)


@dataclass(frozen=True)
class Mark(Column):
    """A column that is set or not."""

    actions: tuple[Action, Action]
    """What takes the mark away, and what sets it. Their labels complete “The paper is …”."""
    unused = False


@dataclass(frozen=True)
class Text(Column):
    """A column of text, saved while it is typed."""

    action: Action
    of: str
    """Stands before the title of the paper: `note on`."""
    longest: int = LONGEST_TEXT

    def typed(self, text: str, paper: Paper) -> str:
        """What an editor typed, as it is stored. Raises Refused."""
        return clean(text, longest=self.longest)

    def seen(self, base: str, paper: Paper) -> str:
        """What an editor saw, as it would be stored."""
        return seen(base)

    def held(self, text: str) -> dict[str, Any]:
        """The filter for entries with this text."""
        return {self.field: text}

    def values(self, text: str, entry: Entry | None = None) -> dict[str, Any]:
        """What to store; `entry` if it is not one that `held` found."""
        return {self.field: text}


class Title(Text):
    """The title that the day prints for the paper; empty restores the paper's own."""

    def read(self, entry: Entry) -> str:
        return str(entry.otherwise.get("title", ""))

    def typed(self, text: str, paper: Paper) -> str:
        return self.seen(" ".join(super().typed(text, paper).split("\n")).strip(), paper)

    def seen(self, base: str, paper: Paper) -> str:
        base = super().seen(base, paper)
        return "" if base == paper.title else base

    def held(self, text: str) -> dict[str, Any]:
        return {"printed_otherwise": {"title": text}} if text else {"printed_otherwise__isnull": True}

    def values(self, text: str, entry: Entry | None = None) -> dict[str, Any]:
        others = {key: value for key, value in (entry.otherwise if entry else {}).items() if key != "title"}
        return {"printed_otherwise": others | ({"title": text} if text else {}) or None}


PIN = Mark("pin", "is_pinned", (Action.UNPINNED, Action.PINNED))
TITLE = Title("title", "title", Action.TITLED, "title of", longest=1_000)
NOTE = Text("note", "note", Action.NOTED, "note on")
MARKS, TEXTS = (PIN,), (TITLE, NOTE)
COLUMNS: tuple[Column, ...] = (*MARKS, *TEXTS)
