"""The hosts of Bluesky's stream: which there are, how one is connected to, and why a connection ended."""

from collections.abc import Mapping, Sequence

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import CloseCode
from websockets.sync.client import reconnect

from papers.sources.http import Misconfigured, base_url


def stream_hosts(value: Sequence[str], *, setting: str) -> tuple[str, ...]:
    """The checked hosts of the stream. Raises Misconfigured, which names the setting."""
    hosts = tuple(host.strip().rstrip("/") for host in value if host.strip())
    for host in hosts:
        try:
            base_url("http" + host.removeprefix("ws") if host.startswith(("ws://", "wss://")) else "", setting=setting)
        except Misconfigured as error:
            raise Misconfigured(
                f"{setting} must hold wss://host addresses, separated by commas (plain ws:// only on loopback); one is {host!r}.",
                setting=setting,
            ) from error
    if not hosts:
        raise Misconfigured(f"{setting} holds no address; expected wss://host, several separated by commas.", setting=setting)
    return hosts


class Straight(reconnect):
    """A connection to the host of the setting alone: a redirect may lead anywhere, also into the operator's own network."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


def is_too_large(error: Exception) -> bool:
    """Whether we closed the connection because of a frame beyond LARGEST_FRAME."""
    return isinstance(error, ConnectionClosed) and error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG


def reason_of(error: Exception) -> str:
    if isinstance(error, InvalidStatus):
        return f"refuses the connection (status {error.response.status_code})"
    if isinstance(error, TimeoutError):
        return "does not answer in time"
    if is_too_large(error):
        return "sends a frame that is too large"
    if isinstance(error, ConnectionClosed):
        return "closed the connection"
    if isinstance(error, OSError):
        return f"cannot be reached ({error.strerror or type(error).__name__})"
    return f"gave an unexpected answer ({type(error).__name__})"


def told(troubles: Mapping[str, str]) -> str:
    """Why none of the hosts can be heard, in one sentence. Hosts with the same trouble are counted, not named: the setting names
    them."""
    reasons = []
    for reason in dict.fromkeys(troubles.values()):
        first, *others = [host.partition("//")[2] for host, why in troubles.items() if why == reason]
        reasons.append(f"{f'each of {len(others) + 1} hosts' if others else first} {reason}")
    return f"Bluesky's stream is unavailable: {'; '.join(reasons)}."
