"""Work that only one process may do at a time, on however many machines: the holder of the lease does it.

Times are the database's, so the clocks of the machines do not matter. If a holder is killed, another process follows once its
lease is over, or at once if the database's clock was set back meanwhile.
"""

import os
import secrets
import socket
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from hotpapers_site.models import Lease


def new_holder() -> str:
    """Return a name that no other process has: containers may share the name of their host and the number of their process."""
    return f"{secrets.token_hex(4)}@{socket.gethostname()}:{os.getpid()}"[:150]


def take(name: str, holder: str, lasts: timedelta) -> bool:
    """Take the lease, or keep it; return False while another process holds it. Raises DatabaseError."""
    until = Now() + lasts
    is_free = Q(until__lte=Now()) | Q(until__gt=Now() + 2 * lasts)  # nobody takes it for so long: the clock was set back
    if Lease.objects.filter(Q(holder=holder) | is_free, name=name).update(holder=holder, until=until):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until=until)
    except IntegrityError:  # somebody else was first
        return False
    return True


def give_up(name: str, holder: str) -> None:
    """Let another process take it at once."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", until=Now())


def is_held(name: str) -> bool:
    return Lease.objects.filter(~Q(holder=""), name=name, until__gt=Now()).exists()
