"""A post as its paper's page shows it: without links to that paper, other links by their domain, pictures named."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe

from digests.models import ShownTweet
from papers.network_words import paper_of_link
from papers.text.embed import text_of, unescape
from papers.text.languages import direction_of, language_of
from papers.text.links import LONGEST_ADDRESS

LINK = re.compile(r'(?P<open><a href="(?P<href>[^"<>]*)"[^"<>]*(?:"[^"<>]*")?>)(?P<text>[^<>]*)</a>')
PICTURE = re.compile(r"pic\.(?:twitter|x)\.com/\w+")
IS_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?:[a-z0-9-]+\.){1,4}[a-z]{2,12}(?:/\S*)?", re.IGNORECASE)
OPAQUE = "t.co"
"""X writes all links as addresses of its own, which do not tell where they lead."""
TO_PAPER = r"(?:abs|pdf|arxiv|paper|preprint|pre-print|full paper|article)"
LABEL = re.compile(rf"[ \t]*{TO_PAPER}(?: (?:here|link))?[ \t]*[:：]?[ \t]*", re.IGNORECASE)
"""A line that says nothing but what the link is that stands behind it."""
IS_LABEL = re.compile(rf"(?<![\w-]){TO_PAPER}[ \t]*[:：][ \t]*\Z", re.IGNORECASE)
LONGEST_LABEL = 30
SYMBOLS: dict[str, str] = dict(
    re.findall(
        r"(\w+):(\S)",
        "alpha:α beta:β gamma:γ delta:δ epsilon:ε zeta:ζ eta:η theta:θ iota:ι kappa:κ lambda:λ mu:μ nu:ν xi:ξ pi:π rho:ρ sigma:σ "
        "tau:τ phi:φ chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Phi:Φ Psi:Ψ Omega:Ω "
        "leq:≤ geq:≥ neq:≠ sim:∼ approx:≈ times:× cdot:· pm:± infty:∞ to:→ rightarrow:→ ll:≪ gg:≫",
    )
)
"""What people write in posts as TeX does; the renderer's tables are too large for pages."""
COMMAND = re.compile(r"\\(?P<name>[A-Za-z]{2,20}+)")
COMMANDS = re.compile(r"(?P<tag><[^<>]*>)|(?<![\w\\:/])(?:\\[A-Za-z]{2,20}+)++")
"""In a row; not in the path of a file."""
WORD_ENDS = re.compile(r"[\w.,:;!?…)]")


class ReadPost(NamedTuple):
    """What a page shows of a post's text."""

    html: SafeString
    """Safe; empty where the post has no text of its own."""
    language: str
    """A BCP 47 tag, or empty."""
    direction: str


def read_post(shown: ShownTweet, arxiv_id: str) -> ReadPost:
    return _read(shown.body_html, shown.shown_html, shown.language, shown.direction, arxiv_id)


@lru_cache(maxsize=4096)
def _read(body: str, safe_html: SafeString, language: str, direction: str, arxiv_id: str) -> ReadPost:
    text = text_of(body)
    is_rtl = direction == "rtl" or direction_of(text) == "rtl"
    html = mark_safe(with_symbols(without_links_to(safe_html, arxiv_id)))  # noqa: S308 (a part of what is safe)
    return ReadPost(html, language_of(text, language), "rtl" if is_rtl else "ltr")


def without_links_to(body: str, arxiv_id: str) -> str:
    """The safe HTML of a body without links to the paper and empty lines, in one pass. Only whole links go, so the rest is safe.
    Words that are such a link (a story's title, "our paper") stay as words: they are part of what is said.

    A link leads to the paper where its address or its text says so, and one of X's opaque ones where its author does
    ("abs:", "pdf:").
    """
    shown, at = "", 0
    for link in LINK.finditer(body):
        shown += body[at : link.start()]
        at, label = link.end(), shown[-LONGEST_LABEL:]
        if _leads_to(link, arxiv_id) and not _shows_address(link):
            shown += link["text"]
        elif _leads_to(link, arxiv_id) or (_is_opaque(link) and IS_LABEL.search(label)):
            line = label.rpartition("<br>")[2] if "<br>" in label else shown if len(shown) < LONGEST_LABEL else ""
            shown = shown[: len(shown) - len(line)] if LABEL.fullmatch(line) else shown
            at += shown.endswith(" ") and body.startswith(" ", at)
        else:
            named = _named(link)
            # X takes out the line break before an address, which no longer looks like one.
            shown += f" {named}" if named != link[0] and WORD_ENDS.search(shown[-1:]) else named
    return _without_empty_lines(shown + body[at:])


def with_symbols(body: str) -> str:
    """The safe HTML with the symbols for which its text has TeX's names: people write \\gamma where they mean γ."""
    return COMMANDS.sub(lambda found: found[0] if found["tag"] else COMMAND.sub(_symbol, found[0]), body)


def _symbol(command: re.Match[str]) -> str:
    return SYMBOLS.get(command["name"], command[0])


def _without_empty_lines(body: str) -> str:
    """None at either end, and no two in a row."""
    lines: list[str] = []
    for line in body.split("<br>"):
        stripped = line.strip(" \t")
        if stripped or (lines and lines[-1]):
            lines.append(stripped)
    return "<br>".join(lines[:-1] if lines and not lines[-1] else lines)


def _is_opaque(link: re.Match[str]) -> bool:
    return _host(link["href"]) == OPAQUE and _host(_address(link["text"])) == OPAQUE


def _leads_to(link: re.Match[str], arxiv_id: str) -> bool:
    return any(paper_of_link(_address(unescape(link[name]))) == arxiv_id for name in ("href", "text"))


def _shows_address(link: re.Match[str]) -> bool:
    """Whether its text is the address, perhaps a part of it or X's own for it, or nothing."""
    text = unescape(link["text"]).rstrip("… ")
    return (
        not text
        or bool(IS_ADDRESS.fullmatch(text) and _host(_address(text)) in (_host(link["href"]), OPAQUE))
        or (paper_of_link(_address(text)) is not None)
    )


def _named(link: re.Match[str]) -> str:
    if PICTURE.fullmatch(link["text"]):
        return f"{link['open']}[picture]</a>"
    text = link["text"].rstrip("… ")
    if not IS_ADDRESS.fullmatch(text):
        return link[0]
    host = _host(_address(text))
    return f"{link['open']}{host}</a>" if host else link[0]


def _address(text: str) -> str:
    return text if "://" in text[:8] else f"https://{text}"


def _host(address: str) -> str:
    try:
        return (urlsplit(address[:LONGEST_ADDRESS]).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
