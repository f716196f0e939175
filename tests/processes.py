"""What runs on this machine, for tests that start whole products and end them."""

import os
from pathlib import Path


def processes_naming(text: str) -> list[str]:
    """The command lines of all processes that have `text` in their arguments or environment, ourselves left out (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue  # it has ended meanwhile, or is another user's
        if text.encode() in command + environment and int(folder.name) != os.getpid():
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found
