"""Wrong numbers and addresses in a command's arguments: one sentence each, and nothing is started."""

import socket
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from hotpapers_site.databases.failed_commands import what_to_do
from hotpapers_site.serving import ports

PORT = "expected a whole number from 1 to 65535, for example --port=8080"


@pytest.mark.parametrize("command", ["serve", "web", "sandbox"])
@pytest.mark.parametrize("port", ["0", "99999", "-1", "abc", "80 80", "", "٨٠", "8080.0", "1_000"])
def test_what_is_no_port_is_refused(command: str, port: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(command, f"--port={port}")
    assert (str(refused.value), refused.value.returncode) == (f"--port is {port!r}; {PORT}", 2)


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("--processes=0", "--processes is '0'; expected a whole number from 1 to 256, for example --processes=2"),
        ("--threads=many", "--threads is 'many'; expected a whole number from 1 to 1024, for example --threads=8"),
        ("--host=localhost", "--host is 'localhost'; expected an IP address of this machine, for example --host=127.0.0.1"),
    ],
)
def test_what_the_web_server_cannot_take_is_refused(argument: str, told: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("web", argument)
    assert (str(refused.value), refused.value.returncode) == (told, 2)


def test_web_server_alone_names_who_holds_the_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"^Port {port} is in use by another program, process "):
            call_command("web", f"--port={port}")


def test_address_of_another_machine_is_told() -> None:
    with pytest.raises(CommandError, match=r"^This machine has no address 192\.0\.2\.1 \("):
        ports.expect_free("192.0.2.1", 8080)


def test_archive_that_is_no_folder_is_told() -> None:
    with pytest.raises(CommandError, match=r"^There is no folder /etc/passwd: nothing was started"):
        call_command("serve", "--archive=/etc/passwd")


@pytest.mark.skipif(sys.platform != "linux", reason="has no /sys")
def test_folder_in_which_nothing_can_be_written_is_told(settings: Settings) -> None:
    settings.VAR_DIR = Path("/sys")  # where not even root makes a file
    with pytest.raises(OSError, match=r"serve\.lock") as error:
        call_command("serve")
    assert what_to_do(error.value, "serve").startswith("/sys/serve.lock: this user may not ")
