"""The address that the web server listens at: read from a command's arguments, and free."""

import errno
import ipaddress
import socket

from django.core.management.base import CommandError

from hotpapers_site.serving import leftovers
from hotpapers_site.values import whole_number

LAST_PORT = 65_535
OF_SETTINGS = 2
"""The exit status for a wrong setting; for a wrong number, too."""


def whole(name: str, given: str | int, *, least: int = 1, most: int, example: int) -> int:
    """Return the number. Raises CommandError."""
    try:
        return whole_number(least, most)(str(given))
    except ValueError:
        raise CommandError(
            f"{name} is {str(given)[:60]!r}; expected a whole number from {least} to {most}, for example {name}={example}",
            returncode=OF_SETTINGS,
        ) from None


def port_number(given: str | int) -> int:
    """Return the port. Raises CommandError."""
    return whole("--port", given, most=LAST_PORT, example=8080)


def expect_free(host: str, port: int) -> None:
    """Raise CommandError if nobody can listen there; it says why, and what to do."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise CommandError(
            f"--host is {host[:60]!r}; expected an IP address of this machine, for example --host=127.0.0.1",
            returncode=OF_SETTINGS,
        ) from None
    with socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CommandError(
                f"Only root may use port {port}. Choose one from 1024 to {LAST_PORT}, for example --port=8080."
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(in_use(port)) from None
            raise CommandError(
                f"This machine has no address {host} ({error.strerror}). Choose one that it has, for example --host=127.0.0.1."
            ) from None


def in_use(port: int) -> str:
    """Say who holds the port, and what to do."""
    holder = leftovers.holder_of(port)
    if holder is None:
        return f"Port {port} is in use. Stop the program that uses it, or choose another port with --port."
    if holder.served_by:
        return (
            f"Port {port} is in use by another Hot Papers, which runs from {holder.served_from} (process {holder.served_by}). "
            f"Stop that one with `kill {holder.served_by}`, or choose another port with --port."
        )
    return (
        f"Port {port} is in use by another program, process {holder.number} ({holder.command[:80]}). Stop it, or choose another "
        "port with --port."
    )
