"""Papers as BibTeX entries and as lines to cite.

Titles and names are TeX as arXiv gave them, and stay so; what TeX would stumble over is escaped. Braces around a title keep its
capitals. See https://info.arxiv.org/help/bibtex.html for the fields of an e-print.
"""

import re
from collections.abc import Sequence

from papers.models import Paper
from papers.rendered.stored import Texts
from papers.text.delimiters import FORMULA

CONTENT_TYPE = "application/x-bibtex; charset=utf-8"
SPECIAL = re.compile(rf"(?P<kept>{FORMULA}|\\(?:[^A-Za-z]|[A-Za-z]+))|(?P<special>[&%#$_^~<>|])")
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
"""In a citation line."""


def entry(paper: Paper, categories: Sequence[str]) -> str:
    """The paper's entry; its categories, the primary one first. The key is its arXiv id, so that no two are the same."""
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(_name(name) for name in paper.authors if name.strip()),
        "year": str(_year(paper)),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": categories[0] if categories else "",
        "url": paper.abs_url,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{arXiv:{paper.arxiv_id},\n" + ",\n".join(lines) + "\n}\n"


def citation(paper: Paper, categories: Sequence[str], texts: Texts) -> str:
    """One line of plain text: authors, title, id and year."""
    names = texts.names(paper.authors)
    if len(names) > MOST_NAMES:
        names = [*names[:1], "et al."]
        authors = " ".join(names)
    else:
        authors = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
    title = texts.line_text(paper.title)
    primary = f" [{categories[0]}]" if categories else ""
    start = f"{authors.rstrip('.')}. " if authors else ""
    return f"{start}“{title}”. arXiv:{paper.arxiv_id}{primary}, {_year(paper)}. {paper.abs_url}"


def _year(paper: Paper) -> int:
    return (paper.submitted_at or paper.listing_date).year


def _name(name: str) -> str:
    """Braced where BibTeX would take it for two names, or its parts for others than they are."""
    written = _tex(name)
    return f"{{{written}}}" if re.search(r",|\band\b", written, re.IGNORECASE) else written


def _tex(text: str) -> str:
    """On one line, with balanced braces, and with what is special to TeX escaped outside of formulas and commands."""
    text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())
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
    """As BibTeX counts braces, those behind a backslash as well."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0
