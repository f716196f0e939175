"""The whole database moved, backed up and restored, by the real commands. On PostgreSQL: to SQLite and back."""

import io
import json
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential, WebAuthnUserHandle

from digests.models import Digest
from hotpapers_site.databases import backups, copying
from papers import triggers
from papers.models import Paper, UnrenderedRow
from papers.search.finding import search
from tests.factories import make_digest, make_paper, make_tweet
from tests.product import Product, own_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
by_copy = pytest.mark.usefixtures("tables_by_copy")


@pytest.fixture
def filled() -> Digest:
    """A list with an odd title, a correction, and an account with a security key; a paper with the highest number, which is gone."""
    digest = make_digest(papers=3)
    make_tweet(make_paper(title="Naïve \u201cquotes\u201d, 深層学習 and $x^2$", authors=["Zoë Ünique"]))
    ann = User.objects.create_user("ann", password="a-long-password-of-ann")
    key = WebAuthnCredential.objects.create(user=ann, name="Blue", credential_id=bytes(range(256)), public_key=b"\\x00'\n\t")
    WebAuthnAttestation.objects.create(credential=key, fmt="none", data=b"\xff\x00", client_data_json=b"{}")
    WebAuthnUserHandle.objects.create(user=ann)
    Digest.all_drafts.create(date=digest.date, corrects=digest, written_at=digest.written_at, intro="A correction", revision=7)
    make_paper().delete()
    connection.close()  # PostgreSQL counts what a session wrote when it ends, or some time later: then it looks like somebody's writes
    return digest


@pytest.fixture
def second(tmp_path: Path) -> Iterator[str]:
    with own_database(tmp_path) as url:
        yield url


@pytest.fixture
def with_tables(second: str, tmp_path: Path) -> str:
    """The second database with all its tables, and nothing in them."""
    product(second, tmp_path).migrate()
    return second


def held(url: str = "") -> dict[str, copying.Table]:
    with copying.snapshot(url, "looked_at") as database:
        return {model._meta.db_table: copying.contents(model, database) for model in copying.models()}


def product(url: str, folder: Path) -> Product:
    return Product(os.environ | {"DATABASE_URL": url, "VAR_DIR": str(folder / "var"), "MOVE_DATABASE_TO": ""}, folder / "log")


@by_copy
def test_moved_to_another_kind_and_back_everything_is_the_same(filled: Digest, second: str, tmp_path: Path) -> None:
    between = f"sqlite:///{tmp_path}/between.sqlite3"
    ours, last = held(), Paper.objects.order_by("pk").last()

    call_command("move_database", to=between, stdout=io.StringIO())
    moved = product(between, tmp_path).manage("move_database", MOVE_DATABASE_TO=second)

    assert moved.stderr.count("Traceback") == 0
    assert moved.returncode == 0, moved.stderr
    assert moved.stdout.splitlines()[-1].startswith("Both databases hold the same ")
    assert held(between) == ours == held(second)
    assert ours["digests_digest"].rows == 2
    assert ours["django_otp_webauthn_webauthncredential"].rows == 1
    found = product(second, tmp_path).ask(
        "import django, json; django.setup()\n"
        "from papers.models import Paper\nfrom papers.search.finding import search\n"
        "print(json.dumps([[hit.paper.title for hit in search('ünique').hits],"
        " Paper.objects.create(arxiv_id='2105.99999', title='t', listing_date='2021-05-12', listing_source='feed').pk]))"
    )
    assert last is not None
    assert found == [
        ["Naïve \u201cquotes\u201d, 深層学習 and $x^2$"],
        last.pk + 2,
    ]  # the number of the one that is gone stays unused


@by_copy
def test_the_triggers_of_the_new_database_work(filled: Digest, with_tables: str) -> None:
    call_command("move_database", to=with_tables, stdout=io.StringIO())

    with copying.opened(with_tables, "moved") as database:
        assert triggers.installed(database, "") == triggers.installed(connection, "")
        assert triggers.installed(database, "page_change")
        Paper.objects.using("moved").update(title="Another title")
        assert UnrenderedRow.objects.using("moved").filter(table="papers_paper").count() >= 4


@by_copy
def test_a_database_that_holds_something_is_left_alone(filled: Digest, with_tables: str) -> None:
    call_command("move_database", to=with_tables, stdout=io.StringIO())
    Paper.objects.update(title="Changed since")

    with pytest.raises(CommandError, match="already holds papers, lists or accounts"):
        call_command("move_database", to=with_tables)
    assert held(with_tables)["papers_paper"] != held()["papers_paper"]

    call_command("move_database", to=with_tables, replace=True, stdout=io.StringIO())
    assert held(with_tables) == held()


def test_its_own_database_is_refused_and_so_is_one_that_is_away(filled: Digest) -> None:
    ours, name = held(), connection.settings_dict["NAME"]
    own = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
    with pytest.raises(CommandError, match=r"^That is the site's own database\. Choose another, empty one\.$"):
        call_command("move_database", to=own, replace=True)
    with pytest.raises(CommandError, match=r"^The other database cannot be used \(.*\)\. Look at its server and at the address"):
        call_command("move_database", to="postgres://nobody@127.0.0.1:1/name")
    assert held() == ours


@by_copy
def test_an_old_database_that_is_written_to_meanwhile_is_told(
    filled: Digest, with_tables: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copying.copy

    def copied_slowly(*arguments: object) -> object:
        tables = copy(*arguments)  # type: ignore[arg-type]
        make_paper()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_force_next_flush()")
        return tables

    monkeypatch.setattr(copying, "copy", copied_slowly)
    with pytest.raises(CommandError, match=r"written to while it was copied\. Stop the site"):
        call_command("move_database", to=with_tables)


@by_copy
def test_a_row_that_the_other_database_refuses_is_told_and_nothing_is_copied(filled: Digest, with_tables: str) -> None:
    with copying.opened(with_tables, "stricter") as database, database.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX stricter ON papers_paper (comment)")
    with pytest.raises(
        CommandError, match=r"^papers_paper: the other database refuses a row: .* Nothing was copied\. Correct that"
    ):
        call_command("move_database", to=with_tables)
    with copying.opened(with_tables, "looked_at") as database:
        assert not copying.holds_something(database)


def test_a_row_with_a_zero_character_is_named_by_its_number(filled: Digest, second: str, tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes zero characters")
    between = f"sqlite:///{tmp_path}/between.sqlite3"
    call_command("move_database", to=between, stdout=io.StringIO())
    paper = Paper.objects.earliest("pk").pk
    with copying.opened(between, "between") as database, database.cursor() as cursor:
        cursor.execute("UPDATE papers_paper SET comment = 'a' || char(0) || 'b' WHERE id = %s", [paper])
    refused = product(between, tmp_path).manage("move_database", MOVE_DATABASE_TO=second)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "CommandError: papers_paper: the other database refuses a row: PostgreSQL text fields cannot contain NUL (0x00) bytes "
        f"(id {paper}). Nothing was copied. Correct that row, then run this again."
    )


@by_copy
def test_a_backup_is_restored_into_another_database(filled: Digest, second: str, tmp_path: Path) -> None:
    path = tmp_path / "today.tar.gz"
    ours = held()

    call_command("backup", str(path), stdout=io.StringIO())
    make_paper()
    restored = product(second, tmp_path).manage("restore", str(path))

    assert (restored.returncode, restored.stderr.count("Traceback")) == (0, 0), restored.stderr
    assert held(second) == ours != held()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir() if "backup" in entry.name] == []
    with tarfile.open(path) as archive:
        said = json.load(archive.extractfile("backup.json"))  # type: ignore[arg-type]
    assert "SECRET_KEY" in said["settings"]
    assert os.environ["SECRET_KEY"] not in path.read_bytes().decode("latin-1") + json.dumps(said)


@by_copy
def test_a_database_of_a_newer_version_is_left_to_that_version(filled: Digest, second: str, tmp_path: Path) -> None:
    MigrationRecorder(connection).record_applied("papers", "9999_later")
    try:
        for command, options in (("backup", {"path": tmp_path / "b.tar.gz"}), ("move_database", {"to": second})):
            with pytest.raises(CommandError, match=r"of a newer version of Hot Papers \(papers 9999_later\)\. Use that version"):
                call_command(command, **options)
    finally:
        MigrationRecorder(connection).record_unapplied("papers", "9999_later")
    assert list(tmp_path.glob("b.tar.gz")) == []


@by_copy
def test_a_backup_takes_the_place_of_what_is_there(filled: Digest, tmp_path: Path) -> None:
    path = tmp_path / "today.tar.gz"
    ours = held()
    call_command("backup", str(path), stdout=io.StringIO())
    User.objects.all().delete()
    make_paper(title="After the backup")

    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(path))
    call_command("restore", str(path), replace=True, stdout=io.StringIO())

    assert held() == ours
    assert [hit.paper.authors for hit in search("ünique").hits] == [["Zoë Ünique"]]


@by_copy
def test_backups_in_a_folder_are_named_by_the_time_and_the_oldest_go(filled: Digest, tmp_path: Path) -> None:
    for day in ("20260101", "20260102"):
        (tmp_path / f"hotpapers-{day}-000000.tar.gz").touch()
    (tmp_path / "notes.txt").touch()

    call_command("backup", str(tmp_path), keep=2, stdout=io.StringIO())

    left = sorted(path.name for path in tmp_path.iterdir())
    assert left[0] == "hotpapers-20260102-000000.tar.gz"
    assert len(left) == 3
    assert left[2] == "notes.txt"
    call_command("restore", str(tmp_path / left[1]), check=True, stdout=io.StringIO())


@pytest.fixture
def packed(filled: Digest, tables_by_copy: None, tmp_path: Path) -> Path:
    path = tmp_path / "today.tar.gz"
    backups.make(path, lambda *_: None)
    return path


def changed(path: Path, *, contents: dict[str, object] | None = None, keep: int | None = None) -> Path:
    """The backup with something else in its description, or cut off."""
    other = path.with_name("other.tar.gz")
    if keep is not None:
        other.write_bytes(path.read_bytes()[:keep])
        return other
    with tarfile.open(path) as old, tarfile.open(other, "w:gz") as new:
        said = json.load(old.extractfile("backup.json")) | (contents or {})  # type: ignore[arg-type]
        text = json.dumps(said).encode()
        entry = tarfile.TarInfo("backup.json")
        entry.size = len(text)
        new.addfile(entry, io.BytesIO(text))
        new.addfile(old.getmember("database.sqlite3"), old.extractfile("database.sqlite3"))
    return other


def test_what_is_no_whole_backup_changes_nothing(packed: Path, tmp_path: Path) -> None:
    ours = held()
    (tmp_path / "text.tar.gz").write_text("no archive")
    wrong = [
        (tmp_path / "absent.tar.gz", "There is no file"),
        (tmp_path / "text.tar.gz", "is not a backup"),
        (changed(packed, keep=5_000), "is not a backup"),
    ]
    for path, says in wrong:
        with pytest.raises(CommandError, match=says):
            call_command("restore", str(path), replace=True)

    rows = [{"name": "papers_paper", "rows": 4, "sha256": "0" * 64}]
    descriptions: list[tuple[dict[str, object], str]] = [
        ({"format": 2}, "its format is 2, expected 1"),
        ({"tables": rows}, "papers_paper does not hold the 4 rows it should"),
        ({"migrations": [["papers", "9999_later"]]}, r"made by a newer version of Hot Papers \(papers 9999_later\)"),
    ]
    for contents, says in descriptions:
        with pytest.raises(CommandError, match=says):
            call_command("restore", str(changed(packed, contents=contents)), replace=True)
    assert held() == ours


@by_copy
def test_a_backup_goes_on_beside_a_writer(filled: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written after the snapshot began is not in it, and nobody waits."""
    migrate = copying.copy

    def written_meanwhile(source: object, target: object, progress: object) -> object:
        make_paper(title="Written meanwhile")
        return migrate(source, target, progress)  # type: ignore[arg-type]

    papers = Paper.objects.count()
    monkeypatch.setattr(copying, "copy", written_meanwhile)
    made = backups.make(tmp_path / "today.tar.gz", lambda *_: None)

    assert next(table.rows for table in made.tables if table.name == "papers_paper") == papers
    assert Paper.objects.count() == papers + 1
