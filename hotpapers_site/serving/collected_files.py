"""Where static files are collected: hashed, compressed, and the style sheets of readers' pages as one."""

from collections.abc import Iterator
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


def _bytes(storage: Any, path: str) -> bytes:
    with storage.open(path) as file:
        return bytes(file.read())
