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
        self._data = data
        self._blocks: list[tuple[int, int] | list[bytes]] = []
        """Between which places of the data it is, or its lines."""
        self._keys: list[bytes] = []
        """The first key of each block. Blocks stay, also those that lose their lines."""
        self._count = data.count(LINE_END, start, end) + 1 if start < end else 0
        self.are_changed = False
        """Whether they are no longer those of the data."""
        while start < end or not self._blocks:
            stop = data.find(SEPARATOR, start + BLOCK, end)
            stop = end if stop < 0 else stop
            self._blocks.append((start, stop) if start < stop else [])
            self._keys.append(data[start : data.find(KEY_END, start, stop)] + b": ")
            start = stop + len(SEPARATOR)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            yield from self._split(block)

    def written(self) -> list[bytes | memoryview]:
        """Return all lines, in parts that follow each other."""
        parts: list[bytes | memoryview] = []
        view, start, end = memoryview(self._data), 0, 0
        for block in [*filter(None, self._blocks), None]:
            if isinstance(block, tuple) and start < end and end + len(SEPARATOR) == block[0]:  # they stand together
                end = block[1]
                continue
            if start < end:
                parts += [SEPARATOR, view[start:end]]
            start, end = block if isinstance(block, tuple) else (0, 0)
            if isinstance(block, list):
                parts += [SEPARATOR, SEPARATOR.join(block)]
        return parts[1:]

    def get(self, key: bytes) -> bytes | None:
        """Return the line that begins with the key."""
        block = self._blocks[self._at(key)]
        if isinstance(block, tuple):  # not split: a changed day asks for a thousand lines
            data, (start, end) = self._data, block
            if not data.startswith(key, start, end):
                start = data.find(SEPARATOR + key, start, end) + len(SEPARATOR)
                if start < len(SEPARATOR):
                    return None
            stop = data.find(SEPARATOR, start, end)
            return data[start : end if stop < 0 else stop]
        place = bisect_left(block, key)
        return block[place] if place < len(block) and block[place].startswith(key) else None

    def after(self, key: bytes) -> Iterator[bytes]:
        """Return the lines behind the one that begins with the key, or behind where it would be."""
        at = self._at(key)
        yield from (line for line in self._split(self._blocks[at]) if line > key and not line.startswith(key))
        for block in self._blocks[at + 1 :]:
            yield from self._split(block)

    def matching(self, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
        """Return the lines in which the pattern, which has no separator, is found."""
        for block in self._blocks:
            if isinstance(block, list) or pattern.search(self._data, *block):
                yield from filter(pattern.search, self._split(block))

    def set(self, key: bytes, line: bytes | None) -> None:
        """Replace, insert or, for None, remove the line that begins with the key."""
        at = self._at(key)
        lines = self._blocks[at] = self._split(self._blocks[at])
        place = bisect_left(lines, key)
        is_there = place < len(lines) and lines[place].startswith(key)
        lines[place : place + is_there] = [] if line is None else [line]
        self._count += (line is not None) - is_there
        self.are_changed = True

    def _at(self, key: bytes) -> int:
        return max(0, bisect_right(self._keys, key) - 1)

    def _split(self, block: tuple[int, int] | list[bytes]) -> list[bytes]:
        return block if isinstance(block, list) else self._data[block[0] : block[1]].split(SEPARATOR)
