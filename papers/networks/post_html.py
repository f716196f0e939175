"""A post's text as HTML that is safe to show as it is: text, five entities, `<br>` and links to http and https."""

import re
import unicodedata
from collections.abc import Iterable

from papers.networks.base import Run
from papers.text.embed import escape
from papers.text.visible import is_visible


def body_of(runs: Iterable[Run]) -> str:
    return "".join(map(_markup, runs))


def direction_of(runs: Iterable[Run]) -> str:
    """`ltr` or `rtl`, by the first letter that has a direction."""
    kinds = (unicodedata.bidirectional(character) for run in runs for character in run.text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def _markup(run: Run) -> str:
    """A link, where there is something in it to be seen: nobody finds one of spaces, or knows where it leads."""
    text = _text(run.text)
    return f'<a href="{escape(run.url)}">{text}</a>' if run.url and is_visible(run.text) else text


def _text(text: str) -> str:
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n"))
    return escape(plain).replace("\n", "<br>")
