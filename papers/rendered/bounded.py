"""Rendering in a child process that is killed at a bound, whatever the text does to it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from django.db.models import TextChoices

from papers.rendered.kinds import Kind, Rendered

CPU_S = 1.0
"""Seconds of processor time that one text may take; arXiv's longest abstracts take about 20 ms."""
MEMORY = 1 << 30
"""The child's address space in bytes; it needs about 150 MiB to start."""
SILENT_S = 60.0
"""A child that has not answered for this many seconds is stuck."""
ENDS_WITHIN_S = 5.0
ATTEMPTS = 2
"""A child killed from outside is started once more."""
PROJECT = Path(__file__).resolve().parents[2]


class Trouble(TextChoices):
    """Why a text has no rendering and shows its source."""

    TIME = "time", f"took longer than {CPU_S:g} s"
    MEMORY = "memory", "needed too much memory"
    FAILED = "failed", "could not be rendered"


class Renderer:
    """A child process, started for the first text and again after each text that ended it. Not thread-safe."""

    def __init__(self, *, cpu_s: float = CPU_S, memory: int = MEMORY) -> None:
        self._arguments = [str(cpu_s), str(memory)]
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._end()

    def render(self, kind: Kind, source: str) -> Rendered | Trouble:
        """The rendered text, or why there is none."""
        for _ in range(ATTEMPTS):
            answer = self._ask(json.dumps([kind, source]).encode() + b"\n")
            if isinstance(answer, list):
                return Rendered(*answer)
            if answer:
                return Trouble(answer)
            trouble = TROUBLE_BY_END.get(self._end())
            if trouble:
                return trouble
        return Trouble.FAILED

    def _ask(self, question: bytes) -> Any:
        """The child's answer; None if it ended instead."""
        child = self._child = self._child or self._start()
        if not child.stdin or not child.stdout:
            raise AssertionError("unreachable: both are pipes")
        try:
            child.stdin.write(question)
            child.stdin.flush()
            if wait([cast(Any, child.stdout)], SILENT_S):
                return json.loads(child.stdout.readline() or "null")
        except (BrokenPipeError, json.JSONDecodeError):
            pass
        return None

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "papers.rendered.child", *self._arguments]
        environment = {"PYTHONPATH": str(PROJECT), "PATH": os.environ.get("PATH", os.defpath)}
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=PROJECT, env=environment
        )

    def _end(self) -> int:
        """End the child, and return its status as `Popen.returncode` gives it."""
        child, self._child = self._child, None
        if not child:
            return 0
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            return child.wait(ENDS_WITHIN_S)  # a child whose pipe is closed ends by itself
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


TROUBLE_BY_END = {
    -signal.SIGPROF: Trouble.TIME,
    -signal.SIGABRT: Trouble.MEMORY,  # what the converter does when it gets none
    -signal.SIGSEGV: Trouble.FAILED,
}
