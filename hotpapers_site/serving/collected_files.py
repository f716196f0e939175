"""Where static files are collected: hashed, compressed, and the style sheets of readers' pages as one."""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

from digests.reader.styles import PARTS, WHOLE


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Write the sheets as one first, so that it is hashed and compressed as the others are."""
        if not dry_run and all(part in paths for part in PARTS):
            Path(self.path(WHOLE)).write_bytes(b"\n".join(_bytes(*paths[part]) for part in PARTS))
            paths = paths | {WHOLE: (self, WHOLE)}
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress each content once, which takes most of the time: most files are there twice, with a hash in the name and
        without."""
        alike = defaultdict[tuple[str, bytes], list[str]](list)
        for path in paths:
            alike[Path(path).suffix, hashlib.sha256(Path(self.path(path)).read_bytes()).digest()].append(path)
        others = {first: rest for first, *rest in alike.values()}
        for first, compressed in super().compress_files(others):
            yield first, compressed
            for other in others[first]:
                name = other + Path(compressed).suffix
                shutil.copyfile(self.path(compressed), self.path(name))
                yield other, name


def _bytes(storage: Any, path: str) -> bytes:
    with storage.open(path) as file:
        return bytes(file.read())
