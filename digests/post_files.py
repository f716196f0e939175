"""Files -> posts: reading old posts from disk, mending their mojibake, refusing what is no post."""

import errno
import os
import re
import signal
import stat
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from digests import mojibake
from digests.post import Post, PostError, parse, render

FEW = 20
"""Posts that are read as soon without a process of their own."""
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


def read_posts(files: Sequence[Path]) -> Generator[Reading | UnreadablePost]:
    """The posts in the files, in their order, or what is wrong with one. Of many, the next is read by another process while the
    caller stores this one; that process ends with ours."""
    if len(files) <= FEW:
        yield from map(_read, files)
        return
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    reader = context.Process(target=_send, args=(files, receiver, sender), daemon=True)
    reader.start()
    sender.close()
    with receiver:
        for file in files:
            try:
                yield receiver.recv()
            except (EOFError, OSError):
                raise RuntimeError(f"{file}: the process that reads posts ended; start the import again") from None
    reader.join()


def _read(file: Path) -> Reading | UnreadablePost:
    try:
        return read_post(file)
    except UnreadablePost as error:
        return error


def _send(files: Sequence[Path], receiver: Connection, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller's to answer
    receiver.close()
    try:
        for file in files:
            sender.send(_read(file))
    except BrokenPipeError:
        pass  # the caller has ended
