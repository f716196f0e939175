"""Compiled templates are kept in a folder of our own, and never read from one that others can write to."""

from pathlib import Path

from jinja2 import FileSystemLoader
from pytest_django.fixtures import Settings

from hotpapers_site.jinja import compiled_templates, environment


def test_templates_are_compiled_once(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "one.html").write_text("{{ 1 + 1 }}")
    for _ in range(2):
        assert environment(loader=FileSystemLoader(tmp_path)).get_template("one.html").render() == "2"
    assert len(list((tmp_path / "templates").iterdir())) == 1
    assert (tmp_path / "templates").stat().st_mode & 0o777 == 0o700


def test_folder_that_others_can_write_to_is_not_read(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates").chmod(0o777)
    assert compiled_templates() is None
    settings.VAR_DIR = tmp_path / "missing"
    assert compiled_templates() is None
