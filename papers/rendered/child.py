"""The process in which texts are rendered: `python -m papers.rendered.child` reads one JSON list a line, and answers one a line.

The formula converter holds the interpreter's lock, so no thread or signal handler of Python can stop it. The kernel can: it ends
the process by SIGPROF at the bound of processor time, and refuses it memory. Whoever asked finds the pipe closed
(`bounded.py`). The process has no database, no settings and no secrets.
"""

import json
import resource
import signal
import sys

from papers.rendered.kinds import Kind
from papers.rendered.renderer import TooLarge, render


def main(cpu_s: float, memory: int) -> None:
    """`cpu_s` for each text; `memory` in bytes, for all of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    while True:
        try:
            line = sys.stdin.buffer.readline()
        except MemoryError:
            _say("memory")
            return  # the rest of the line would be taken for the next text
        if not line:
            return
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        answer: list[str] | str
        try:
            kind, source = json.loads(line)
            answer = list(render(Kind(kind), source))
        except (MemoryError, TooLarge):
            answer = "memory"
        except Exception:  # noqa: BLE001 - whatever a stranger's text brings about is told of that text
            answer = "failed"
        signal.setitimer(signal.ITIMER_PROF, 0)
        _say(answer)


def _say(answer: list[str] | str) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
