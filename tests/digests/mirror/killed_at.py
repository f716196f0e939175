"""Runs a management command, and kills it as `kill -9` does just before one of its steps on the disk: `killed_at.py STEP COMMAND …`.

If that step does not come, it says last how many there were. With STEP 0, each waits a little.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from django.core.management import execute_from_command_line

STEPS = ("write", "fsync", "replace", "unlink", "mkdir", "rmdir")
PAUSE_S = 0.01


def run(at: int, arguments: list[str]) -> int:
    """Run the command. Returns the number of its steps; those of its child processes are not counted."""
    own, count = os.getpid(), 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*values: Any, **named: Any) -> Any:
            nonlocal count
            if os.getpid() == own:
                count += 1
                if count == at:
                    os.kill(own, signal.SIGKILL)
                if not at:
                    time.sleep(PAUSE_S)
            return real(*values, **named)

        return step

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    execute_from_command_line(arguments)
    return count


if __name__ == "__main__":
    print(run(int(sys.argv[1]), ["manage.py", *sys.argv[2:]]))
