"""Sorted lines of which a run mostly asks for one: in blocks, of which only those are split that are asked for."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

SEPARATOR = b",\n"
BLOCK = 1 << 13
"""Bytes of a block, about."""
KEY_END = b": {"


class Lines:
    """Lines `"name": {…}`, sorted by their bytes. One thread may change them while others read."""

    def __init__(self, body: bytes = b"") -> None:
        self._blocks: list[bytes | list[bytes]] = []
        self._keys: list[bytes] = []
        """The first key of each block. Blocks stay, also those that lose their lines."""
        self._count = body.count(SEPARATOR) + 1 if body else 0
        start = 0
        while start < len(body) or not self._blocks:
            end = body.find(SEPARATOR, start + BLOCK)
            block = body[start : len(body) if end < 0 else end]
            self._blocks.append(block if block else [])
            self._keys.append(block[: block.find(KEY_END)] + b": ")
            start += len(block) + len(SEPARATOR)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            yield from _split(block)

    def body(self) -> bytes:
        return SEPARATOR.join(block if isinstance(block, bytes) else SEPARATOR.join(block) for block in self._blocks if block)

    def get(self, key: bytes) -> bytes | None:
        """Return the line that begins with the key."""
        lines = _split(self._blocks[self._at(key)])
        place = bisect_left(lines, key)
        return lines[place] if place < len(lines) and lines[place].startswith(key) else None

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
