"""Settings that are wrong are told all at once, a line each, before anything runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from hotpapers_site.environment import make_private
from tests.servers import free_port

LONG = "a-long-random-text-of-0123456789"
BASE = "an https:// address without user, query and fragment (http:// for this machine only)"
ORIGIN = "scheme, host and port of an https:// address (http:// for this machine only)"
HOSTS = "names of this site separated by commas, without *, port or leading dot"
FOLDER = "a folder that exists or can be created"
SITE = "the site's public address without a path"
KEY = "at least 32 random characters"
DATABASE = "the address of a PostgreSQL or SQLite database"
BROKER = "the address of a Redis server"
TOKEN = "the app-only token of your app at X, without spaces"
MAIL = "the address of a mail server: smtp://, smtp+tls:// or smtp+ssl://"
HOOKS = (
    "https:// addresses (http:// for this machine only), separated by commas, each perhaps after slack+, mattermost+ or discord+"
)
PING = "an https:// address (http:// for this machine only)"
NETS = "networks as address/length, separated by commas"
WRONG = [
    ("ALERT_EMAILS", "you", "e-mail addresses, separated by commas"),
    ("DISK_FREE_MIB", "0", "a whole number from 1 to 100000000"),
    ("HEALTH_NETS", "10.0.0.0/33", NETS),
    ("HEALTH_NETS", "10.0.0.1/8", NETS),
    ("HEALTH_NETS", "everybody", NETS),
    ("LOG_FORMAT", "xml", "line or json"),
    ("ACCESS_LOG", "stdout", "true or false"),
    ("MAIL_FROM", "Hot Papers", "an e-mail address"),
    ("ALLOWED_HOSTS", "*", HOSTS),
    ("ALLOWED_HOSTS", ".papers.example", HOSTS),
    ("ALLOWED_HOSTS", "papers.example:8000", HOSTS),
    ("ALLOWED_HOSTS", "https://papers.example", HOSTS),
    ("ALLOWED_HOSTS", "papers.example,a b", HOSTS),
    ("ALLOWED_HOSTS", "[::1", HOSTS),
    ("ARXIV_API_BASE", "http://export.arxiv.org", BASE),
    ("ARXIV_API_BASE", "export.arxiv.org", BASE),
    ("ARXIV_ARCHIVES", "cs,nonsense", "arXiv's archives or categories, separated by commas"),
    ("ARXIV_ARCHIVES", "cs; stat", "arXiv's archives or categories, separated by commas"),
    ("ARXIV_HOLIDAYS", "2026-13-01", "days separated by commas"),
    ("ARXIV_HOLIDAYS", "Christmas", "days separated by commas"),
    ("ARXIV_REQUEST_INTERVAL", "-1", "a number of seconds from 0 to 3600"),
    ("ARXIV_REQUEST_INTERVAL", "nan", "a number of seconds from 0 to 3600"),
    ("ARXIV_REQUEST_INTERVAL", "3s", "a number of seconds from 0 to 3600"),
    ("ARXIV_RSS_BASE", "https://user:pass@rss.arxiv.org", BASE),
    ("ARXIV_WEB_BASE", "https://arxiv.org/?a=b", BASE),
    ("AUTO_PUBLISH_AT", "6:30", "a time as HH:MM"),
    ("AUTO_PUBLISH_AT", "25:00", "a time as HH:MM"),
    ("BEHIND_PROXY", "perhaps", "true or false"),
    ("CONTACT_EMAIL", "you", "an e-mail address"),
    ("CONTACT_EMAIL", "you@example.org\r\nX-Evil: 1", "an e-mail address"),
    ("COUNTS_OLD_HOURS", "0", "a whole number from 1 to 8760"),
    ("DATABASE_URL", "mysql://host/name", DATABASE),
    ("DATABASE_URL", "postgres:///name", DATABASE),
    ("DATABASE_URL", "postgres://host:port/name", DATABASE),
    ("DATABASE_URL", "hotpapers", DATABASE),
    ("DATABASE_URL", "postgres://host/", DATABASE),
    ("DATABASE_URL", "postgres://first,/name", DATABASE),
    ("DATABASE_URL", "postgres://first:5432,second/name", DATABASE),
    ("DATABASE_URL", "postgres://host/name?ssl=on", DATABASE),
    ("DATABASE_URL", "sqlite:////no/such/folder/db.sqlite3", DATABASE),
    ("DATABASE_URL", "sqlite:///", DATABASE),
    ("DATABASE_URL", "sqlite://:memory:", DATABASE),
    ("DEBUG", "2", "true or false"),
    ("HASHED_STATIC", "maybe", "true or false"),
    ("PUBLISH_GRACE_SECONDS", "601", "a whole number from 0 to 600"),
    ("HOT_SCORE", "-5", "a whole number from 0 to 1000000"),
    ("HOT_SCORE", "9" * 5000, "a whole number from 0 to 1000000"),
    ("HOT_SCORE", "٣", "a whole number from 0 to 1000000"),
    ("INCLUDE_CROSS_LISTS", "y", "true or false"),
    ("LOGIN_ATTEMPTS", "0", "a whole number from 1 to 1000"),
    ("LOGIN_LOCKOUT_MINUTES", "15m", "a whole number from 1 to 10080"),
    ("KEEP_ADMIN_LOG_DAYS", "forever", "a whole number from 0 to 36500"),
    ("KEEP_PAID_READS_DAYS", "-1", "a whole number from 0 to 36500"),
    ("KEEP_SIGN_INS_DAYS", "90d", "a whole number from 0 to 36500"),
    ("KEEP_UNMATCHED_DAYS", "1.5", "a whole number from 0 to 36500"),
    ("LOG_LEVEL", "loud", "debug, info, warning, error or critical"),
    ("MIRROR_DIR", "/dev/null", FOLDER),
    ("MIRROR_DIR", "/dev/null/mirror", FOLDER),
    ("OEMBED_BASE", "ftp://publish.x.com", BASE),
    ("OEMBED_REQUEST_INTERVAL", "1,5", "a number of seconds from 0 to 3600"),
    ("ONE_TWEET_PER_AUTHOR", "-", "true or false"),
    ("PAGE_CACHE_AGE", "0", "a whole number from 1 to 86400"),
    ("PAGE_CACHE_MIB", "64M", "a whole number from 0 to 65536"),
    ("PAGE_SHARED_AGE", "1e3", "a whole number from 0 to 86400"),
    ("REDIS_URL", "localhost:6379", BROKER),
    ("REDIS_URL", "redis://", BROKER),
    ("REDIS_URL", "redis://host/one", BROKER),
    ("REDIS_URL", "redis://host:0/1", BROKER),
    ("REDIS_URL", "redis://host/0?database=1", BROKER),
    ("REDIS_URL", "unix:///run/redis.sock?db=1", BROKER),
    ("SANDBOX_CLOCK", "now", "what `manage.py sandbox` sets"),
    ("SECURE_HSTS_SECONDS", "one year", "a whole number from 0 to 63072000"),
    ("SECURE_SSL_REDIRECT", "no!", "true or false"),
    ("SESSION_HOURS", "0", "a whole number from 1 to 8760"),
    ("SESSION_IDLE_HOURS", "12.5", "a whole number from 1 to 720"),
    ("SHOWN_TWEETS", "101", "a whole number from 0 to 100"),
    ("SHOWN_TWEET_SCORE", "0x10", "a whole number from 0 to 1000000"),
    ("SITE_URL", "papers.example", SITE),
    ("SITE_URL", "https://papers.example/hot", SITE),
    ("SITE_URL", "https://papers.example:99999", SITE),
    ("SITE_URL", "https://a, https://b", SITE),
    ("TIME_ZONE", "Berlin", "the name of a time zone"),
    ("TIME_ZONE", "../../etc/passwd", "the name of a time zone"),
    ("VAR_DIR", "/dev/null/var", FOLDER),
    ("X_API_BASE", "https://api.x.com#a", BASE),
    ("X_DAILY_READS", "ten", "a whole number from 0 to 100000000"),
    ("X_EMBED_BASE", "https://a; script-src *", ORIGIN),
    ("BLUESKY_EMBED_BASE", "https://a; script-src *", ORIGIN),
    ("X_EMBED_BASE", "https://*.x.com", ORIGIN),
    ("X_EMBED_BASE", "https://a/path", ORIGIN),
    ("X_EMBED_BASE", "https://a,https://b", ORIGIN),
    ("X_EMBED_BASE", "http://platform.x.com", ORIGIN),
    ("X_EMBED_BASE", "'unsafe-inline'", ORIGIN),
    ("X_MIN_LIKES", "-1", "a whole number from 0 to 1000000"),
    ("X_MONTHLY_READS", "200 000", "a whole number from 0 to 1000000000"),
]
SECRETS = [
    ("ALERT_PING_URL", "http://hc-ping.com/x", PING),
    ("ALERT_WEBHOOKS", "http://hooks.slack.com/x", HOOKS),
    ("ALERT_WEBHOOKS", "teams+https://a.example/x", HOOKS),
    ("EMAIL_URL", "mail.papers.example", MAIL),
    ("EMAIL_URL", "imap://mail.papers.example", MAIL),
    ("SENTRY_DSN", "https://sentry.papers.example", "the DSN of a Sentry project"),
    ("SECRET_KEY", "short", KEY),
    ("SECRET_KEY", "a" * 64, KEY),
    ("SECRET_KEY", f"django-insecure-{LONG}", KEY),
    ("X_BEARER_TOKEN", "two words", TOKEN),
    ("X_BEARER_TOKEN", "Bearer\r\nX-Evil: 1", TOKEN),
]


def started(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, with these variables and no other setting of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings"} | variables
    return subprocess.run(
        command or [sys.executable, "manage.py", "check"],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_wrong_setting_is_one_line_and_all_are_told_at_once(tmp_path: Path) -> None:
    """In as many rounds as a variable has wrong values here: each time everything that is left is told at once."""
    left = WRONG + SECRETS
    while left:
        now = dict(reversed([(name, (value, expected)) for name, value, expected in left]))
        told = started(tmp_path, **{name: value for name, (value, _) in now.items()})
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
        {"ALERT_WEBHOOKS": "https://hooks.slack.com/x, mattermost+https://chat.example/hooks/y"},
        {"ALERT_PING_URL": "https://hc-ping.com/x?rid=1", "SENTRY_DSN": "https://key@sentry.papers.example/1"},
        {"DEBUG": "Yes", "X_MIN_LIKES": "", "REDIS_URL": " "},
        {"ALLOWED_HOSTS": "papers.example, 10.0.0.1,[2001:db8::1]", "SITE_URL": "https://papers.example:8443/"},
        {"X_EMBED_BASE": "http://127.0.0.1:9000", "ARXIV_API_BASE": "http://localhost:9000/api"},
        {"SECRET_KEY": LONG, "DATABASE_URL": "postgres://me:secret@host/name", "REDIS_URL": "rediss://:secret@host:6380/1"},
        {"SECRET_KEY": LONG, "DATABASE_URL": "postgres://me:a%2Cb@first:5432,second:5433/name?sslmode=require"},
        {"REDIS_URL": "unix:///run/redis.sock", "DATABASE_URL": "sqlite:///db.sqlite3", "SECRET_KEY": LONG},
        {"REDIS_URL": "rediss://host:6380/1?ssl_cert_reqs=required"},
        {"ARXIV_HOLIDAYS": "2026-12-25, 2027-01-01", "ARXIV_ARCHIVES": "q-bio,cond-mat.mtrl-sci", "AUTO_PUBLISH_AT": "06:30"},
    ],
)
def test_right_settings_are_taken(tmp_path: Path, variables: dict[str, str]) -> None:
    told = started(tmp_path, sys.executable, "-c", "from django.conf import settings; settings.DEBUG", **variables)
    assert (told.returncode, told.stderr) == (0, "")


def test_password_in_a_wrong_address_is_not_shown(tmp_path: Path) -> None:
    told = started(tmp_path, DATABASE_URL="mysql://me:my-own-secret@host/name", SECRET_KEY=LONG)
    assert "DATABASE_URL is 'mysql://me:***@host/name'; expected" in told.stderr
    assert "my-own-secret" not in told.stderr


def test_a_database_elsewhere_needs_a_key(tmp_path: Path) -> None:
    told = started(tmp_path, DATABASE_URL="postgres://host/name")
    assert told.returncode == 2
    assert "SECRET_KEY is not set, though DATABASE_URL is; expected a long random text" in told.stderr


def test_alerts_by_mail_need_a_mail_server(tmp_path: Path) -> None:
    told = started(tmp_path, ALERT_EMAILS="ada@papers.example")
    assert told.returncode == 2
    assert "EMAIL_URL is not set, though ALERT_EMAILS is; expected the address of a mail server" in told.stderr


def test_debug_is_refused_for_a_public_site(tmp_path: Path) -> None:
    for public in ({"SITE_URL": "https://papers.example"}, {"ALLOWED_HOSTS": "papers.example"}):
        told = started(tmp_path, DEBUG="true", **public)
        assert told.returncode == 2
        assert "DEBUG is on for a public site" in told.stderr


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("TIMEZONE", "TIME_ZONE"),
        ("allowed_hosts", "ALLOWED_HOSTS"),
        ("DJANGO_SECRET_KEY", "SECRET_KEY"),
        ("HOTPAPERS_DATABASE_URL", "DATABASE_URL"),
        ("X_BEARER_TOKN", "X_BEARER_TOKEN"),
    ],
)
def test_name_that_resembles_ours_is_told(tmp_path: Path, name: str, meant: str) -> None:
    told = started(tmp_path, **{name: "x"}, PAGER="less", HTTPS_PROXY="http://proxy")
    assert (told.returncode, told.stderr.splitlines()[0]) == (
        0,
        f"{name} is not a setting of Hot Papers and has no effect; did you mean {meant}?",
    )
    assert told.stderr.count("not a setting") == 1


def test_what_is_kept_here_is_for_this_user_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    told = started(var, sys.executable, "manage.py", "migrate", "--verbosity", "0")
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
    assert started(var, sys.executable, "manage.py", "migrate", "--verbosity", "0").returncode == 0
    assert (var / "db.sqlite3").stat().st_mode & 0o777 == 0o600


def test_folder_of_everybody_is_left_alone(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    make_private(shared)
    assert shared.stat().st_mode & 0o7777 == 0o1777


def test_the_sites_address_follows_the_port(tmp_path: Path) -> None:
    from hotpapers_site.management.commands.serve import programs

    port = free_port()
    assert {program.environment["SITE_URL"] for program in programs(port) if program.environment} == {f"http://127.0.0.1:{port}"}
