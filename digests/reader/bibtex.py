"""Papers as BibTeX entries and as lines to cite.

Titles and names are TeX as arXiv gave them, and stay so; what TeX would stumble over is escaped. Braces around a title keep its
capitals. See https://info.arxiv.org/help/bibtex.html for the fields of an e-print.
"""

import re
from collections.abc import Sequence

from digests.reader.names import GROUP, SUFFIX, Name, people
from papers.models import Paper
from papers.rendered.stored import Texts
from papers.text.delimiters import FORMULA
from papers.text.identifiers import year_of
from papers.text.visible import without_controls

CONTENT_TYPE = "application/x-bibtex; charset=utf-8"
BEFORE_A_DIGIT = r"(?<!\\)\$(?![\s\d])(?:(?:\\.|[^\s$\\])+|(?=[^$]*[\\^_])(?:\\.|[^$\\])+(?<!\s))\$(?=\d)"
"""A formula that a digit follows ("$\\sim$5x"), which two prices ("$5 and $6") never look like."""
SPECIAL = re.compile(
    rf"(?P<kept>{FORMULA}|{BEFORE_A_DIGIT}|\\(?:url|href|path)\s*\{{[^{{}}]*\}}|\\(?:[^A-Za-z]|[A-Za-z]+))"
    r"|(?P<special>[&%#$_^~<>|])"
)
ESCAPED = {
    "^": r"\^{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
COMMAND = re.compile(r"\\(.)(?=([A-Za-z])?)")
BRACES = {"{": r"\lbrace", "}": r"\rbrace"}
MOST_NAMES = 6
"""The most authors that a citation line names."""


def entry(paper: Paper, categories: Sequence[str], key: str = "") -> str:
    """The paper's entry; its categories, the primary one first. The key is its arXiv id unless one is given."""
    names, has_others = people(paper.authors)
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join([*map(_name, names), *["others"] * (has_others and bool(names))]),
        "year": str(year(paper)),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": categories[0] if categories else "",
        "url": paper.abs_url,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key or f'arXiv:{paper.arxiv_id}'},\n" + ",\n".join(lines) + "\n}\n"


def citation(paper: Paper, categories: Sequence[str], texts: Texts) -> str:
    """One line of plain text: authors, title, id and year."""
    names, has_others = people(texts.names(paper.authors))
    if len(names) > MOST_NAMES:
        authors = f"{names[0]} et al."
    elif has_others and names:
        authors = f"{', '.join(names)} et al."
    else:
        authors = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
    title = texts.line_text(paper.title)
    primary = f" [{categories[0]}]" if categories else ""
    start = f"{authors.rstrip('.')}. " if authors else ""
    return f"{start}“{title}”. arXiv:{paper.arxiv_id}{primary}, {year(paper)}. {paper.abs_url}"


def year(paper: Paper) -> int:
    """The year of submission. If the exact time is not stored, the id tells the year."""
    return paper.submitted_at.year if paper.submitted_at else year_of(paper.arxiv_id)


def _name(name: str) -> str:
    """As BibTeX reads it: "Example, Jr, A.". Braced where it is no person's, or BibTeX would take it for two names, or its parts
    for others than they are."""
    written = _tex(name)
    parts = Name.of(written)
    if (parts.suffix or "," in written) and parts.given and "," not in parts.given and _is_person(written):
        return ", ".join(filter(None, [parts.full_family, parts.suffix, parts.given]))
    last_word = written.rpartition(" ")[2]
    is_one = GROUP.search(written) or SUFFIX.fullmatch(last_word) or re.search(r",|\band\b|^others$", written, re.IGNORECASE)
    return f"{{{written}}}" if is_one else written


def _is_person(name: str) -> bool:
    """Whether it is one person's, as far as it tells, and of plain letters."""
    return not GROUP.search(name) and not re.search(r"\\|[{}]|\band\b", name, re.IGNORECASE)


def _tex(text: str) -> str:
    """The text on one line with balanced braces. Outside of formulas and commands, TeX’s special characters are escaped."""
    text = " ".join(without_controls(text).split())
    if not _is_balanced(text):
        text = COMMAND.sub(lambda found: BRACES[found[1]] + " " * bool(found[2]) if found[1] in BRACES else found[0], text)
    if not _is_balanced(text):
        text = text.replace("{", "(").replace("}", ")")
    text = SPECIAL.sub(_written, text)
    dangling = len(text) - len(text.rstrip("\\"))
    return text + " " if dangling % 2 else text


def _written(found: re.Match[str]) -> str:
    """A bare percent sign would begin a comment even in a formula."""
    if found["kept"]:
        return re.sub(r"(\\.)|%", lambda part: part[1] or r"\%", found["kept"])
    return ESCAPED.get(found["special"], "\\" + found["special"])


def _is_balanced(text: str) -> bool:
    """Whether the braces are balanced as BibTeX counts them: those behind a backslash count, too."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0
