"""All settings, read from the environment (and from a `.env` file beside manage.py where there is one).

The README's configuration table says what each variable means. Nothing here has to be set for a first run: the embedded
default keeps a SQLite database and a generated secret key in `var/`.
"""

import os
import secrets
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file() and "SANDBOX_CLOCK" not in os.environ:  # the sandbox must know no real key
    env.read_env(str(BASE_DIR / ".env"))

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret_key() -> str:
    """The secret key that the embedded default keeps in `var/`; made at the first call, whoever else asks meanwhile."""
    path = VAR_DIR / "secret_key"
    fresh = VAR_DIR / f".secret_key.{os.getpid()}"
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another process was first: its key is ours
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii")


DEBUG = env.bool("DEBUG", default=False)
DATABASE_URL = env.str("DATABASE_URL", default="")
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if DATABASE_URL and not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it in the environment or in .env to a long random text, for example the output of: "
            'python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    SECRET_KEY = kept_secret_key()

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL or f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Readers never wait for a writer; a writer takes its lock at once instead of failing half-way. 32 MB of pages are kept
        # in memory, and the log goes into the database every 16 MB: imports write each page many times over.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; "
        "PRAGMA wal_autocheckpoint=4000;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds; to open one takes a fifth of the time that a page takes
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
REDIS_SOCKET = VAR_DIR.absolute() / "redis.sock"  # of the embedded server, which runs where REDIS_URL is empty

# The timetable is in hotpapers_site/celery.py.
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{REDIS_SOCKET}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 13 * 60  # seconds; what is cut off goes on where it was
CELERY_TASK_TIME_LIMIT = 14 * 60  # shorter than the claim of a day (papers/collecting/days.py)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT}  # no task runs, or waits, for so long
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0  # after SIGQUIT: running tasks may end, then they go back to the queue
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")

# Where the papers and the tweets come from. Base addresses may have a path; plain HTTP is for this machine only.
ARXIV_API_BASE = env.str("ARXIV_API_BASE", default="https://export.arxiv.org")
ARXIV_RSS_BASE = env.str("ARXIV_RSS_BASE", default="https://rss.arxiv.org")
ARXIV_WEB_BASE = env.str("ARXIV_WEB_BASE", default="https://arxiv.org")
ARXIV_REQUEST_INTERVAL = env.float("ARXIV_REQUEST_INTERVAL", default=3.0)  # seconds between requests, over all processes
ARXIV_ARCHIVES: list[str] = env.list("ARXIV_ARCHIVES", default=["cs", "stat.ML"])
ARXIV_HOLIDAYS: list[str] = env.list("ARXIV_HOLIDAYS", default=[])  # further days without a listing, YYYY-MM-DD
INCLUDE_CROSS_LISTS = env.bool("INCLUDE_CROSS_LISTS", default=False)
X_API_BASE = env.str("X_API_BASE", default="https://api.x.com")
X_BEARER_TOKEN = env.str("X_BEARER_TOKEN", default="")
X_MIN_LIKES = env.int("X_MIN_LIKES", default=3)  # the floor of a sweep; 0 for none
X_DAILY_READS = env.int("X_DAILY_READS", default=10_000)
X_MONTHLY_READS = env.int("X_MONTHLY_READS", default=200_000)
OEMBED_BASE = env.str("OEMBED_BASE", default="https://publish.x.com")
OEMBED_REQUEST_INTERVAL = env.float("OEMBED_REQUEST_INTERVAL", default=1.0)  # seconds
X_EMBED_BASE = env.str("X_EMBED_BASE", default="https://platform.x.com").rstrip("/")  # an origin; readers' browsers ask it
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")  # in the User-Agent, so that arXiv can reach you

SANDBOX_CLOCK: tuple[datetime, datetime, float] | None = None
if clock := env.str("SANDBOX_CLOCK", default=""):  # set by `manage.py sandbox`, for the processes that it starts
    real_start, sandbox_start, speed = clock.split()
    SANDBOX_CLOCK = datetime.fromisoformat(real_start), datetime.fromisoformat(sandbox_start), float(speed)

# The rules by which papers are ranked; see papers/ranking/ranking.py.
HOT_SCORE = env.int("HOT_SCORE", default=50)
SHOWN_TWEET_SCORE = env.int("SHOWN_TWEET_SCORE", default=25)
SHOWN_TWEETS = env.int("SHOWN_TWEETS", default=10)
ONE_TWEET_PER_AUTHOR = env.bool("ONE_TWEET_PER_AUTHOR", default=False)

# Publishing; see digests/publishing/scheduling.py and digests/publishing/checking.py.
AUTO_PUBLISH_AT: time | None = None  # by the clocks of TIME_ZONE
if text := env.str("AUTO_PUBLISH_AT", default=""):
    try:
        AUTO_PUBLISH_AT = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a time of day, no moment)
    except ValueError:
        raise ImproperlyConfigured(f"AUTO_PUBLISH_AT is {text!r}; expected HH:MM, for example 06:30, or nothing.") from None
MIRROR_DIR = env.str("MIRROR_DIR", default="")
COUNTS_OLD_HOURS = env.int("COUNTS_OLD_HOURS", default=24)

INSTALLED_APPS = [
    "hotpapers_site",
    "digests",
    "papers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "digests.page_cache.middleware.FinishedPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hotpapers_site.sessions.keep_session_in_use",
    "axes.middleware.AxesMiddleware",  # the last one
]
ROOT_URLCONF = "hotpapers_site.urls"
WSGI_APPLICATION = "hotpapers_site.wsgi.application"
TEMPLATES = [
    {  # readers' pages; see docs/decisions/0007-jinja-for-readers-pages.md
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "readers"],
        "OPTIONS": {
            "environment": "hotpapers_site.jinja.environment",
            "context_processors": ["hotpapers_site.context_processors.sandbox"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hotpapers_site.context_processors.sandbox",
            ],
        },
    },
]

PAGE_CACHE_MIB = env.int("PAGE_CACHE_MIB", default=64)  # finished pages that each web process holds; 0 for none
PAGE_CACHE_AGE = env.int("PAGE_CACHE_AGE", default=3600)  # seconds after which a page is made anew, though nothing changed
PAGE_SHARED_AGE = env.int("PAGE_SHARED_AGE", default=10)  # seconds for which a proxy or CDN may answer without asking us

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# True: what `collectstatic` has collected, compressed, under names with a hash, for browsers to keep for ever (`make run`).
# False: static/ as it stands.
HASHED_STATIC = env.bool("HASHED_STATIC", default=False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]

# Whoever fails to sign in so often is kept out for a while: the name from that address, whether there is such a user or not.
AXES_FAILURE_LIMIT = env.int("LOGIN_ATTEMPTS", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_LOCKOUT_MINUTES", default=15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "hotpapers_site.sessions.client_address"
AXES_LOCKOUT_CALLABLE = "hotpapers_site.sessions.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # who was where when is nobody's business; failures go with the cool-off
AXES_VERBOSE = False

# Nothing on any page comes from another host, but for a post's original at X, in a frame, once its reader has asked for it;
# nobody frames us.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [X_EMBED_BASE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = (
    env.int("SESSION_IDLE_HOURS", default=12) * 3600
)  # seconds since its last use; see hotpapers_site/sessions.py
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=3600 if HTTPS else 0)
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"one_line": {"()": "hotpapers_site.celery.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # The HTTP clients log whole addresses, with a hundred status ids each.
    # Celery tells of every tick; anybody can ask for a host that is not ours, and would fill the log with tracebacks.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore", "celery", "kombu", "axes")}
    | {
        name: {"filters": ["one_line"]}
        for name in ("celery.beat", "celery.worker.consumer.consumer", "django.security.DisallowedHost")
    },
}
