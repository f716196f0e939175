"""Files -> posts: reading old posts from disk, mending their mojibake, refusing what is no post."""

import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from digests import mojibake
from digests.post import Post, PostError, parse, render

LARGEST_POST = 5_000_000
"""Bytes; the largest post of the old site has 76 kB."""
DATED_NAME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})---.*")


class UnreadablePost(Exception):
    """A file that holds no post; the message says why, and what was expected."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A post read from a file. `mended_lines` of it were mojibake, `hopeless_lines` (from 1) look so still."""

    path: Path
    post: Post
    text: str
    mended_lines: int
    hopeless_lines: tuple[int, ...]
    normalised: bool


def post_files(path: Path) -> list[Path]:
    """The files that the path stands for: itself, or the .md and .txt files in the folder and its folders, in order of name.

    Raises UnreadablePost where the path does not exist or a folder cannot be listed.
    """
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            return [path]
        found = [Path(folder, name) for folder, _, names in os.walk(path, onerror=_refuse) for name in names]
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise UnreadablePost("no such file or folder") from error
        raise UnreadablePost(f"cannot be read: {error.strerror}") from error
    return sorted(file for file in found if file.suffix.lower() in {".md", ".txt"})


def _refuse(error: OSError) -> NoReturn:
    raise error


def read_post(path: Path) -> Reading:
    """The post in the file. Raises UnreadablePost; nothing is stored."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadablePost("expected a file or a folder, found a pipe or a device")
        if status.st_size > LARGEST_POST:
            raise UnreadablePost(f"expected a post of at most {LARGEST_POST // 10**6} MB, found {status.st_size:,} bytes")
        data = path.read_bytes()
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadablePost(f"line {line}: expected UTF-8, found the byte 0x{data[error.start]:02x}") from error
    except OSError as error:
        raise UnreadablePost(f"cannot be read: {error.strerror}") from error
    repair = mojibake.repair(text)
    try:
        post = parse(repair.text)
    except PostError as error:
        raise UnreadablePost(str(error)) from error
    named = DATED_NAME.fullmatch(path.name)
    if named and named[1] != str(post.day):
        raise UnreadablePost(f"expected the post of {named[1]}, as the file's name says, found that of {post.day}")
    text = render(post)
    return Reading(path, post, text, repair.mended, repair.hopeless, normalised=text != repair.text)
