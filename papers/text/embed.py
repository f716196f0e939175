"""The grammar of an embedded tweet, as oEmbed answers it and as a post file holds it.

Use the patterns with `fullmatch`. What they accept is safe to store and show as it is: the body holds only text, five entities,
`<br>` and links to X's own hosts. Every loop is possessive and each alternative begins with a different character, so the work
is linear in the input.
"""

import html
import re
from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# C0 control characters (but for the tab) and halves of surrogate pairs cannot be stored everywhere, and no tweet holds them.
NO_TEXT = r"<>&\x00-\x08\x0a-\x1f\ud800-\udfff"
ENTITY = r"&(?:amp|lt|gt|quot|\#39);"
TEXT = rf"(?:[^{NO_TEXT}]++|{ENTITY})*+"
# A name ends before the last " (@HANDLE) " in front of a link; names may themselves look like "X (@lab)".
NAME_HTML = rf"(?:[^{NO_TEXT}\x20]++|{ENTITY}|\x20(?!\(@[A-Za-z0-9_]{{1,20}}\)\x20<))*+"
BODY_HTML = rf"""(?:
    [^{NO_TEXT}]++ | {ENTITY} | <br>
    | <a\ href="https://(?:t\.co|twitter\.com|x\.com)/(?:[^{NO_TEXT}"\s]++|&amp;)*+">{TEXT}</a>
)*+"""


def blockquote(*, attributes: str, host: str) -> str:
    return rf"""
        <blockquote\ class="twitter-tweet"{attributes}>
        <p\ lang="(?P<lang>[A-Za-z]{{2,3}}(?:-[A-Za-z]{{4}})?(?:-[A-Za-z0-9]{{2,3}})?)"\ dir="(?P<dir>ltr|rtl)">
        (?P<body>{BODY_HTML})</p>
        &mdash;\ (?P<name>{NAME_HTML})\ \(@(?P<handle>[A-Za-z0-9_]{{1,20}})\)
        \ <a\ href="https://{host}/(?P=handle)/status/(?P<status_id>[1-9][0-9]{{0,18}})\?ref_src=twsrc%5Etfw">
        (?P<date>(?:{"|".join(MONTHS)})\ (?:[1-9]|[12][0-9]|3[01]),\ [0-9]{{4}})</a></blockquote>
    """


BODY = re.compile(BODY_HTML, re.VERBOSE)
"""A tweet's body."""
ATTRIBUTE = rf'(?:[^{NO_TEXT}"]++|{ENTITY})*+'
OPEN_BODY_HTML = rf"""(?:
    [^{NO_TEXT}]++ | {ENTITY} | <br>
    | <a\ href="[Hh][Tt][Tt][Pp][Ss]?://{ATTRIBUTE}">(?:[^{NO_TEXT}]++|{ENTITY}|<br>)*+</a>
)*+"""
OPEN_BODY = re.compile(OPEN_BODY_HTML, re.VERBOSE)
"""The body of a post on a network whose texts link to any host."""
NAME = re.compile(NAME_HTML, re.VERBOSE)
"""An author's display name, in HTML (`Naomi&#39;s`); see `escape` and `unescape`."""
BLOCKQUOTE = re.compile(blockquote(attributes="", host=r"twitter\.com"), re.VERBOSE)
"""One line of a post file, always linking to twitter.com: groups lang, dir, body, name, handle, status_id, date."""
TAG = re.compile("<[^<>]*>")
NO_LETTER = re.compile("&#[0-9]{20,}+;?")
"""A reference to a letter that there cannot be; Python refuses to read numbers of more than 4,300 digits."""
ANSWER = re.compile(
    blockquote(attributes=r'(?:\ (?:data-[a-z-]++|align)="[A-Za-z0-9-]*+")*+', host=r"(?:twitter|x)\.com")
    + r'(?:\s*+<script\ async\ src="https://platform\.(?:twitter|x)\.com/widgets\.js"\ charset="utf-8"></script>)?+\s*+',
    re.VERBOSE,
)
"""The `html` of an oEmbed answer, with the same groups: links to either host, options as attributes, X's own script or none.

Public description: https://docs.x.com/x-for-websites/oembed-api
"""


def escape(text: str) -> str:
    """Escape plain text as X writes it in HTML; other writers spell the apostrophe `&#x27;`."""
    return html.escape(text).replace("&#x27;", "&#39;")


def unescape(markup: str) -> str:
    """The plain text of a `NAME`; `escape` restores the same bytes if X wrote them."""
    return html.unescape(NO_LETTER.sub("\ufffd", markup))


def text_of(body: str) -> str:
    """The plain text of a tweet's body, on one line."""
    return unescape(TAG.sub("", body.replace("<br>", " ")))


def read_date(text: str) -> date:
    """Read a date like `November 20, 2026`, whatever the locale. Raises ValueError if the calendar has no such day."""
    month, day, year = text.replace(",", "").split(" ")
    return date(int(year), MONTHS.index(month) + 1, int(day))


def write_date(day: date) -> str:
    """Write a date like `November 20, 2026`, whatever the locale; the inverse of `read_date`."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year:04}"
