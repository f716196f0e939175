"""The papers that a text names by an id or an address, whatever stands around it: of arXiv, its DOIs, Hugging Face, alphaXiv …"""

import re
from urllib.parse import unquote

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
TYPED = re.compile(r"\s*(?P<month>[0-9]{2}(?:0[1-9]|1[0-2]))[ ,-]?(?P<number>[0-9]{5})\s*", re.ASCII)
"""An id without its dot, and nothing else."""
BEFORE_BEGINNING = re.compile(r"(?:https?://)?(?:[a-z]+\.)?arxiv\.org/[a-z]+/(?=[0-9]{4}\.[0-9]{0,3}\Z)", re.I | re.ASCII)
LISTING = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/list/(?P<category>[A-Za-z-]+(?:\.[A-Za-z-]+)?)(?:/\S*)?", re.IGNORECASE)
LINK = re.compile(r"https?://(?P<host>[^\s/?#]++)/(?P<path>[^\s?#]*+)\S*+", re.IGNORECASE)
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
    link = LINK.fullmatch(text)
    if not link:
        return ""
    pieces = [" ".join(re.split(r"[-_+\s]+", unquote(piece))).strip() for piece in link["path"].split("/")]
    longest = max((piece for piece in pieces if not HEX.fullmatch(piece)), key=lambda piece: len(piece.split()), default="")
    if len(longest.split()) > 2:
        return longest
    is_repository = link["host"].lower().removeprefix("www.") in ("github.com", "gitlab.com", "bitbucket.org") and len(pieces) > 1
    return pieces[1] if is_repository else ""
