"""All settings, read from the environment (and from a `.env` file beside manage.py where there is one).

The README's configuration table says what each variable means. Nothing here has to be set for a first run: the embedded
default keeps a SQLite database and a generated secret key in `var/`.
"""

import gc
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from csp.constants import NONE, SELF

from hotpapers_site import alert_values, deploy_checks, environment, logs, mirror_settings, queues, values
from hotpapers_site.databases.addresses import configured, file_address
from hotpapers_site.environment import Environment

# Until all apps are imported (apps.py): all of that stays, and the garbage collector would look through it again and again.
gc.disable()

BASE_DIR = Path(__file__).resolve().parent.parent
# The sandbox must know no real key.
env = Environment(os.environ, environment.read_file(BASE_DIR / ".env") if "SANDBOX_CLOCK" not in os.environ else ())
VAR_DIR = env.read("VAR_DIR", values.FOLDER, BASE_DIR / "var")

DEBUG = env.read("DEBUG", values.FLAG, False)
DATABASE_URL = env.read("DATABASE_URL", values.DATABASE, "")
SECRET_KEY = env.read("SECRET_KEY", values.KEY, "")
if DATABASE_URL and not DEBUG and not os.environ.get("SECRET_KEY"):
    env.wrong("SECRET_KEY", "not set, though DATABASE_URL is", values.KEY.expected, values.KEY.example)
SECRET_KEY, why_not = environment.prepare(VAR_DIR, SECRET_KEY)
if why_not:
    env.wrong("VAR_DIR", f"{environment.shown(str(VAR_DIR))}, which cannot be used ({why_not})", *values.WRITABLE)

SITE_URL = env.read("SITE_URL", values.SITE, "http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
KEYS_AT = values.origin_of_keys(SITE_URL)  # of this machine it has the name, though SITE_URL may have the number
named = [values.host_of(address) for address in (SITE_URL, KEYS_AT) if address]
ALLOWED_HOSTS = list(dict.fromkeys([*env.read("ALLOWED_HOSTS", values.HOSTS, LOCAL_HOSTS), *named]))
if DEBUG and not set(ALLOWED_HOSTS) <= set(LOCAL_HOSTS):
    env.wrong("DEBUG", "on for a public site, whose visitors would read its settings on error pages", "it off", "false")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "hotpapers_site.errors.csrf_failure"
FORCE_SCRIPT_NAME = ""  # the site is at the root of its host, whatever a request says

DATABASES: dict[str, dict[str, Any]] = {"default": configured(DATABASE_URL or file_address(VAR_DIR / "db.sqlite3"))}
DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds; to open one takes a fifth of the time that a page takes
SILENCED_SYSTEM_CHECKS = deploy_checks.ANSWERED_BY_OURS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.read("REDIS_URL", values.BROKER, "")
REDIS_SOCKET = VAR_DIR.absolute() / "redis.sock"  # of the embedded server, which runs where REDIS_URL is empty

# The timetable is in hotpapers_site/celery.py.
CELERY_BROKER_URL = (REDIS_URL or f"unix://{quote(str(REDIS_SOCKET))}").replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in queues.QUEUES}
CELERY_TASK_DEFAULT_QUEUE = queues.DEFAULT
CELERY_TASK_ROUTES = queues.ROUTES
CELERY_TASK_ANNOTATIONS = ("hotpapers_site.celery.LimitsOfQueue",)
LONGEST_TASK_S = max(queue.killed_after_s for queue in queues.QUEUES.values())
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * LONGEST_TASK_S,  # no task runs, or waits, for so long
    # An editor who saves waits no longer for a queue that does not answer; workers try on for ever.
    **{"socket_connect_timeout": 3.0, "socket_timeout": 5.0, "max_retries": 1, "interval_start": 0.1, "interval_step": 0.0},
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0  # after SIGQUIT: running tasks may end, then they go back to the queue
CELERY_BEAT_SCHEDULER = "hotpapers_site.beat.LeadingScheduler"

# Where the papers and the tweets come from. Base addresses may have a path; plain HTTP is for this machine only.
ARXIV_API_BASE = env.read("ARXIV_API_BASE", values.BASE, "https://export.arxiv.org")
ARXIV_RSS_BASE = env.read("ARXIV_RSS_BASE", values.BASE, "https://rss.arxiv.org")
ARXIV_WEB_BASE = env.read("ARXIV_WEB_BASE", values.BASE, "https://arxiv.org")
ARXIV_REQUEST_INTERVAL = env.read("ARXIV_REQUEST_INTERVAL", values.SECONDS, 3.0)  # between requests, over all processes
ARXIV_ARCHIVES = env.read("ARXIV_ARCHIVES", values.SUBJECTS, ["cs", "stat.ML"])
ARXIV_HOLIDAYS: list[str] = env.read("ARXIV_HOLIDAYS", values.DAYS, [])  # further days without a listing
INCLUDE_CROSS_LISTS = env.read("INCLUDE_CROSS_LISTS", values.FLAG, False)
X_API_BASE = env.read("X_API_BASE", values.BASE, "https://api.x.com")
NETWORKS: list[str] = env.read("NETWORKS", values.NETWORKS, list(values.NETWORK_NAMES))
X_BEARER_TOKEN = env.read("X_BEARER_TOKEN", values.TOKEN, "") if "x" in NETWORKS else ""
X_MIN_LIKES = env.whole("X_MIN_LIKES", 3, most=1_000_000)  # the floor of a sweep; 0 for none
X_DAILY_READS = env.whole("X_DAILY_READS", 10_000, most=100_000_000)
X_MONTHLY_READS = env.whole("X_MONTHLY_READS", 200_000, most=1_000_000_000)
OEMBED_BASE = env.read("OEMBED_BASE", values.BASE, "https://publish.x.com")
OEMBED_REQUEST_INTERVAL = env.read("OEMBED_REQUEST_INTERVAL", values.SECONDS, 1.0)
X_EMBED_BASE = env.read("X_EMBED_BASE", values.ORIGIN, "https://platform.x.com")  # readers' browsers ask it
BLUESKY_API_BASE = env.read("BLUESKY_API_BASE", values.BASE, "https://public.api.bsky.app")
BLUESKY_EMBED_BASE = env.read("BLUESKY_EMBED_BASE", values.ORIGIN, "https://embed.bsky.app")  # readers' browsers ask it
BLUESKY_STREAM: list[str] = env.read("BLUESKY_STREAM", values.STREAMS, values.BLUESKY_STREAMS)  # tried in turn
BLUESKY_HANDLE = env.read("BLUESKY_HANDLE", values.HANDLE, "")  # with an app password, to search for what the stream missed
BLUESKY_APP_PASSWORD = env.read("BLUESKY_APP_PASSWORD", values.APP_PASSWORD, "")
env.expect_both(
    ("BLUESKY_HANDLE", values.HANDLE, BLUESKY_HANDLE), ("BLUESKY_APP_PASSWORD", values.APP_PASSWORD, BLUESKY_APP_PASSWORD)
)
HACKERNEWS_API_BASE = env.read("HACKERNEWS_API_BASE", values.BASE, "https://hn.algolia.com")
HACKERNEWS_ITEM_BASE = env.read("HACKERNEWS_ITEM_BASE", values.BASE, "https://hacker-news.firebaseio.com")
HUGGINGFACE_API_BASE = env.read("HUGGINGFACE_API_BASE", values.BASE, "https://huggingface.co")
CONTACT_EMAIL = env.read("CONTACT_EMAIL", values.EMAIL, "")  # in the User-Agent, so that arXiv can reach you
SANDBOX_CLOCK: values.FastClock | None = env.read(
    "SANDBOX_CLOCK", values.CLOCK, None
)  # set by `manage.py sandbox`, for the processes that it starts

# The rules by which papers are ranked; see papers/ranking/ranking.py.
HOT_SCORE = env.whole("HOT_SCORE", 50, most=1_000_000)
SHOWN_TWEET_SCORE = env.whole("SHOWN_TWEET_SCORE", 25, most=1_000_000)
SHOWN_TWEETS = env.whole("SHOWN_TWEETS", 10, most=100)
ONE_TWEET_PER_AUTHOR = env.read("ONE_TWEET_PER_AUTHOR", values.FLAG, False)

# Publishing; see digests/publishing/scheduling.py and digests/publishing/checking.py.
AUTO_PUBLISH_AT = env.read("AUTO_PUBLISH_AT", values.TIME, None)  # by the clocks of TIME_ZONE
MIRRORS = mirror_settings.read(env, VAR_DIR)
PUBLISH_GRACE_SECONDS = env.whole("PUBLISH_GRACE_SECONDS", 10, most=600)  # in which an editor can take a publication back
COUNTS_OLD_HOURS = env.whole("COUNTS_OLD_HOURS", 24, least=1, most=8760)

ALERT_EMAILS: list[str] = env.read("ALERT_EMAILS", alert_values.EMAILS, [])
ALERT_WEBHOOKS: list[str] = env.read("ALERT_WEBHOOKS", alert_values.WEBHOOKS, [])
NOTICE_WEBHOOKS: list[str] = env.read("NOTICE_WEBHOOKS", alert_values.WEBHOOKS, [])  # for editors: days, reviews, publications
ALERT_PING_URL = env.read("ALERT_PING_URL", alert_values.BASE_WITH_QUERY, "")
mail: dict[str, Any] = env.read(
    "EMAIL_URL", alert_values.MAIL_SERVER, {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
)
vars().update(mail)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.read("MAIL_FROM", values.EMAIL, f"hotpapers@{values.host_of(SITE_URL) or 'localhost'}")
EMAIL_TIMEOUT = 10
alert_values.expect_server(env, ALERT_EMAILS)
HEALTH_NETS = env.read("HEALTH_NETS", alert_values.NETS, [])  # who may ask how the product is, besides this machine
DISK_FREE_MIB = env.whole("DISK_FREE_MIB", 500, least=1, most=100_000_000)  # with less than that somebody has to look
ACCESS_LOG = env.read("ACCESS_LOG", values.FLAG, False)
SENTRY_DSN = env.read("SENTRY_DSN", alert_values.DSN, "")

INSTALLED_APPS = [
    "hotpapers_site",
    "digests",
    "papers",
    "hotpapers_site.apps.EditorsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the form of a list has seven for each of its papers
MIDDLEWARE = [
    "digests.page_cache.middleware.FinishedPagesMiddleware",
    "hotpapers_site.logs.RequestMiddleware",
    "hotpapers_site.health.views.HealthMiddleware",  # before the host is looked at, and before redirects
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "hotpapers_site.permissions_policy.permissions_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hotpapers_site.accounts.second_factor.second_factor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hotpapers_site.sessions.keep_session_in_use",
    "hotpapers_site.accounts.password.FreshPasswordMiddleware",
    "hotpapers_site.impossible_values.ImpossibleValuesMiddleware",
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
                "hotpapers_site.context_processors.troubles",
            ],
        },
    },
]

# Finished pages that each web process holds; 0 for none.
PAGE_CACHE_MIB = env.whole("PAGE_CACHE_MIB", 64, most=65_536)
# Seconds after which a page is made anew, though nothing changed; for which a proxy or CDN may answer without asking us.
PAGE_CACHE_AGE = env.whole("PAGE_CACHE_AGE", 3600, least=1, most=86_400)
PAGE_SHARED_AGE = env.whole("PAGE_SHARED_AGE", 10, most=86_400)

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["hotpapers_site.formats"]
USE_I18N = False
TIME_ZONE = env.read("TIME_ZONE", values.ZONE, "UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
# True: what `collectstatic` has collected, compressed, under names with a hash, for browsers to keep for ever (`make run`).
# False: static/ as it stands.
HASHED_STATIC = env.read("HASHED_STATIC", values.FLAG, False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "hotpapers_site.serving.collected_files.CollectedFiles"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC

AUTHENTICATION_BACKENDS = [
    "hotpapers_site.password_tries.CountingBackend",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
] + [{"NAME": "hotpapers_site.passwords.GuessableValidator"}]

# Whoever fails to sign in so often is kept out for a while: the name from that address, whether there is such a user or not.
AXES_FAILURE_LIMIT = env.whole("LOGIN_ATTEMPTS", 5, least=1, most=1000)
AXES_COOLOFF_TIME = timedelta(minutes=env.whole("LOGIN_LOCKOUT_MINUTES", 15, least=1, most=10_080))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "hotpapers_site.sessions.client_address"
AXES_LOCKOUT_CALLABLE = "hotpapers_site.sessions.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # who was where when is nobody's business; failures go with the cool-off
AXES_VERBOSE = False

# Nothing on any page comes from another host, but a post's original at its network, in a frame, once its reader asked for it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **{key: [NONE] for key in ("default-src", "base-uri", "frame-ancestors")},
        **{key: [SELF] for key in ("script-src", "style-src", "font-src", "connect-src", "manifest-src", "form-action")},
        "img-src": [SELF, "data:"],
        "frame-src": [X_EMBED_BASE, BLUESKY_EMBED_BASE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = env.whole("SESSION_IDLE_HOURS", 12, least=1, most=720) * 3600  # seconds since its last use
SESSION_LIFETIME = timedelta(hours=env.whole("SESSION_HOURS", 168, least=1, most=8760))  # however much it is used
SECURE_SSL_REDIRECT = env.read("SECURE_SSL_REDIRECT", values.FLAG, True) and HTTPS
SECURE_HSTS_SECONDS = env.whole("SECURE_HSTS_SECONDS", 3600 if HTTPS else 0, most=63_072_000)
BEHIND_PROXY = env.read("BEHIND_PROXY", values.FLAG, False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

LOGGING = logs.config(env.read("LOG_LEVEL", values.LEVEL, "INFO"), env.read("LOG_FORMAT", alert_values.LOG_FORMAT, "line"))
OTP_TOTP_ISSUER = values.host_of(SITE_URL)
# Security keys answer one address, whatever other hosts are allowed; see docs/decisions/0028-second-factors.md.
OTP_WEBAUTHN_ALLOWED_ORIGINS = [KEYS_AT] if KEYS_AT else []
OTP_WEBAUTHN_RP_ID = values.host_of(KEYS_AT)
OTP_WEBAUTHN_RP_NAME = "Hot Papers"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False  # nor are the library's own views and backend in use

# How long what only grows is kept, in days; 0 for ever (retention.py).
KEEP_PAID_READS_DAYS = env.whole("KEEP_PAID_READS_DAYS", 800, most=36_500)
KEEP_ADMIN_LOG_DAYS = env.whole("KEEP_ADMIN_LOG_DAYS", 800, most=36_500)
KEEP_SIGN_INS_DAYS = env.whole("KEEP_SIGN_INS_DAYS", 90, most=36_500)
KEEP_NOTICES_DAYS = env.whole("KEEP_NOTICES_DAYS", 90, most=36_500)
KEEP_UNMATCHED_DAYS = env.whole("KEEP_UNMATCHED_DAYS", 90, most=36_500)

SET_VARIABLES = env.given()
SECRET_VARIABLES = env.secret
env.finish()
logs.report_errors(SENTRY_DSN)
