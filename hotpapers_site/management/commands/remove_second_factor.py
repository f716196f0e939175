"""`manage.py remove_second_factor USER`: for a user who lost keys, phone and recovery codes."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hotpapers_site.accounts import second_factor
from hotpapers_site.accounts.events import OPERATOR, Kind, note
from hotpapers_site.accounts.own_account import end_sessions


class Command(BaseCommand):
    help = "Remove a user's second factor and end their sessions. Make sure that it is really they who ask."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USER", help="the name with which they sign in")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user “{username}”.")
        if not second_factor.remove(user):
            raise CommandError(f"“{username}” has no second factor.")
        end_sessions(user, but=None)
        note(Kind.FACTOR_REMOVED, user, detail=OPERATOR)
        self.stdout.write(f"“{username}” now signs in with the password alone.")
