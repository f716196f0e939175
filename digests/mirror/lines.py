"""Sorted lines of which a run mostly asks for one: in blocks, of which only those are split that are asked for."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

SEPARATOR = b",\n"
LINE_END = b"\n"
"""Stands nowhere else, and is counted in a tenth of the time."""
BLOCK = 1 << 13
"""Bytes of a block, about."""
KEY_END = b": {"


class Lines:
    """Lines `"name": {…}`, sorted by their bytes. One thread may change them while others read."""

    def __init__(self, data: bytes = b"", start: int = 0, end: int | None = None) -> None:
        """Take the lines between two places of `data`, of which no copy is made: with 30,000 lines that takes as long as all the
        rest here."""
        end = len(data) if end is None else end
        self._blocks: list[bytes | list[bytes]] = []
        self._keys: list[bytes] = []
        """The first key of each block. Blocks stay, also those that lose their lines."""
        self._count = data.count(LINE_END, start, end) + 1 if start < end else 0
        while start < end or not self._blocks:
            stop = data.find(SEPARATOR, start + BLOCK, end)
            block = data[start : end if stop < 0 else stop]
            self._blocks.append(block if block else [])
            self._keys.append(block[: block.find(KEY_END)] + b": ")
            start += len(block) + len(SEPARATOR)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            yield from _split(block)

    def written(self, before: bytes = b"", after: bytes = b"") -> bytes:
        """Return all lines, between what stands before and after them."""
        parts = [block if isinstance(block, bytes) else SEPARATOR.join(block) for block in self._blocks if block] or [b""]
        parts[0] = before + parts[0]
        parts[-1] += after
        return SEPARATOR.join(parts)

    def get(self, key: bytes) -> bytes | None:
        """Return the line that begins with the key."""
        block = self._blocks[self._at(key)]
        if isinstance(block, bytes):  # not split: a changed day asks for a thousand lines
            start = 0 if block.startswith(key) else block.find(SEPARATOR + key) + len(SEPARATOR)
            end = block.find(SEPARATOR, start)
            return block[start : None if end < 0 else end] if block.startswith(key, start) else None
        place = bisect_left(block, key)
        return block[place] if place < len(block) and block[place].startswith(key) else None

    def after(self, key: bytes) -> Iterator[bytes]:
        """Return the lines behind the one that begins with the key, or behind where it would be."""
        at = self._at(key)
        yield from (line for line in _split(self._blocks[at]) if line > key and not line.startswith(key))
        for block in self._blocks[at + 1 :]:
            yield from _split(block)

    def matching(self, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
        """Return the lines in which the pattern, which has no separator, is found."""
        for block in self._blocks:
            if isinstance(block, list) or pattern.search(block):
                yield from filter(pattern.search, _split(block))

    def set(self, key: bytes, line: bytes | None) -> None:
        """Replace, insert or, for None, remove the line that begins with the key."""
        at = self._at(key)
        lines = self._blocks[at] = _split(self._blocks[at])
        place = bisect_left(lines, key)
        is_there = place < len(lines) and lines[place].startswith(key)
        lines[place : place + is_there] = [] if line is None else [line]
        self._count += (line is not None) - is_there

    def _at(self, key: bytes) -> int:
        return max(0, bisect_right(self._keys, key) - 1)


def _split(block: bytes | list[bytes]) -> list[bytes]:
    return block.split(SEPARATOR) if isinstance(block, bytes) else block
