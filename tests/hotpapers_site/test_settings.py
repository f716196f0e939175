"""Settings that are wrong are told all at once, a line each, before anything runs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from hotpapers_site import values
from hotpapers_site.environment import make_private
from hotpapers_site.management.commands.serve import programs
from tests.hotpapers_site.reading_settings import SettingsReader, environment_of, started
from tests.hotpapers_site.wrong_settings import LEAKS, LONG, MORE, NOT_SHOWN, ODD, OPERATORS, SECRETS, WRONG
from tests.servers import free_port

ONE_TABLE = ("manage.py", "migrate", "contenttypes", "--verbosity", "0")
"""Enough to make the file of a database."""
OF_A_SHELL = {"PAGER": "less", "HTTPS_PROXY": "http://proxy", "MAIL": "/var/mail/ada", "LOGNAME": "ada", "SESSION_MANAGER": "x"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SettingsReader]:
    folder = tmp_path_factory.mktemp("reader")
    reader = SettingsReader(folder, environment_of(folder))
    yield reader
    reader.end()


def test_each_wrong_setting_is_one_line_and_all_are_told_at_once(tmp_path: Path, reader: SettingsReader) -> None:
    """In as many rounds as a variable has wrong values here: each time everything that is left is told at once."""
    left = WRONG + MORE + OPERATORS + SECRETS + ODD
    while left:
        now = dict(reversed([(name, (value, expected)) for name, value, expected in left]))
        wrong = {name: value for name, (value, _) in now.items()}
        told = reader.read(tmp_path, **wrong)
        heading, *lines = told.stderr.splitlines()
        assert (told.returncode, told.stdout) == (2, "")
        assert heading in (
            "Hot Papers cannot start: a setting is wrong.",
            f"Hot Papers cannot start: {len(now)} settings are wrong.",
        )
        assert {line.split(" is ")[0]: line.partition("; expected ")[2].partition(", for example ")[0] for line in lines} == {
            name: expected for name, (_, expected) in now.items()
        }
        assert all(f", for example {line.split(' is ')[0]}=" in line for line in lines)
        assert all(
            "Evil" not in line and LONG not in line
            for line in lines
            if line.startswith(("X_BEARER", "SECRET", "ALERT_W", "EMAIL_URL"))
        )
        left = [one for one in left if now[one[0]][0] != one[1]]


@pytest.mark.parametrize(
    "command",
    [
        ["celery", "--app", "hotpapers_site", "worker"],
        ["celery", "--app", "hotpapers_site", "beat"],
        ["manage.py", "web", "--port", "0"],
        ["manage.py", "serve", "--port", "0"],
        ["manage.py", "follow_bluesky"],
        ["manage.py", "migrate"],
    ],
)
def test_every_program_ends_with_status_2_and_no_traceback(tmp_path: Path, command: list[str]) -> None:
    program = ["-m", *command] if command[0] == "celery" else command
    told = started(tmp_path, sys.executable, *program, LOG_LEVEL="loud")
    assert (told.returncode, told.stderr) == (
        2,
        "Hot Papers cannot start: a setting is wrong.\n"
        "LOG_LEVEL is 'loud'; expected debug, info, warning, error or critical, for example LOG_LEVEL=info\n",
    )


@pytest.mark.parametrize(
    "variables",
    [
        {"LOG_LEVEL": "info"},
        {"LOG_LEVEL": "Warning", "LOG_FORMAT": "JSON", "ACCESS_LOG": "on", "HEALTH_NETS": "10.0.0.0/8, fd00::/8"},
        {"ALERT_EMAILS": "a@papers.example, b@papers.example", "EMAIL_URL": "smtp+tls://me:secret@mail.papers.example:587"},
        {
            "CONTACT_EMAIL": "o'brien+papers@mail.papers.example",
            "TIME_ZONE": " Europe/Berlin ",
            "HEALTH_NETS": "10.0.0.0/8,,fc00::/7,",
        },
        {"ALERT_WEBHOOKS": "https://hooks.slack.com/x, mattermost+https://chat.example/hooks/y"},
        {"ALERT_PING_URL": "https://hc-ping.com/x?rid=1", "SENTRY_DSN": "https://key@sentry.papers.example/1"},
        {"DEBUG": "Yes", "X_MIN_LIKES": "", "REDIS_URL": " "},
        {"ALLOWED_HOSTS": "papers.example, 10.0.0.1,[2001:db8::1]", "SITE_URL": "https://papers.example:8443/"},
        {"X_EMBED_BASE": "http://127.0.0.1:9000", "ARXIV_API_BASE": "http://localhost:9000/api"},
        {"SECRET_KEY": LONG, "DATABASE_URL": "postgres://me:secret@host/name", "REDIS_URL": "rediss://:secret@host:6380/1"},
        {"SECRET_KEY": LONG, "DATABASE_URL": "postgres://me:a%2Cb@first:5432,second:5433/name?sslmode=require"},
        {"REDIS_URL": "unix:///run/redis.sock", "DATABASE_URL": "sqlite:///db.sqlite3", "SECRET_KEY": LONG},
        {"REDIS_URL": "rediss://host:6380/1?ssl_cert_reqs=required", "NETWORKS": "bluesky, bluesky,"},
        {
            "REDIS_URL": "redis://[::1]:6379",
            "DATABASE_URL": "postgres://db_1.internal/name?connect_timeout=3",
            "SECRET_KEY": LONG,
        },
        {"ARXIV_HOLIDAYS": "2026-12-25, 2027-01-01", "ARXIV_ARCHIVES": "q-bio,cond-mat.mtrl-sci", "AUTO_PUBLISH_AT": "06:30"},
    ],
)
def test_right_settings_are_taken(tmp_path: Path, reader: SettingsReader, variables: dict[str, str]) -> None:
    told = reader.run("from django.conf import settings; settings.DEBUG", environment_of(tmp_path, **variables))
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize(
    ("site", "hosts"),
    [
        ("http://127.0.0.1:8000", ["papers.example", "127.0.0.1", "localhost"]),  # at whose name security keys work
        ("http://10.0.0.7:8000", ["papers.example", "10.0.0.7"]),
        ("https://www.papers.example", ["papers.example", "www.papers.example"]),
    ],
)
def test_the_site_s_own_addresses_are_always_allowed(tmp_path: Path, reader: SettingsReader, site: str, hosts: list[str]) -> None:
    show = "from django.conf import settings; print(settings.ALLOWED_HOSTS)"
    told = reader.run(show, environment_of(tmp_path, SITE_URL=site, ALLOWED_HOSTS="papers.example"))
    assert (told.returncode, told.stdout.strip()) == (0, str(hosts))


@pytest.mark.parametrize("given", ["unix:///no/redis.sock", "redis+socket:///no/redis.sock"])
def test_a_socket_of_redis_is_read_by_redis_py_and_by_celery(tmp_path: Path, reader: SettingsReader, given: str) -> None:
    show = (
        "import redis; from django.conf import settings; from kombu import Connection; from kombu.utils.url import parse_url\n"
        "path = redis.Redis.from_url(settings.REDIS_URL).get_connection_kwargs()['path']\n"
        "celery = settings.CELERY_BROKER_URL\n"
        "print(path, Connection(celery).transport_cls, parse_url(celery)['virtual_host'])"
    )
    told = reader.run(show, environment_of(tmp_path, REDIS_URL=given))
    assert (told.stderr, told.stdout) == ("", "/no/redis.sock redis no/redis.sock\n")


def test_var_dir_may_have_any_signs_in_its_path(tmp_path: Path, reader: SettingsReader) -> None:
    folder = tmp_path / "a b+ü%41#?"
    show = (
        "import redis; from django.conf import settings; from kombu.utils.url import parse_url\n"
        "url = settings.CELERY_BROKER_URL; unix = redis.Redis.from_url(url.replace('redis+socket', 'unix'))\n"
        "print(settings.DATABASES['default']['NAME'], unix.get_connection_kwargs()['path'], '/' + parse_url(url)['virtual_host'], sep='\\n')"
    )
    told = reader.run(show, environment_of(tmp_path, VAR_DIR=str(folder)))
    assert (told.returncode, told.stdout.splitlines()) == (
        0,
        [f"{folder}/db.sqlite3", f"{folder}/redis.sock", f"{folder}/redis.sock"],
    ), told.stderr


def test_password_in_a_wrong_address_is_not_shown(tmp_path: Path, reader: SettingsReader) -> None:
    told = reader.read(tmp_path, DATABASE_URL="mysql://me:my-own-secret@host/name", SECRET_KEY=LONG)
    assert "DATABASE_URL is 'mysql://me:***@host/name'; expected" in told.stderr
    assert "my-own-secret" not in told.stderr


def test_no_line_shows_a_secret(tmp_path: Path, reader: SettingsReader) -> None:
    left = LEAKS
    while left:
        now = dict(reversed(left))
        told = reader.read(tmp_path, **now)
        assert told.returncode == 2
        assert {line.split(" is ")[0] for line in told.stderr.splitlines()[1:]} >= set(now)
        assert NOT_SHOWN not in told.stderr
        left = [one for one in left if now[one[0]] != one[1]]


def test_an_example_is_one_of_its_own_setting(tmp_path: Path, reader: SettingsReader) -> None:
    wrong = {"BLUESKY_EMBED_BASE": "//x", "ARXIV_WEB_BASE": "arxiv", "X_DAILY_READS": "ten", "SECURE_HSTS_SECONDS": "a year"}
    told = reader.read(tmp_path, **wrong)
    assert [line.partition(", for example ")[2] for line in told.stderr.splitlines()[1:]] == [
        "ARXIV_WEB_BASE=https://arxiv.org",
        "X_DAILY_READS=10000",
        "BLUESKY_EMBED_BASE=https://embed.bsky.app",
        "SECURE_HSTS_SECONDS=50",
    ]


def test_the_site_s_address_is_as_browsers_write_it(tmp_path: Path, reader: SettingsReader) -> None:
    """They leave out the port that everybody expects; with it, no form would be taken."""
    show = (
        "from django.conf import settings as s; print(s.SITE_URL, s.CSRF_TRUSTED_ORIGINS[0], s.OTP_WEBAUTHN_ALLOWED_ORIGINS[0])"
    )
    told = reader.run(show, environment_of(tmp_path, SITE_URL="HTTPS://Papers.example:443/"))
    assert told.stdout.split() == ["https://papers.example"] * 3, told.stderr


def test_a_database_elsewhere_needs_a_key(tmp_path: Path, reader: SettingsReader) -> None:
    told = reader.read(tmp_path, DATABASE_URL="postgres://host/name")
    assert told.returncode == 2
    assert "SECRET_KEY is not set, though DATABASE_URL is; expected a long random text" in told.stderr


def test_alerts_by_mail_need_a_mail_server(tmp_path: Path, reader: SettingsReader) -> None:
    told = reader.read(tmp_path, ALERT_EMAILS="ada@papers.example")
    assert told.returncode == 2
    assert "EMAIL_URL is not set, though ALERT_EMAILS is; expected the address of a mail server" in told.stderr


@pytest.mark.parametrize(
    ("given", "missing"), [("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD"), ("BLUESKY_APP_PASSWORD", "BLUESKY_HANDLE")]
)
def test_half_an_account_at_bluesky_is_told(tmp_path: Path, reader: SettingsReader, given: str, missing: str) -> None:
    told = reader.read(tmp_path, **{given: "papers.bsky.social"})
    assert (told.returncode, told.stderr.splitlines()[1].partition(";")[0]) == (2, f"{missing} is not set, though {given} is")


def test_folder_in_which_nothing_can_be_made_is_told_beside_what_else_is_wrong(tmp_path: Path, reader: SettingsReader) -> None:
    told = reader.read(tmp_path, VAR_DIR="/proc/hotpapers", HOT_SCORE="hot")
    assert told.returncode == 2
    assert [line.partition(" is ")[0] for line in told.stderr.splitlines()[1:]] == ["VAR_DIR", "HOT_SCORE"]
    assert "VAR_DIR is '/proc/hotpapers', which cannot be used (No such file or directory); expected a folder in" in told.stderr


def test_debug_is_refused_for_a_public_site(tmp_path: Path, reader: SettingsReader) -> None:
    for public in ({"SITE_URL": "https://papers.example"}, {"ALLOWED_HOSTS": "papers.example"}):
        told = reader.read(tmp_path, DEBUG="true", **public)
        assert told.returncode == 2
        assert "DEBUG is on for a public site" in told.stderr


def test_names_of_others_are_told_at_start(tmp_path: Path) -> None:
    told = started(tmp_path, BEHIND_PROXIES="1", **OF_A_SHELL)
    assert (told.returncode, told.stderr.splitlines()[0]) == (
        0,
        "BEHIND_PROXIES is not a setting of Hot Papers and has no effect; did you mean BEHIND_PROXY?",
    )
    assert told.stderr.count("not a setting") == 1


@pytest.mark.parametrize("holds", ["notes", "static", "serve"])
def test_folder_of_other_things_is_not_taken_from_other_users(tmp_path: Path, reader: SettingsReader, holds: str) -> None:
    """As root with VAR_DIR=/ nobody else could run a program any more."""
    (tmp_path / "var" / holds).mkdir(parents=True)
    (tmp_path / "var").chmod(0o755)
    told = reader.read(tmp_path / "var")
    assert told.returncode == 2
    assert (
        "which cannot be used (it holds other things, which other users may read); expected a folder in which only" in told.stderr
    )
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o755
    assert list((tmp_path / "var").iterdir()) == [tmp_path / "var" / holds]


def test_var_dir_is_not_the_code_s_folder(tmp_path: Path, reader: SettingsReader) -> None:
    """Collecting the static files would empty their own folder."""
    told = reader.read(settings.BASE_DIR)
    assert told.returncode == 2
    assert "which cannot be used (it is the folder of this site's code); expected a folder in which only" in told.stderr


def test_what_is_kept_here_is_for_this_user_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    told = started(var, sys.executable, *ONE_TABLE)
    assert told.returncode == 0, told.stderr
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in (var, *var.glob("*.sqlite3*"), var / "secret_key")} == {
        "var": "0o700",
        "db.sqlite3": "0o600",
        "secret_key": "0o600",
    }


def test_rights_of_others_are_taken_from_what_was_made_before(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir(mode=0o755)
    make_private(var)
    assert var.stat().st_mode & 0o777 == 0o700
    (var / "db.sqlite3").touch(mode=0o644)
    assert started(var, sys.executable, *ONE_TABLE).returncode == 0
    assert (var / "db.sqlite3").stat().st_mode & 0o777 == 0o600


def test_folder_of_everybody_is_left_alone(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    make_private(shared)
    assert shared.stat().st_mode & 0o7777 == 0o1777


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://papers.example", "https://papers.example"),
        ("https://papers.example:443", "https://papers.example"),
        ("https://papers.example:8443", "https://papers.example:8443"),
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://localhost"),
        ("http://[::1]:8080", "http://localhost:8080"),
        ("https://localhost", "https://localhost"),
        ("http://papers.example", ""),
        ("https://192.0.2.1", ""),
        ("https://[2001:db8::1]:8443", ""),
    ],
)
def test_keys_work_at_one_address(address: str, origin: str) -> None:
    assert values.origin_of_keys(address) == origin


def test_the_sites_address_follows_the_port(tmp_path: Path) -> None:
    port = free_port()
    assert {program.environment["SITE_URL"] for program in programs(port) if program.environment} == {f"http://127.0.0.1:{port}"}
