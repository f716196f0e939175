"""`python -m tests.deployed.forwarding 127.0.0.1:80=10.0.0.1:80 …`: hands connections on, and ends them when the other side is gone."""

import asyncio
import contextlib
import socket
import sys

CONNECT_WITHIN_S = 2.0
GONE_AFTER_MS = 10_000


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def serve(forward: str) -> None:
    (host, port), (to_host, to_port) = (end.rsplit(":", 1) for end in forward.split("="))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.wait_for(asyncio.open_connection(to_host, int(to_port)), CONNECT_WITHIN_S)
        except (OSError, TimeoutError):
            writer.transport.abort()
            return
        far = far_writer.get_extra_info("socket")
        for option, value in (
            (socket.TCP_KEEPIDLE, 3),
            (socket.TCP_KEEPINTVL, 2),
            (socket.TCP_KEEPCNT, 3),
            (socket.TCP_USER_TIMEOUT, GONE_AFTER_MS),
        ):
            far.setsockopt(socket.IPPROTO_TCP, option, value)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))

    await asyncio.start_server(answer, host, int(port))


async def main() -> None:
    for forward in sys.argv[1:]:
        await serve(forward)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
