"""PostgreSQL, Redis and nginx, started here so that they can be killed, stopped and started again with what they hold."""

import os
import pwd
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from hotpapers_site.serving.broker import server_program
from tests.servers import free_port, postgresql_programs

BASE = Path(__file__).resolve().parent.parent.parent
NAME = "papers.example"


def as_postgres() -> dict[str, Any]:
    """PostgreSQL refuses root."""
    if os.geteuid():
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@dataclass
class Postgres:
    folder: Path
    port: int = field(default_factory=free_port)

    def create(self) -> None:
        self.folder.mkdir(parents=True)
        if not os.geteuid():
            shutil.chown(self.folder, as_postgres()["user"])
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "hotpapers", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self.configure("listen_addresses='127.0.0.1'", f"port={self.port}", "unix_socket_directories=''", "max_connections=200")

    def start(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """As the kernel does when memory is short: the first process and so all of them."""
        number = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGKILL)

    def copy(self, first: "Postgres") -> None:
        """Become the first server's copy and follow it: what the first says is written, both have written."""
        self.folder.mkdir(parents=True)
        if not os.geteuid():
            shutil.chown(self.folder, as_postgres()["user"])
        address = ["-h", "127.0.0.1", "-p", str(first.port), "-U", "hotpapers"]
        self._run("pg_basebackup", *address, "-D", str(self.folder / "data"), "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.configure(f"port={self.port}")
        self.start()
        first.configure("synchronous_standby_names='*'")
        first._run("pg_ctl", "-D", str(first.folder / "data"), "reload")

    def promote(self) -> None:
        """From now on it takes writes."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60", "promote")

    def configure(self, *lines: str) -> None:
        """The last line of a name counts."""
        with (self.folder / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write("".join(f"{line}\n" for line in lines))

    def make_database(self, name: str) -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str = "hotpapers") -> str:
        return f"postgres://hotpapers@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        command = [str(postgresql_programs() / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, env=environment, **as_postgres())


def redis_command(folder: Path, port: int) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    command = [server_program(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    return [*command, "--save", "", "--appendonly", "yes", "--logfile", str(folder / "log")]


def nginx_command(folder: Path, port: int, web_ports: list[int]) -> list[str]:
    """nginx with the shipped configuration; only addresses and places are this machine's."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    self_signed = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key)]
    named = ["-out", str(certificate), "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run([*self_signed, *named], check=True, capture_output=True)
    shipped = (BASE / "deploy/nginx/hotpapers.conf").read_text()
    servers = "\n".join(f"    server 127.0.0.1:{web} max_fails=0;" for web in web_ports)
    for pattern, text in (
        (r"    server 127\.0\.0\.1:8000 .*;", servers),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        (r"    listen \[::\].*;\n", ""),
        (r"/etc/letsencrypt/live/papers\.example/fullchain\.pem", str(certificate)),
        (r"/etc/letsencrypt/live/papers\.example/privkey\.pem", str(key)),
        (r"/var/cache/nginx/hotpapers", str(folder / "cache")),
        (r"/var/log/nginx/hotpapers\.log", str(folder / "access.log")),
        (r"/etc/nginx/hotpapers_proxy\.conf", str(BASE / "deploy/nginx/hotpapers_proxy.conf")),
        (r"/srv/hotpapers/site", str(folder / "site")),
    ):
        shipped, changed = re.subn(pattern, text, shipped)
        assert changed, pattern
    user = "user root;\n" if not os.geteuid() else ""
    temporary = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "hotpapers.conf").write_text(shipped)
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\n    include /etc/nginx/mime.types;\n{temporary}"
        f"    include {folder}/hotpapers.conf;\n}}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    return command
