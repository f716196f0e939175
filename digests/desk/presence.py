"""Who has a day's desk open."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, User

from digests.models import Presence

THERE_FOR = timedelta(seconds=30)
"""The desk says that it is open every ten seconds."""
KEPT_FOR = timedelta(days=1)


def arrive(day: date, editor: AbstractBaseUser, *, now: datetime) -> None:
    """The editor has the desk open, now."""
    row = Presence(day=day, editor_id=editor.pk, seen_at=now)
    Presence.objects.bulk_create([row], update_conflicts=True, unique_fields=["day", "editor"], update_fields=["seen_at"])


def others(day: date, editor: AbstractBaseUser, *, now: datetime) -> list[str]:
    """The names of the other editors who are there."""
    there = Presence.objects.filter(day=day, seen_at__gt=now - THERE_FOR).exclude(editor=editor.pk)
    return sorted(name_of(row.editor) for row in there.select_related("editor"))


def name_of(user: "User | None") -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def forget(*, now: datetime) -> None:
    Presence.objects.filter(seen_at__lt=now - KEPT_FOR).delete()
