"""A mirror as the settings describe it: what it holds, in which form, where, and what is done after it changed."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    FOLDER = "folder"
    """Each published day as a file."""
    GIT = "git"
    """The same, committed and pushed."""
    HTML = "html"
    """The reader site itself, as files."""


class Posts(StrEnum):
    """How the posts under a paper are written."""

    MARKUP = "markup"
    """As quotes, without any script."""
    EMBEDS = "embeds"
    """X's own posts are drawn by its script, which is included once on a page."""


class Withdrawn(StrEnum):
    """What happens to the file of a withdrawn day."""

    REMOVE = "remove"
    TOMBSTONE = "tombstone"
    """Its file says that it was withdrawn."""


@dataclass(frozen=True)
class Target:
    name: str
    folder: Path
    """For a git target, the working tree, which belongs to us."""
    kind: Kind = Kind.FOLDER
    profile: str = "lumen-2020"
    posts: Posts = Posts.MARKUP
    withdrawn: Withdrawn = Withdrawn.REMOVE
    remote: str = ""
    branch: str = "main"
    path: str = ""
    """The folder inside the repository that belongs to us."""
    author: str = "Hot Papers <mirror@localhost>"
    user: str = ""
    token: str = field(default="", repr=False)
    """Password or token for the remote over HTTPS."""
    build: str = ""
    """A command line, run in the folder after it changed."""
    webhook: str = ""
    webhook_secret: str = field(default="", repr=False)

    @property
    def waits_for_others(self) -> bool:
        """Say whether a run asks a remote, a build or a webhook, which may take minutes."""
        return self.kind == Kind.GIT or bool(self.build or self.webhook)

    @property
    def files(self) -> Path:
        """Return the folder that holds the files and their manifest."""
        return self.folder / self.path if self.path else self.folder
