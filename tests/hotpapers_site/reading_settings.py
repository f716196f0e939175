"""Reads the settings as a new process does, without the start of one each time: to import what they need takes most of it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

READ = """
import importlib, json, os, sys, traceback
import hotpapers_site.settings
ours = [name for name in sys.modules if name.partition(".")[0] in ("hotpapers_site", "papers", "digests")]
for name in ours:
    del sys.modules[name]
sys.argv = ["-c"]
for line in sys.stdin:
    code, environment, out, err = json.loads(line)
    if not (child := os.fork()):
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(os.open(err, os.O_WRONLY | os.O_CREAT), 2)
        os.environ.clear()
        os.environ.update(environment)
        status = 0
        try:
            exec(code, {"__name__": "__main__"})
        except SystemExit as ended:
            status = ended.code
        except BaseException:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""A child for each line; in it none of our modules was imported before."""


def environment_of(folder: Path, **variables: str) -> dict[str, str]:
    """These variables, and no other setting of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "hotpapers_site.settings"} | variables


def started(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, with these variables and no other setting of ours."""
    return subprocess.run(
        command or [sys.executable, "manage.py", "check"],
        env=environment_of(folder, **variables),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class SettingsReader:
    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", READ],
            env={**environment, "VAR_DIR": str(folder / "first")},
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """What a new Python with this code and environment answers."""
        assert self.process.stdin
        assert self.process.stdout
        out, err = self.folder / "out", self.folder / "err"
        for path in (out, err):
            path.unlink(missing_ok=True)
        self.process.stdin.write(json.dumps([code, dict(environment), str(out), str(err)]) + "\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        return subprocess.CompletedProcess([code], status, out.read_text(), err.read_text())

    def read(self, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        """What the import of the settings says with these variables."""
        return self.run("import hotpapers_site.settings", environment_of(folder, **variables))

    def end(self) -> None:
        with self.process:  # closes its pipes, and waits
            self.process.kill()
