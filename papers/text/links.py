"""Web addresses in a text: found, separated from the sentence's punctuation, and safe to link to."""

from urllib.parse import urlsplit

_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}+)\.){1,5}"
_TOP = r"(?:com|org|net|io|edu|gov|ai|dev|app|info|co|me|eu|uk|de|fr|ch|at|it|es|nl|se|cn|jp|kr|in|ca|au|il|sg|hk)"
ADDRESS = (
    r"(?P<address>(?<![\w.@/\\-])(?:https?://[^\s{}<>\"\\]++"
    rf"|(?:www\.{_HOST}{_TOP}|[A-Za-z0-9-]{{1,63}}+\.github\.io|{_HOST}{_TOP}(?=/[\w~]))(?![\w.-]*@)(?:/[^\s{{}}<>\"\\]*+)?(?![\w-])))"
)
"""An address with its scheme, or one that can be nothing else: `www.`, a page at github.io, a host followed by a path."""
LONGEST_ADDRESS = 2_000
"""Characters. Longer ones are not linked: Python folds a host's letters (NFKC) in the square of their number."""
ENDS = ".,;:!?'\"”’…*"


def without_end(address: str) -> tuple[str, str]:
    """The address, and what belongs to the sentence around it: full stops, quotes, a bracket opened before it."""
    end = len(address)
    opened = {")": address.count("(") - address.count(")"), "]": address.count("[") - address.count("]")}
    while end:
        last = address[end - 1]
        if last in opened and opened[last] < 0:
            opened[last] += 1
        elif last not in ENDS:
            break
        end -= 1
    return address[:end], address[end:]


def href_of(address: str) -> str:
    """The link target; empty if it isn't safe: only http and https, without a user name, at most `LONGEST_ADDRESS`."""
    if len(address) > LONGEST_ADDRESS:
        return ""
    whole = address if "://" in address[:12] else f"https://{address}"
    try:
        split = urlsplit(whole)
        split.port  # noqa: B018 (raises where it is none)
    except ValueError:
        return ""
    is_safe = split.scheme.lower() in ("http", "https") and split.hostname and "." in split.hostname and "@" not in split.netloc
    return whole if is_safe and not any(letter.isspace() for letter in whole) else ""
