"""A target in a git repository: the files are committed, one commit for each publication, and pushed. Nothing is ever forced."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from digests.mirror.commits import commit_changes
from digests.mirror.disk import OURS, STATE, locked, told
from digests.mirror.targets import Target
from digests.mirror.writing import Report
from papers.text.visible import without_controls

WITHIN_S = 120
"""Seconds after which a call that talks to the remote is stopped."""
ATTEMPTS = 5
"""How often a push is tried again after somebody else pushed first."""
LAST_WORDS = 300
"""Characters of git's own message that are reported."""
CONFIG = {
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.quotePath": "false",
    "core.symlinks": "false",
    "commit.gpgSign": "false",
    "gc.autoDetach": "false",
    "i18n.commitEncoding": "UTF-8",
    "push.gpgSign": "false",
    "advice.detachedHead": "false",
    "rebase.autoStash": "true",  # what a person has under way in the clone stays
}
"""Settings that no other configuration may change: the files' bytes, that nothing else runs, and that a link that somebody pushes
is a file, which leads nowhere."""
OF_STAGING = {"core.symlinks": "true"}
"""Else our file in the place of a link that somebody pushed would be committed as a link, which leads to its own text."""
REFUSED = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|Permission denied|\b40[13]\b|denied to|Host key verification"
    r"|not found|does not appear to be a git repository|is this a git repository|no DAV locking support|dubious ownership"
    r"|\[remote rejected\](?!.*unpacker error)|protected branch",
    re.IGNORECASE,
)
"""Answers that mean that only a person can fix it."""
REJECTED = re.compile(r"\[remote rejected\] \(([^()]{1,100})\)")
"""Says why, in git's own words; before it stands what the server printed."""
ATTRIBUTES = "* -text -eol -ident -filter -working-tree-encoding\n"
"""Whatever a repository's own .gitattributes say, the files' bytes are ours."""
BEATEN = re.compile(r"\[(?:remote )?rejected\].*\((?:non-fast-forward|fetch first|cannot lock ref[^)]*|failed to update ref)")
HELPER = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$HOTPAPERS_GIT_USER" "$HOTPAPERS_GIT_TOKEN"; }; f'


class GitError(Exception):
    """Git failed; the message says what to do."""

    def __init__(self, message: str, *, passes: bool = False) -> None:
        super().__init__(message)
        self.passes = passes
        """Whether a later run may succeed."""


def bring(target: Target, update: Callable[[], Report]) -> Report:
    """Take in what others pushed, update the files, commit, and push. What cannot be pushed now is committed, and pushed later.

    Raises GitError, FolderInUse, and whatever `update` raises.
    """
    with told(target.folder):
        target.folder.mkdir(parents=True, exist_ok=True)
    git = Git(target)
    with told(target.folder), git.locked():
        git.set_up()
        unreachable = None
        try:
            git.fetch()
        except GitError as error:
            if not error.passes or not git.commit("HEAD"):
                raise
            unreachable = error
        report = Report()
        if git.commit("HEAD"):
            report = update()
            commit_changes(git, target)
        if unreachable:
            raise unreachable
        if git.take_in() or not git.commit("HEAD"):
            report.add(update())
            commit_changes(git, target)
        git.push(update, report)
    return report


def waiting(target: Target) -> str:
    """Return in words what is not pushed yet, as far as the clone knows; empty if nothing waits."""
    git = Git(target)
    head, there = git.commit("HEAD"), git.commit(git.tracked)
    if head == there:
        return ""
    number = git("rev-list", "--count", f"{there}..{head}" if there else head).strip()
    return f"{number} commit{'' if number == '1' else 's'} not pushed yet"


class Git:
    """The git program in a target's clone."""

    def __init__(self, target: Target) -> None:
        self._target, self._folder = target, target.folder
        self.tracked = f"refs/remotes/origin/{target.branch}"
        self._seen = ""
        """Where the remote's branch was before this run."""
        parts = urlsplit(target.remote)
        self._is_http = parts.scheme in ("http", "https")
        # Without a name: some hosts take a token for one, and addresses stand in arguments and in git's messages.
        self._place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._address = f"{self._place}{parts.path}" if self._is_http else target.remote
        self._user = target.user or (parts.username or "" if self._is_http else "")

    def __call__(self, *arguments: str, given: bytes = b"", allowed: tuple[int, ...] = (0,)) -> str:
        """Return what git printed. Raises GitError if it ended with an unexpected status."""
        status, output, error = self._run(arguments, given)
        if status not in allowed:
            raise GitError(f"git {arguments[0]} failed: {_last_words(error or output)}; see to it in {self._folder}")
        return output

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Allow one run at a time; clear away what a killed one left. Raises FolderInUse, GitError."""
        if (self._folder / ".git").is_file():
            raise GitError(
                f"{self._folder} is a part of another repository (a work tree or a submodule); give the mirror a folder of its "
                f"own with MIRROR_{self._target.name.upper()}_DIR"
            )
        (self._folder / ".git").mkdir(exist_ok=True)
        with locked(self._folder / ".git"):
            yield

    def set_up(self) -> None:
        ours = self._folder / ".git"
        for left in ours.rglob("*.lock"):
            left.unlink(missing_ok=True)
        if self._run(("rev-parse", "--git-dir"))[0]:  # none yet, or one whose making was cut off
            self("init", "--quiet", f"--initial-branch={self._target.branch}")
        if any((ours / name).exists() for name in ("rebase-merge", "rebase-apply")):
            self("rebase", "--abort", allowed=(0, 1, 128))
        (ours / "info").mkdir(exist_ok=True)
        (ours / "info" / "exclude").write_text(f"{OURS}/\n*.theirs\n*.theirs.*\n")
        (ours / "info" / "attributes").write_text(ATTRIBUTES)
        before = self("config", "--get", "remote.origin.url", allowed=(0, 1)).strip()
        if before != self._address:
            self("config", "core.symlinks", CONFIG["core.symlinks"])  # for a person who looks at the clone
            self("config", "remote.origin.url", self._address)
            for name in self("for-each-ref", "--format=%(refname)", "refs/remotes/origin").split():
                self("update-ref", "-d", name)  # it told of another repository
        self("symbolic-ref", "HEAD", f"refs/heads/{self._target.branch}")
        self("reset", "--quiet", "--mixed")  # what a person has staged is not ours to commit, nor what another branch has
        self._seen = self.commit(self.tracked)

    def fetch(self) -> None:
        """Find out where the remote's branch is. Raises GitError if its history was rewritten."""
        found = self._remotely("ls-remote", "origin", f"refs/heads/{self._target.branch}")
        if not found.strip():
            if self._seen:
                raise GitError(self._rewritten("is gone"))
            return
        self._remotely("fetch", "--quiet", "--no-tags", "origin", f"+refs/heads/{self._target.branch}:{self.tracked}")
        now = self.commit(self.tracked)
        if self._seen and not self.is_within(self._seen, now):
            self("update-ref", self.tracked, self._seen)
            raise GitError(self._rewritten("was rewritten: what we pushed is no longer in its history"))
        self._seen = now

    def take_in(self) -> bool:
        """Put our unpushed commits on top of what the remote has; return whether the remote had more than we did.

        If ours do not fit on top, they are made again: the database holds everything that they say. What others changed in our
        files stays in the history, and beside our file as `.theirs`.
        """
        ours, remote = self.commit("HEAD"), self.commit(self.tracked)
        if not remote or ours == remote or (ours and self.is_within(remote, ours)):
            return False
        if ours and self._run(("rebase", "--quiet", remote))[0] == 0:
            self("reset", "--quiet", "--mixed")  # what a person has under way may not fit on top of what others pushed
            return True
        if ours:
            self("rebase", "--abort", allowed=(0, 1, 128))
            self("checkout", "--quiet", "--no-track", "-B", self._target.branch, remote)
        else:
            self("update-ref", "HEAD", remote)
            self("reset", "--quiet", "--mixed")
            self("checkout-index", "--all", "--quiet", allowed=(0, 1, 128))  # not 0: leaves a file that is already there
        (self._target.files / STATE).unlink(missing_ok=True)
        return True

    def push(self, update: Callable[[], Report], report: Report) -> None:
        """Push. Raises GitError."""
        for _ in range(ATTEMPTS):
            if not self.commit("HEAD") or self.commit("HEAD") == self.commit(self.tracked):
                return
            try:
                self._remotely("push", "--quiet", "--porcelain", "origin", f"HEAD:refs/heads/{self._target.branch}")
            except Beaten:
                self.fetch()
                if self.take_in():
                    report.add(update())
                    commit_changes(self, self._target)
            else:
                self("update-ref", self.tracked, "HEAD")
                return
        raise GitError(f"others push to {self._target.branch} faster than we do; the next run tries again", passes=True)

    def commit(self, name: str) -> str:
        """Return the commit with this name; empty if there is none."""
        return self("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}", allowed=(0, 1)).strip()

    def is_within(self, older: str, newer: str) -> bool:
        return self._run(("merge-base", "--is-ancestor", older, newer))[0] == 0

    def _rewritten(self, how: str) -> str:
        return (
            f"the branch {self._target.branch} of {self._target.name}'s repository {how}. Nothing is forced: restore it there, "
            f"or remove {self._folder} to begin again from what is there"
        )

    def _remotely(self, *arguments: str) -> str:
        status, output, error = self._run(arguments)
        if status == 0:
            return output
        said = f"{output}\n{error}"
        if BEATEN.search(said):
            raise Beaten
        remote = f"MIRROR_{self._target.name.upper()}_REMOTE"
        if REFUSED.search(said):
            words, why = _last_words(error or output), REJECTED.search(said)
            reason = f" ({why[1]})" if why and why[1] not in words else ""
            token = f"; set MIRROR_{self._target.name.upper()}_TOKEN" if self._is_http and not self._target.token else ""
            raise GitError(
                f"the repository of {self._target.name} refuses: {words}{reason}; check {remote} and our right to push{token}"
            )
        raise GitError(
            f"the repository of {self._target.name} cannot be reached: {_last_words(error or output)}; it is tried again, and if "
            f"that goes on, check {remote}",
            passes=True,
        )

    def _run(self, arguments: tuple[str, ...], given: bytes = b"") -> tuple[int, str, str]:
        own = OF_STAGING if arguments[0] == "update-index" else {}
        settings = [part for name, value in (CONFIG | own).items() for part in ("-c", f"{name}={value}")]
        try:
            process = subprocess.Popen(
                ["git", *settings, *arguments], cwd=self._folder, env=self._environment(), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        except FileNotFoundError:
            raise GitError("the program git is not installed; install it, then run it again") from None
        try:
            output, error = process.communicate(given, timeout=WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return 124, "", f"no answer within {WITHIN_S} s"
        return process.returncode, output.decode(errors="replace"), error.decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        """Return git's environment, with the credentials for the remote's host alone. They appear in no argument and in no
        file."""
        name, _, address = self._target.author.rpartition(" ")
        known = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_DIR", "GIT_WORK", "GIT_INDEX"))}
        known |= {
            "LC_ALL": "C",
            "GIT_CEILING_DIRECTORIES": str(self._folder.parent),  # a repository around the folder is not ours
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_HTTP_LOW_SPEED_LIMIT": "100",
            "GIT_HTTP_LOW_SPEED_TIME": "60",
            "GIT_AUTHOR_NAME": name,
            "GIT_COMMITTER_NAME": name,
            "GIT_AUTHOR_EMAIL": address.strip("<>"),
            "GIT_COMMITTER_EMAIL": address.strip("<>"),
        }
        known.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=15")
        if self._is_http and self._target.token:
            known |= {"HOTPAPERS_GIT_USER": self._user or "x-access-token", "HOTPAPERS_GIT_TOKEN": self._target.token}
            known |= _configured(known, f"credential.{self._place}.helper", HELPER)
        elif self._is_http and self._user:
            known |= _configured(known, f"credential.{self._place}.username", self._user)
        return known


def _configured(known: dict[str, str], name: str, value: str) -> dict[str, str]:
    """Return the variables that tell git a setting, besides those that it is already told so."""
    number = int(known.get("GIT_CONFIG_COUNT") or 0)
    return {"GIT_CONFIG_COUNT": str(number + 1), f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}


class Beaten(Exception):
    """Somebody else pushed first."""


def _last_words(said: str) -> str:
    return re.sub(r"://[^/@\s]*@", "://", " ".join(without_controls(said).split()))[-LAST_WORDS:] or "it said nothing"
