"""What the manifest finds without reading each of its lines."""

import pytest

from digests.mirror.manifest import FEW, ListedFile, Manifest

FILES: dict[str, tuple[str, ...] | None] = {
    "a": ("paper:1", "text:1"),
    "b": ("digest:2021-05", "paper:12"),
    "c": ("clock",),
    "d": ("appears:1",),
    "e": None,
    "f.gz": (),
}


@pytest.mark.parametrize("others", [0, FEW], ids=["few", "many"])
@pytest.mark.parametrize(
    ("subjects", "found"),
    [
        (["paper:1"], ["a", "e"]),
        (["paper:12"], ["b", "e"]),
        (["paper:2"], ["e"]),
        (["digest:2021-05", "text:1"], ["a", "b", "e"]),
        (["digest:2021"], ["e"]),
        (["clock", "appears:1"], ["c", "d", "e"]),
    ],
)
def test_files_that_show_subjects_are_found(subjects: list[str], found: list[str], others: int) -> None:
    manifest = Manifest({"profile": "html"})
    for name, shows in FILES.items():
        manifest.set(name, ListedFile("0" * 64, 1, shows=shows, address="" if name == "f.gz" else f"/{name}"))
    read = Manifest.parse(manifest.write())
    more = [f"rank:{number}" for number in range(others)]
    assert [name for name, _ in read.showing([*subjects, *more])] == found
    assert [name for name, _ in manifest.showing([*subjects, *more])] == found
