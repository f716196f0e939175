"""Reads the settings' variables from the environment. Each wrong one becomes a line; all are reported at once, before anything
runs.

values.py says what they may hold.
"""

import errno
import io
import os
import re
import secrets
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

import environ

from hotpapers_site import lookalikes
from hotpapers_site.serving.leftovers import BY
from hotpapers_site.values import Kind, Unsafe, whole

Value = TypeVar("Value")
Default = TypeVar("Default")
LONGEST_SHOWN = 60
CODE = Path(__file__).resolve().parent.parent
OF_MIRRORS = "MIRROR_"
LINE = re.compile(r"(?:export )?[A-Za-z_0-9]+=[^\0]*|\s*(?:#.*)?")
"""A line of a `.env` file: a variable, a comment, or nothing. No variable can hold a zero character."""
SECRETS = (
    re.compile(r"((?:://|^)[^/@\s]*?:(?!//)).*(@)", re.DOTALL),  # of a user, up to the last @: nobody has to encode those before
    re.compile(r"(://)[^/:@]*(@)"),  # a key alone
    re.compile(r"((?:password|passwd|pwd|token|key)\s*=\s*)[^&\s]+()", re.IGNORECASE),
)
"""What comes before a secret in an address, and what after it."""
OURS = ("secret_key", "db.sqlite3", "serve.lock", "gates", "backups", "static/staticfiles.json")
"""What shows that a folder is this site's."""


class Environment:
    def __init__(self, variables: Mapping[str, str], problems: Sequence[str] = ()) -> None:
        self._variables = variables
        self._asked: set[str] = set()
        self.secret: set[str] = set()
        """Names of variables that hold a secret, set or not."""
        self.problems = list(problems)
        """One sentence each."""

    def read(self, name: str, kind: Kind[Value], default: Default) -> Value | Default:
        """Return the variable's value; the default if it is not set, is empty or is wrong."""
        self._asked.add(name)
        if kind.is_secret:
            self.secret.add(name)
        given = self._variables.get(name, "").strip()
        if not given:
            return default
        try:
            given.encode()  # bytes that are no text in UTF-8 are wrong everywhere
            return kind.parse(given)
        except (ValueError, KeyError, OSError, OverflowError) as error:  # KeyError: of an unknown time zone
            found = "set to a wrong value, which is secret and not shown" if kind.is_secret else shown(given)
            expected = str(error) if isinstance(error, Unsafe) else kind.expected
            example = str(default) if kind.differs and default else kind.example
            self.wrong(name, found, f"{expected}, without quotes" if _is_right_inside(given, kind) else expected, example)
            return default

    def given(self) -> list[str]:
        """Return the names of our variables that are set."""
        return sorted(name for name in self._asked if self._variables.get(name, "").strip())

    def names(self) -> frozenset[str]:
        """Return the names of all our variables, set or not."""
        return frozenset(self._asked)

    def beginning(self, prefix: str) -> list[str]:
        """Return the names of the variables that begin so and are set, ours or not."""
        return sorted(name for name, value in self._variables.items() if name.startswith(prefix) and value.strip())

    def wrong(self, name: str, found: str, expected: str, example: str) -> None:
        self.problems.append(f"{name} is {found}; expected {expected}, for example {name}={example}")

    def expect_both(self, one: tuple[str, Kind[str], str], other: tuple[str, Kind[str], str]) -> None:
        """Require both variables or neither: one alone would have no effect. Each is its name, its kind and what was read."""
        for (name, _, value), (missing, kind, there) in ((one, other), (other, one)):
            if value and not there and missing not in self.given():
                self.wrong(missing, f"not set, though {name} is", kind.expected, kind.example)

    def whole(self, name: str, default: int, *, least: int = 0, most: int) -> int:
        return self.read(name, whole(least, most), default)

    def resembling(self) -> list[str]:
        """Return a sentence for each unknown variable whose name resembles one of ours."""
        said = []
        for name in sorted(set(self._variables) - self._asked):
            if name.startswith(OF_MIRRORS):
                if not any(problem.startswith(f"{name} is ") for problem in self.problems):
                    said.append(f"{name} has no effect: MIRRORS does not name this mirror.")
                continue
            if ours := lookalikes.meant(name, self._asked):
                said.append(f"{name} is not a setting of Hot Papers and has no effect; did you mean {ours}?")
        return said

    def finish(self) -> None:
        """Report what is wrong and end this process with status 2; mention names that resemble ours."""
        for sentence in self.resembling() if BY not in self._variables else ():  # `serve` has told it for those that it starts
            print(sentence, file=sys.stderr)  # noqa: T201 - nothing is set up yet that could log
        if self.problems:
            stop(self.problems)


def read_file(path: Path) -> list[str]:
    """Take variables from a `.env` file unless they are set otherwise. Return a sentence for each line that sets nothing; what it
    says may be secret. Ends this process if the file cannot be read."""
    try:
        content = path.read_text(encoding="utf-8-sig") if path.exists() else ""  # Windows' editors write a mark before the text
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        stop([f"The settings in {path} cannot be read ({reason}); expected lines such as HOT_SCORE=50"])
    environ.Env.read_env(io.StringIO("\n".join(filter(LINE.fullmatch, content.splitlines()))))
    return [
        f"Line {number} of {path} is no setting; expected NAME=value without spaces around =, for example HOT_SCORE=50"
        for number, line in enumerate(content.splitlines(), 1)
        if not LINE.fullmatch(line)
    ]


def prepare(folder: Path, key: str) -> tuple[str, str]:
    """Make the folder for static files and for this user alone. Returns the secret key, which is kept there if none is given, and
    why the folder cannot be used; empty if it can."""
    try:
        make_private(folder)
        (folder / "static").mkdir(exist_ok=True)
        return key or kept_secret_key(folder), ""
    except OSError as error:
        return key, error.strerror or str(error)


def make_private(folder: Path) -> None:
    """Make the folder for this user alone, or take away the rights of others. Raises OSError, also for a folder of other things:
    nobody could use those any more, and collecting static files empties its `static`."""
    if folder.resolve() == CODE:
        raise OSError(errno.ENOTEMPTY, "it is the folder of this site's code")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _is_open(folder) and any(folder.iterdir()) and not any((folder / name).exists() for name in OURS):
        raise OSError(errno.ENOTEMPTY, "it holds other things, which other users may read")
    keep_private(folder)


def kept_secret_key(folder: Path) -> str:
    """Return the secret key that the embedded default keeps in its folder; it is made at the first call, whoever else asks at the
    same time."""
    path = folder / "secret_key"
    fresh = folder / f".secret_key.{os.getpid()}"
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another process was first: its key is ours
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii")


def keep_private(*paths: Path) -> None:
    """Take other users' rights from what is ours, except in folders that belong to everybody, such as /tmp."""
    for path in filter(_is_open, paths):
        path.chmod(path.stat().st_mode & 0o700)


def _is_open(path: Path) -> bool:
    about = path.stat()
    return about.st_uid == os.geteuid() and bool(about.st_mode & 0o077) and not about.st_mode & stat.S_ISVTX


def _is_right_inside(given: str, kind: Kind[Value]) -> bool:
    """Say whether the value would be right without the quotes around it: some programs pass on those of a file of settings."""
    if len(given) < 3 or given[0] != given[-1] or given[0] not in "\"'":
        return False
    try:
        kind.parse(given[1:-1])
    except (ValueError, KeyError, OSError, OverflowError):
        return False
    return True


def stop(problems: list[str]) -> NoReturn:
    number = "a setting is wrong" if len(problems) == 1 else f"{len(problems)} settings are wrong"
    print(f"Hot Papers cannot start: {number}.", *problems, sep="\n", file=sys.stderr)  # noqa: T201 - as above
    sys.exit(2)


def shown(given: str) -> str:
    """Return a value in quotes, short, on one line, without a password in an address, however it is written."""
    for secret in SECRETS:
        given = secret.sub(r"\1***\2", given)
    return repr(given[:LONGEST_SHOWN])
