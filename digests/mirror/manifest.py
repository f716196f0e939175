"""`mirror.json`: what a mirror's folder holds, one line for each file, so that one of 30,000 can be changed without reading the
others.

A file that is about to change is not listed under `files` but under `changing`, with what is known of it before and after (null
if it is not there). So the manifest never gives a file a fingerprint that it does not have, and a killed run can be told from a
person's edit.
"""

import json
import re
from collections.abc import Collection, Iterator, Set
from datetime import date
from itertools import islice
from operator import ge
from typing import Any, NamedTuple

from digests.mirror.manifest_lines import Lines

NAME = "mirror.json"
FORMAT = 1
FILES = b'"files": {\n'
END = b"\n}}\n"
FEW = 40
"""The most subjects that are sought by one pattern, which tries each of them everywhere. Of more, each line is taken apart."""


UNSAFE_NAME = re.compile(r"^$|^/|(?:^|/)\.|[\\\x00]")
UNSAFE_LINE = re.compile(rb'^"(?:"|/|\.|[^"]*/\.|[^"]*\\)', re.MULTILINE)
"""Names that are refused: whoever can write the manifest, for example by a push, must not make us remove files elsewhere. Our
own names never look like this."""


REFUSED = f"{NAME} is not one that this site wrote; move it away, and the next run makes it anew"
NOT_OURS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading something else ends in."""


class ManifestError(Exception):
    """The manifest cannot be read; the message says what to do."""


class ListedFile(NamedTuple):
    """What the manifest says about a file."""

    sha256: str
    size: int
    """In bytes."""
    digest: str = ""
    """The listing day of its digest; empty for other files."""
    revision: int = 0
    shows: tuple[str, ...] | None = ()
    """The subjects whose changes require writing it again (digests/page_cache/subjects.py); None: any change does."""
    address: str = ""
    """Where readers find a file of the reader site."""

    def as_json(self, profile: str) -> dict[str, Any]:
        found: dict[str, Any] = {"sha256": self.sha256, "size": self.size, "profile": profile}
        if self.digest:
            found |= {"digest": self.digest, "revision": self.revision}
        if self.address:
            found |= {"address": self.address, "shows": None if self.shows is None else list(self.shows)}
        return found

    @classmethod
    def of_json(cls, found: dict[str, Any]) -> "ListedFile":
        """Read what `as_json` wrote. Raises one of NOT_OURS."""
        shows, day, address = found.get("shows", ()), found.get("digest", ""), str(found.get("address", ""))
        if day:
            date.fromisoformat(day)
        return cls(
            found["sha256"], found["size"], day, found.get("revision", 0), None if shows is None else tuple(shows), address
        )


Change = tuple[ListedFile | None, ListedFile | None]
"""A file before and after."""


class Manifest:
    def __init__(self, options: dict[str, str]) -> None:
        """`options` decide what the files look like: files written with other options are not kept. `profile` is one of them."""
        self.options = options
        self.changing: dict[str, Change] = {}
        self._lines = Lines()
        self._head_as_read = b""

    @classmethod
    def parse(cls, data: bytes, *, is_ours: bool = False) -> "Manifest":
        """Read the manifest. Raises ManifestError. If nobody else can have written it, not each line is looked at."""
        end_of_head = data.find(FILES)
        head, start = data[:end_of_head], end_of_head + len(FILES)
        try:
            if (
                end_of_head < 0
                or not data.endswith(END, start)
                or (told := json.loads(head + b'"files": {}}'))["mirror"] != FORMAT
            ):
                raise ValueError
            if (not is_ours and _has_unsafe_name(data[start:])) or any(UNSAFE_NAME.search(name) for name in told["changing"]):
                raise ValueError
            if not isinstance(told["options"], dict):
                raise ValueError
            manifest = cls(told["options"])
            manifest.changing = {
                name: tuple(None if one is None else ListedFile.of_json(one) for one in pair)  # type: ignore[misc]
                for name, pair in told["changing"].items()
            }
        except NOT_OURS as error:
            raise ManifestError(REFUSED) from error
        manifest._head_as_read = data[:start]
        manifest._lines = Lines(data, start, len(data) - len(END))  # a line end in a name or a text is written as \n
        if not is_ours and any(map(ge, manifest._lines, islice(manifest._lines, 1, None))):  # a line is found by halving
            raise ManifestError(REFUSED)
        return manifest

    def write(self) -> bytes:
        """Return the manifest's bytes. The same files give the same bytes."""
        return b"".join([self._head(), *self._lines.written(), END])

    def to_write(self) -> list[bytes | memoryview]:
        """Return the same in parts that follow each other, without a copy of what is as it was read; nothing if all is as it was
        read or last returned."""
        head = self._head()
        if head == self._head_as_read and not self._lines.are_changed:
            return []
        self._head_as_read, self._lines.are_changed = head, False
        return [head, *self._lines.written(), END]

    def _head(self) -> bytes:
        profile = self.options["profile"]
        changing = {name: [one and one.as_json(profile) for one in pair] for name, pair in sorted(self.changing.items())}
        head = {"mirror": FORMAT, "options": self.options, "changing": changing}
        return json.dumps(head, ensure_ascii=False).encode()[:-1] + b", " + FILES

    def get(self, name: str) -> ListedFile | None:
        line = self._lines.get(_key(name))
        return _read(line)[1] if line is not None else None

    def __contains__(self, name: str) -> bool:
        return self._lines.get(_key(name)) is not None

    def set(self, name: str, listed: ListedFile | None) -> None:
        """Set what is said about the file; None removes it."""
        key = _key(name)
        told = listed and json.dumps(listed.as_json(self.options["profile"]), ensure_ascii=False).encode()
        self._lines.set(key, key + told if told else None)

    def __len__(self) -> int:
        return len(self._lines)

    def names(self) -> Iterator[str]:
        return map(_name, self._lines)

    def names_after(self, name: str) -> Iterator[str]:
        """Return the names that come after this one, which may be any text."""
        return map(_name, self._lines.after(_key(name)))

    def items(self) -> Iterator[tuple[str, ListedFile]]:
        yield from map(_read, self._lines)

    def showing(self, subjects: Collection[str]) -> Iterator[tuple[str, ListedFile]]:
        """Return the files that show one of the subjects, or anything."""
        wanted = {subject.encode() for subject in subjects}
        if len(wanted) <= FEW and all(b":" in one for one in wanted):
            sought = [b'"shows": null', *(b'"%b"' % one for one in wanted)]
            lines = self._lines.matching(re.compile(b"|".join(map(_from_colon, sought))))
        else:
            lines = (line for line in self._lines if _shows(line, wanted))
        yield from map(_read, lines)


def _from_colon(text: bytes) -> bytes:
    """Return a pattern of the text that begins at its colon: a manifest has half as many colons as quotes."""
    colon = text.index(b":")
    return re.escape(text[colon:]) + b"(?<=" + re.escape(text) + b")"


def _shows(line: bytes, wanted: Set[bytes]) -> bool:
    """Say whether the line's file shows one of the subjects, or anything."""
    shown = line.partition(b'"shows": ')[2]
    return shown.startswith(b"null") or not wanted.isdisjoint(shown.split(b'"'))


def _name(line: bytes) -> str:
    """Return a line's name. Raises ManifestError."""
    name = line.partition(b": {")[0]
    try:
        return json.loads(name) if b"\\" in name else name[1:-1].decode()
    except NOT_OURS as error:
        raise ManifestError(REFUSED) from error


def _read(line: bytes) -> tuple[str, ListedFile]:
    """Return the file's name, and what the line says. Raises ManifestError: who edits the file by hand may leave half a line."""
    name, _, listed = line.partition(b": {")
    try:
        return json.loads(name), ListedFile.of_json(json.loads(b"{" + listed))
    except NOT_OURS as error:
        raise ManifestError(REFUSED) from error


def _has_unsafe_name(lines: bytes) -> bool:
    """Looks line by line only where one could be: among 30,000 that takes a sixth of all that a changed day costs."""
    could_be = lines.startswith((b'""', b'"/', b'".')) or any(sign in lines for sign in (b'\n""', b'\n"/', b'\n".', b"/.", b"\\"))
    return could_be and bool(UNSAFE_LINE.search(lines))


def _key(name: str) -> bytes:
    return json.dumps(name, ensure_ascii=False).encode() + b": "
