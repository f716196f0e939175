"""The papers that a text names by an id or an address, whatever stands around it: of arXiv, its DOIs, Hugging Face, alphaXiv …"""

import re
from urllib.parse import parse_qs, unquote

from papers.networks.registry import KINDS
from papers.post_keys import PostKey

NEW = re.compile(
    r"(?<![0-9])(?<![0-9]\.)(?P<id>[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5})(?:v[0-9]{1,3})?(?![0-9])", re.ASCII | re.IGNORECASE
)
OLD = re.compile(
    r"(?<![\w-])(?P<archive>[a-z]{2,8}(?:-[a-z]{2,4})?)(?P<class>\.[a-z]{2})?/(?P<number>[0-9]{7})(?:v[0-9]{1,3})?(?![0-9])",
    re.ASCII | re.IGNORECASE,
)
OTHERWISE = re.compile(r"(?:[0-9]{4}arxiv|\babs-)(?P<month>[0-9]{4})-?(?P<number>[0-9]{4,5})(?![0-9])", re.ASCII | re.IGNORECASE)
"""As ADS and dblp write an id: `2022arXiv220104600D`, `abs-2201-04600`."""
BEGINNING = re.compile(r"(?:arxiv:\s?)?[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{0,3}", re.IGNORECASE | re.ASCII)
TYPED = re.compile(r"\s*(?P<month>[0-9]{2}(?:0[1-9]|1[0-2]))[ ,._:/-]{0,2}(?P<number>[0-9]{5})\s*", re.ASCII)
"""An id without its dot, and nothing else."""
MISTYPED = re.compile(
    r"(?<![0-9.])(?P<month>[0-9o]{4})\.(?P<number>[0-9o]{4,6})(?:v[0-9]{1,3})?(?![0-9])", re.ASCII | re.IGNORECASE
)
"""An id that may have a zero too many or too few, or the letter in its place."""
FIVE_DIGITS = "1501"
"""From this month on ids have five digits behind the dot, before it four."""
BEFORE_BEGINNING = re.compile(r"(?:https?://)?(?:[a-z]+\.)?arxiv\.org/[a-z]+/(?=[0-9]{4}\.[0-9]{0,3}\Z)", re.I | re.ASCII)
LISTING = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/list/(?P<category>[A-Za-z-]+(?:\.[A-Za-z-]+)?)(?:/\S*)?", re.IGNORECASE)
LINK = re.compile(r"https?://(?P<host>[^\s/?#]++)(?:/(?P<path>[^\s?#]*+)(?:\?(?P<asked>[^\s#]*+))?+\S*+)?", re.IGNORECASE)
ASKED = ("q", "query", "search_query", "search", "title")
"""What pages of searches elsewhere call what is searched for."""
PROFILE = re.compile(
    r"(?:https?://)?(?:(?:www|mobile)\.)?(?:(?:x|twitter)\.com|bsky\.app/profile)/(?P<handle>[A-Za-z0-9_.-]{2,80})/?",
    re.IGNORECASE,
)
"""The page of somebody who writes posts."""
HEX = re.compile(r"[0-9a-f]{20,}")
MOST = 20


def ids_in(text: str) -> tuple[str, ...]:
    """The ids without their versions, each once; an old one with its class (`math.gt/0309136`), where it has one."""
    if "%" in text:
        text = unquote(text)
    text = OTHERWISE.sub(r" \g<month>.\g<number>", text)
    if typed := TYPED.fullmatch(text):
        return (f"{typed['month']}.{typed['number']}",)
    found = [match["id"] for match in NEW.finditer(text)]
    found += [f"{match['archive']}{match['class'] or ''}/{match['number']}".lower() for match in OLD.finditer(text)]
    return tuple(dict.fromkeys(found))[:MOST]


def ids_meant(text: str) -> tuple[str, ...]:
    """Ids that may be meant by one that cannot be right: `2201.04600` for `2201.4600`, `2201.004600` and `22O1.04600`."""
    found = []
    for match in MISTYPED.finditer(unquote(text)):
        month, number = (part.lower().replace("o", "0") for part in match.groups())
        digits = 5 if month >= FIVE_DIGITS else 4
        if len(number) == digits and f"{month}.{number}" not in match[0]:
            found.append(f"{month}.{number}")
        elif len(number) == digits - 1:
            found += [f"{month}.{number[:place]}0{number[place:]}" for place in range(digits)]
        elif len(number) == digits + 1:
            found += [f"{month}.{number[:place]}{number[place + 1 :]}" for place in range(len(number)) if number[place] == "0"]
    return tuple(dict.fromkeys(found))[:MOST]


def posts_in(text: str) -> tuple[PostKey, ...]:
    """The posts whose addresses stand in the text."""
    addresses = [word.strip("<>()[]{},;") for word in text.split() if "/" in word]
    found = (PostKey(name, id) for address in addresses for name, kind in KINDS.items() if (id := kind.id_in(address)))
    return tuple(dict.fromkeys(found))[:MOST]


def is_id_beginning(text: str) -> bool:
    """Whether it is part of an id of today's kind: `2105.016`."""
    return BEGINNING.fullmatch(text) is not None


def words_of_link(text: str) -> str:
    """What to search for, where the text is nothing but a link without an id: part of an id, the category of a listing of arXiv,
    the title in the address of a page about a paper, the name of a repository; empty where it says none of these."""
    if beginning := BEFORE_BEGINNING.match(text):
        return text[beginning.end() :]
    if listing := LISTING.fullmatch(text):
        return listing["category"]
    if profile := PROFILE.fullmatch(text):
        return f"@{profile['handle']}"
    link = LINK.fullmatch(text)
    if not link:
        return ""
    host = link["host"].lower().removeprefix("www.")
    asked = parse_qs(link["asked"] or "")
    if searched := next((asked[name][0] for name in ASKED if name in asked), ""):
        return searched
    pieces = [" ".join(re.split(r"[-_+\s]+", unquote(piece))).strip() for piece in (link["path"] or "").split("/")]
    longest = max((piece for piece in pieces if not HEX.fullmatch(piece)), key=lambda piece: len(piece.split()), default="")
    if len(longest.split()) > 2:
        return longest
    if host.endswith((".github.io", ".gitlab.io")):
        return pieces[0] or host.partition(".")[0].replace("-", " ")
    is_repository = host in ("github.com", "gitlab.com", "bitbucket.org") and len(pieces) > 1
    return pieces[1] if is_repository else ""
