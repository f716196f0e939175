"""Finds the variable of ours that somebody meant: what is set may be misspelt, in the plural, cut short, or another product's."""

import difflib
import re
from collections.abc import Collection

LIKENESS = 0.86
"""From this ratio (difflib) on, a name counts as a misspelt one."""
SHORTEST = 5
"""Shorter names are like many others: they have to be the same but for case and prefix."""
LONG = 7
"""From this length on, one word alone may be the end of our name."""
PREFIXES = {"DJANGO_": "", "HOTPAPERS_": "", "HOT_PAPERS_": "", "TWITTER_": "X_"}
PLURALS = re.compile(r"(IE)?S(?=_|$)")
OF_OTHERS = {
    "BEHIND_PROXY": ("TRUSTED_PROXY", "TRUST_PROXY", "TRUST_PROXY_HEADER", "USE_X_FORWARDED_FOR", "SECURE_PROXY_SSL_HEADER"),
    "SITE_URL": ("BASE_URL", "PUBLIC_URL", "ROOT_URL", "SITE_ADDRESS", "SITE_HOST", "CSRF_TRUSTED_ORIGIN"),
    "DATABASE_URL": ("DB_URL", "DATABASE", "POSTGRES_URL", "POSTGRESQL_URL", "DATABASE_URI"),
    "REDIS_URL": ("BROKER_URL", "CELERY_BROKER_URL", "CELERY_BROKER", "REDIS", "REDIS_URI", "REDIS_HOST"),
    "SECRET_KEY": ("SECRET", "SECRET_KEY_BASE", "SECRET_KEY_FILE"),
    "EMAIL_URL": ("SMTP_URL", "MAIL_URL", "EMAIL_HOST", "SMTP_HOST", "MAIL_SERVER"),
    "MAIL_FROM": ("DEFAULT_FROM_EMAIL", "SERVER_EMAIL", "EMAIL_FROM", "FROM_EMAIL"),
    "ALERT_EMAILS": ("ADMIN_EMAIL", "ADMINS", "ALERT_MAIL"),
    "ALERT_WEBHOOKS": ("SLACK_WEBHOOK", "SLACK_WEBHOOK_URL", "DISCORD_WEBHOOK", "DISCORD_WEBHOOK_URL", "WEBHOOK_URL"),
    "VAR_DIR": ("DATA_DIR", "STATE_DIR", "DATA_FOLDER"),
    "X_BEARER_TOKEN": ("X_TOKEN", "X_API_KEY", "X_API_TOKEN", "BEARER_TOKEN"),
    "ARXIV_ARCHIVES": ("ARXIV_CATEGORY", "ARXIV_SUBJECT"),
    "HEALTH_NETS": ("HEALTH_NETWORK", "INTERNAL_IP", "METRICS_NET"),
    "SECURE_HSTS_SECONDS": ("HSTS", "HSTS_AGE"),
}
"""What other products, or their users, call what we have; in the singular."""


def meant(name: str, ours: Collection[str]) -> str | None:
    """Return our variable that the name resembles; None if there is none."""
    bare = name.upper()
    for prefix, instead in PREFIXES.items():
        if bare.startswith(prefix):
            bare = instead + bare.removeprefix(prefix)
            break
    if bare in ours:
        return bare
    if len(bare) < SHORTEST:
        return None
    one, singular = _singular(bare), {_singular(our): our for our in ours}
    known = singular.get(one) or next((our for our, others in OF_OTHERS.items() if one in map(_singular, others)), "")
    if known in ours:
        return known
    if close := difflib.get_close_matches(bare, ours, n=1, cutoff=LIKENESS):
        return close[0]
    ending = [our for its, our in singular.items() if its.endswith(f"_{one}")] if "_" in one or len(one) >= LONG else []
    return ending[0] if len(ending) == 1 else None


def _singular(name: str) -> str:
    return PLURALS.sub(lambda ending: "Y" if ending[1] else "", name)
