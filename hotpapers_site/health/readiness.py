"""Whether this process can serve: what `/readyz` checks."""

import redis
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error, connection

from digests.reader.styles import style_sheets
from hotpapers_site.health import broker, troubles

OK = "ok"


def checks() -> dict[str, str]:
    """Return for each part `ok`, or a sentence that says what is wrong."""
    database = _database()
    return {
        "database": database,
        "migrations": _migrations() if database == OK else "not looked at: the database does not answer",
        "broker": _broker(),
        "disk": next((one.sentence for one in troubles.own_disk()), OK),
        "static files": _static_files(),
    }


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        connection.close()
        return f"The database does not answer: {str(error).partition(chr(10))[0]}"
    return OK


def _migrations() -> str:
    return next((one.sentence for one in troubles.migrations()), OK)


def _broker() -> str:
    try:
        with broker.client() as server:
            server.ping()
    except redis.RedisError as error:
        return f"Redis does not answer: {error}"
    return OK


def _static_files() -> str:
    if not settings.HASHED_STATIC:
        return OK
    try:
        staticfiles_storage.url(style_sheets()[0])
    except ValueError:
        return "The static files were not collected. Run `manage.py collectstatic`."
    return OK
