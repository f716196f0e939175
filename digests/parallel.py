"""Work shared among processes that are forked from this one: none outlives it, and one that is killed is an error here."""

import contextlib
import fcntl
import signal
from collections.abc import Callable, Generator, Iterable
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TypeVar, cast

AHEAD = 1 << 20
"""Bytes that a process may be ahead: the most that Linux gives a pipe without a right of its own. Elsewhere it is less."""
Share = TypeVar("Share")
Result = TypeVar("Result")


class ProcessEnded(Exception):
    """One of the processes was killed before its work was done."""


class _End:
    def __init__(self, error: Exception | None) -> None:
        self.error = error


def shared_out(work: Callable[[Share], Iterable[Result]], shares: Iterable[Share]) -> Generator[Result, None, None]:
    """What `work` yields for the shares, each in a process of its own; those of one share in their order.

    A process works ahead by what a pipe holds. What `work` raises, other than BrokenPipeError, is raised here. Raises
    ProcessEnded.
    """
    context, waiting, processes = get_context("fork"), list[Connection](), []
    for share in shares:
        receiver, sender = context.Pipe(duplex=False)
        with contextlib.suppress(AttributeError, OSError):
            fcntl.fcntl(sender.fileno(), fcntl.F_SETPIPE_SZ, AHEAD)
        waiting.append(receiver)
        processes.append(context.Process(target=_work, args=(work, share, sender, list(waiting)), daemon=True))
        processes[-1].start()
        sender.close()
    with contextlib.ExitStack() as stack:
        for process in processes:
            stack.callback(process.join)  # after its pipe is closed, at which it ends
        for receiver in waiting:
            stack.enter_context(receiver)
        while waiting:
            for receiver in cast(list[Connection], wait(waiting)):
                try:
                    result = receiver.recv()
                except (EOFError, OSError):
                    raise ProcessEnded(
                        "a process of this command was killed; run it again to continue where it stopped"
                    ) from None
                if not isinstance(result, _End):
                    yield result
                elif result.error:
                    raise result.error
                else:
                    waiting.remove(receiver)


def _work(work: Callable[[Share], Iterable[Result]], share: Share, sender: Connection, receivers: list[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process answers it
    for receiver in receivers:
        receiver.close()  # so that nobody holds them when that has ended
    with contextlib.suppress(BrokenPipeError):
        try:
            for result in work(share):
                sender.send(result)
            end = _End(None)
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - handed on
            end = _End(error)
        sender.send(end)
