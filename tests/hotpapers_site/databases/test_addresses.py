"""Addresses of databases, as Django takes them."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from hotpapers_site.databases.addresses import configured, database_address, file_address, servers
from hotpapers_site.databases.copying import NotCopied, expect_another
from tests.small_disk import small_disk


@pytest.mark.parametrize(
    ("url", "host", "port", "attributes"),
    [
        ("postgres://me:a%2Cb%40c@first:5432,second:5433/name", "first,second", "5432,5433", "read-write"),
        ("postgres://me@first,second/name", "first,second", "", "read-write"),
        ("postgres://me@[2001:db8::1]:5,[2001:db8::2]:6/name?target_session_attrs=any", "2001:db8::1,2001:db8::2", "5,6", "any"),
        ("postgres://me@first/name", "first", "", None),
    ],
)
def test_of_several_servers_the_one_is_asked_that_takes_writes(url: str, host: str, port: str, attributes: str | None) -> None:
    database = configured(url)
    assert (database["HOST"], database["PORT"], database["OPTIONS"].get("target_session_attrs")) == (host, port, attributes)
    assert (database["NAME"], database["USER"]) == ("name", "me")


def test_a_password_with_a_comma_is_no_second_server() -> None:
    assert servers("postgres://me:a%2Cb@host:5/name") == [("host", 5)]
    assert configured("postgres://me:a%2Cb@host:5/name")["PASSWORD"] == "a,b"


@pytest.mark.parametrize("name", ["a b", "äö", "a+b", "100%41", "a#b", "a?b=c", "a;b"])
def test_a_file_may_have_any_signs_in_its_path(tmp_path: Path, name: str) -> None:
    file = tmp_path / name / "db.sqlite3"
    file.parent.mkdir()
    assert configured(database_address(file_address(file)))["NAME"] == str(file)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/name", "postgres://", "sqlite:////tmp", "sqlite:////no/such/folder/db"]
)
def test_an_address_that_cannot_be_is_one_line(url: str) -> None:
    with pytest.raises(CommandError, match=rf"^--to is '{url}'; expected .*, for example ") as error:
        call_command("move_database", to=url)
    assert error.value.returncode == 2


def test_a_folder_that_is_missing_is_named() -> None:
    with pytest.raises(CommandError, match=r"expected a file in a folder that exists \(/no/such/folder does not\), for"):
        call_command("move_database", to="sqlite:////no/such/folder/db")


def test_no_address_at_all_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVE_DATABASE_TO", "")
    with pytest.raises(CommandError, match=r"^MOVE_DATABASE_TO is not set; expected .*, for example ") as error:
        call_command("move_database")
    assert error.value.returncode == 2


@pytest.mark.django_db
def test_a_file_that_cannot_be_used_is_told_with_its_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kilobytes=4) as place:
        (place / "filler").write_bytes(b"x" * 4096)
        with pytest.raises(NotCopied, match=r"^The other database cannot be used \(.*\)\. Look at its file and its disk\.$"):
            expect_another(f"sqlite:///{place}/db.sqlite3")
