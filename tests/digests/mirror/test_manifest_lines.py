"""Lines in blocks are the same as lines in a list."""

import re

from hypothesis import given
from hypothesis import strategies as st

from digests.mirror import manifest_lines
from digests.mirror.manifest_lines import Lines

NAMES = st.sampled_from([f"posts/{number:03}{end}" for number in range(40) for end in ("", ".gz", "/index.html")] + ["a", "zz"])


def key(name: str) -> bytes:
    return f'"{name}": '.encode()


def line(name: str, number: int) -> bytes:
    return key(name) + f'{{"size": {number}}}'.encode()


@given(st.dictionaries(NAMES, st.integers(0, 9)), st.lists(st.tuples(NAMES, st.none() | st.integers(0, 9))), st.integers(1, 400))
def test_lines_in_blocks_are_those_of_a_list(first: dict[str, int], changes: list[tuple[str, int | None]], size: int) -> None:
    before, manifest_lines.BLOCK = manifest_lines.BLOCK, size
    try:
        kept = {key(name): line(name, number) for name, number in first.items()}
        body = b",\n".join(sorted(kept.values()))
        found = Lines(b"{\n" + body + b"\n}", 2, 2 + len(body))
        for name, number in changes:
            changed = None if number is None else line(name, number)
            found.set(key(name), changed)
            kept = {one: told for one, told in (kept | {key(name): changed}).items() if told is not None}
        assert (list(found), len(found)) == (sorted(kept.values()), len(kept))
        assert b"".join(found.written()) == b",\n".join(sorted(kept.values()))
        assert list(found.matching(re.compile(rb"[37]}"))) == [one for one in sorted(kept.values()) if one[-2:] in (b"3}", b"7}")]
        assert {name: found.get(key(name)) for name, _ in changes} == {name: kept.get(key(name)) for name, _ in changes}
        for name, _ in changes:
            assert list(found.after(key(name))) == [kept[one] for one in sorted(kept) if one > key(name)]
    finally:
        manifest_lines.BLOCK = before
