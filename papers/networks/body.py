"""A post's text as HTML that is safe to show as it is: text, five entities, `<br>` and links to http and https."""

import re
import unicodedata
from collections.abc import Iterable

from papers.networks.base import Run
from papers.text.embed import escape


def body_of(runs: Iterable[Run]) -> str:
    return "".join(f'<a href="{escape(run.url)}">{_text(run.text)}</a>' if run.url else _text(run.text) for run in runs)


def direction_of(runs: Iterable[Run]) -> str:
    """`ltr` or `rtl`, by the first letter that has a direction."""
    kinds = (unicodedata.bidirectional(character) for run in runs for character in run.text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def _text(text: str) -> str:
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n"))
    return escape(plain).replace("\n", "<br>")
