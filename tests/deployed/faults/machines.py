"""Two machines: their clocks jump, and the network between them and the servers is cut."""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.deployed.faults.suffering import BACK_WITHIN_S, Faults
from tests.deployed.machine import until
from tests.deployed.rehearsal import say

HOSTS = {"a": "10.77.0.2", "b": "10.77.0.3"}
HERE, BRIDGE = "10.77.0.1", "hotpapers"


def restart(on: Faults) -> None:
    """Every process of the product, as its machine is now."""
    ours = [name for name in on.on.commands if name not in ("redis", "nginx")]
    on.on.stop(*ours)
    on.on.start(*ours)
    until(on.all_run, BACK_WITHIN_S, "all runs again")


def clocks(on: Faults) -> None:
    """The clock of one machine is an hour ahead; then those of both an hour behind. The servers' is right."""
    library = on.on.folder / "clock.so"
    compiled = ["cc", "-shared", "-fPIC", "-o", str(library), str(Path(__file__).with_name("clock.c")), "-ldl"]
    if not shutil.which("cc") or subprocess.run(compiled, check=False).returncode:
        say("Clocks that jump: left out, since there is no C compiler for the clock that is preloaded")
        return
    files = {host: on.on.folder / f"clock-{host}" for host in HOSTS}

    def show(ahead_s: dict[str, int]) -> None:
        for host, seconds in ahead_s.items():
            files[host].write_text(f"{seconds}\n")

    right = dict.fromkeys(HOSTS, 0)
    show(right)
    on.on.of_host = {host: {"LD_PRELOAD": str(library), "CLOCK_FILE": str(file)} for host, file in files.items()}
    restart(on)
    for name, wrong in (
        ("the clock of one machine an hour ahead, then right", {"a": 3600}),
        ("the clocks of both an hour behind, then right", {"a": -3600, "b": -3600}),
    ):
        on.suffer(name, lambda wrong=wrong: show(wrong), alert="The clock of", recover=lambda: show(right))  # type: ignore[misc]
    on.on.of_host = {}
    restart(on)


def network(on: Faults) -> None:
    """Each machine in a network namespace of its own; the second is cut off from everything, and comes back."""
    if subprocess.run(["ip", "netns", "add", "hotpapers-a"], check=False, capture_output=True).returncode:
        say("Two network namespaces: left out, since this machine lets nobody make one (ip netns add)")
        return
    with namespaces(on):
        restart(on)
        on.suffer(
            "the second machine cut off from the network, then back",
            lambda: ip("link", "set", "hotpapers-b", "down"),
            alert="Nothing is heard of the beat",
            recover=lambda: ip("link", "set", "hotpapers-b", "up"),
        )
    on.on.before = {}
    restart(on)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextlib.contextmanager
def namespaces(on: Faults) -> Iterator[None]:
    """Whatever a machine asks at its own loopback is forwarded to the servers, and the web servers' ports to the machines: so the
    product is told the same addresses as ever."""
    servers = {port for value in on.on.environment.values() for port in re.findall(r"127\.0\.0\.1:([0-9]+)", value)}
    forwards = [f"{HERE}:{port}=127.0.0.1:{port}" for port in servers]
    forwarders = []
    ip("link", "add", BRIDGE, "type", "bridge")
    try:
        ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        ip("netns", "add", "hotpapers-b")
        for host, address in HOSTS.items():
            inside = ["ip", "netns", "exec", f"hotpapers-{host}"]
            ip("link", "add", f"hotpapers-{host}", "type", "veth", "peer", "name", f"inside-{host}")
            ip("link", "set", f"hotpapers-{host}", "master", BRIDGE, "up")
            ip("link", "set", f"inside-{host}", "netns", f"hotpapers-{host}")
            for command in (
                ["addr", "add", f"{address}/24", "dev", f"inside-{host}"],
                ["link", "set", f"inside-{host}", "up"],
                ["link", "set", "lo", "up"],
            ):
                subprocess.run([*inside, "ip", *command], check=True)
            web = on.on.web_ports[f"web {host}"]
            theirs = [*(f"127.0.0.1:{port}={HERE}:{port}" for port in servers), f"{address}:{web}=127.0.0.1:{web}"]
            forwarders.append(forwarder(theirs, inside))
            forwards.append(f"127.0.0.1:{web}={address}:{web}")
            on.on.before[host] = inside
        ours = [name for name in on.on.commands if name not in ("redis", "nginx")]
        on.on.stop(*ours)
        forwarders.append(forwarder(forwards))
        yield
    finally:
        on.on.stop(*[name for name in on.on.commands if name not in ("redis", "nginx")])
        for process in forwarders:
            process.kill()
            process.wait()
        for host in HOSTS:
            subprocess.run(["ip", "netns", "del", f"hotpapers-{host}"], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", BRIDGE], check=False, capture_output=True)


def forwarder(forwards: list[str], before: list[str] | None = None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([*(before or []), sys.executable, "-m", "tests.deployed.forwarding", *forwards])
