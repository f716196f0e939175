"""nginx with the shipped configuration, for a test that asks it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.deployed.servers import NAME, nginx_command
from tests.product import until
from tests.servers import free_port


@contextmanager
def asked_through_nginx(folder: Path, web_ports: list[int]) -> Iterator[httpx.Client]:
    """nginx with the shipped configuration before these ports, and somebody who asks it; it has a page at `/posts`."""
    port = free_port()
    server = subprocess.Popen(nginx_command(folder, port, web_ports), stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"https://127.0.0.1:{port}", headers={"Host": NAME}, verify=False) as client:
            assert until(lambda: _answers(client), 30)
            yield client
    finally:
        server.terminate()
        server.wait()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/posts").status_code < 500
    except httpx.TransportError:
        return False
