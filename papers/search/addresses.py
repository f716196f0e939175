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
BEGINNING = re.compile(r"(?:arxiv:\s?)?[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{0,3}", re.IGNORECASE | re.ASCII)
MOST = 20


def ids_in(text: str) -> tuple[str, ...]:
    """The ids without their versions, each once; an old one with its class (`math.gt/0309136`), where it has one."""
    if "%" in text:
        text = unquote(text)
    found = [match["id"] for match in NEW.finditer(text)]
    found += [f"{match['archive']}{match['class'] or ''}/{match['number']}".lower() for match in OLD.finditer(text)]
    return tuple(dict.fromkeys(found))[:MOST]


def is_id_beginning(text: str) -> bool:
    """Whether it is part of an id of today's kind: `2105.016`."""
    return BEGINNING.fullmatch(text) is not None
