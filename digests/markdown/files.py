"""Files -> posts: reads old posts from disk, repairs their mojibake, and refuses what isn't a post."""

import errno
import os
import re
import stat
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digests.markdown import front_matter_data, mojibake
from digests.markdown.format import parse, render
from digests.markdown.post import Post, PostError
from digests.parallel import shared_out

FEW = 20
"""Fewer posts than this are read just as fast without a separate process."""
LARGEST_POST = 5_000_000
"""In bytes; the largest post of the old site has 76 kB."""
DATED_NAME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})---.*|(?:[0-9-]{11})?hot-papers-([0-9]{4}-[0-9]{2}-[0-9]{2})\.\w+")
HUGO_NAME = re.compile(r"hot-papers-[0-9]{4}-[0-9]{2}-[0-9]{2}\.html")
"""The name of a file in a mirror for Hugo, whose built pages have other names."""


TOMBSTONE = re.compile(r"---\n.{0,2000}?\n---\n\n(?:<p>)?This list was withdrawn\b", re.DOTALL)


class UnreadablePost(Exception):
    """A file that holds no post; the message says why, and what was expected."""


class Tombstone(UnreadablePost):
    """A mirror's file that only says that its day was withdrawn."""


@dataclass(frozen=True, slots=True)
class PostFile:
    """A post read from a file. `repaired_lines` of its lines were mojibake; `hopeless_lines` (from 1) still look damaged."""

    path: Path
    post: Post
    text: str
    repaired_lines: int
    hopeless_lines: tuple[int, ...]
    normalised: bool
    holds_notes: bool = False
    """Whether the file has a place for the editors' introduction and notes; the old site's format has none."""


def shown(path: Path) -> str:
    """Return the path as it may be printed: quoted if the name of a stranger's file holds line breaks or codes for a terminal."""
    return str(path) if str(path).isprintable() else ascii(str(path))


def post_files(path: Path) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Return the files that the path stands for: itself, or the .md and .txt files (and a mirror's .html) in the folder and its
    subfolders, sorted by name. Also return what is not read, with the reason: folders that cannot be listed, and links that
    lead out of the folder.

    Raises UnreadablePost if the path does not exist.
    """
    errors: list[OSError] = []
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            return [path], []
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise UnreadablePost("no such file or folder") from error
        raise UnreadablePost(f"cannot be read: {error.strerror}") from error
    found = [
        (Path(folder, name), name in folders)
        for folder, folders, names in os.walk(path, onerror=errors.append)
        for name in (*folders, *names)
    ]
    refused = [(Path(error.filename), f"the folder cannot be read: {error.strerror}") for error in errors]
    root = os.path.realpath(path)
    files = []
    for one, is_folder in sorted(found):
        if not is_folder and one.suffix.lower() not in {".md", ".txt"} and not HUGO_NAME.fullmatch(one.name):
            continue
        if one.is_symlink() and os.path.commonpath([root, os.path.realpath(one)]) != root:
            refused.append((one, "a symbolic link that leads out of the folder; import its target under its own name"))
        elif not is_folder:
            files.append(one)
    return files, refused


def read_post(path: Path) -> PostFile:
    """Return the post in the file. Raises UnreadablePost; nothing is stored."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadablePost("expected a file or a folder, found a pipe or a device")
        if status.st_size > LARGEST_POST:
            raise UnreadablePost(f"expected a post of at most {LARGEST_POST // 10**6} MB, found {status.st_size:,} bytes")
        with path.open("rb") as file:
            data = file.read(LARGEST_POST)
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadablePost(f"line {line}: expected UTF-8, found the byte 0x{data[error.start]:02x}") from error
    except OSError as error:
        raise UnreadablePost(f"cannot be read: {error.strerror}") from error
    if front_matter_data.is_carrier(text):
        return _read_carrier(path, text)
    if TOMBSTONE.match(text):
        raise Tombstone("says that its day was withdrawn; nothing to import")
    repair = mojibake.repair(text)
    try:
        post = parse(repair.text)
    except PostError as error:
        raise UnreadablePost(str(error)) from error
    _expect_day(path, post)
    text = render(post)
    return PostFile(path, post, text, repair.repaired, repair.hopeless, normalised=text != repair.text)


def _read_carrier(path: Path, text: str) -> PostFile:
    """Read a file of a mirror's other profiles, whose front matter holds the post as data."""
    try:
        post = front_matter_data.read(text)
    except PostError as error:
        raise UnreadablePost(str(error)) from error
    _expect_day(path, post)
    return PostFile(path, post, render(post), 0, (), normalised=False, holds_notes=True)


def _expect_day(path: Path, post: Post) -> None:
    named = DATED_NAME.fullmatch(path.name)
    if named and (named[1] or named[2]) != str(post.day):
        raise UnreadablePost(f"expected the post of {named[1] or named[2]}, as the file's name says, found that of {post.day}")


def read_posts(files: Sequence[Path]) -> Generator[PostFile | UnreadablePost, None, None]:
    """Yield the posts in the files in order, or what is wrong with one. If there are many, another process reads the next one
    while the caller stores this one. Raises ProcessEnded."""
    return _read_all(files) if len(files) <= FEW else shared_out(_read_all, [files])


def _read_all(files: Sequence[Path]) -> Generator[PostFile | UnreadablePost, None, None]:
    for file in files:
        try:
            yield read_post(file)
        except UnreadablePost as error:
            yield error
