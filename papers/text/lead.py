"""The sentence of an abstract that tells most, to stand before it: picked by its words and its place, word for word as it is."""

import re
from collections.abc import Iterator

from papers.text.tex import Part

SHORTEST, LONGEST = 45, 190
"""Characters of a sentence that can stand for an abstract, a formula counted as it is written."""
LONGEST_NEWS = 230
"""Of one that says what the authors did: better long than a short one of what others did."""
SHORT_ABSTRACT = 280
"""An abstract that is no longer is read as it stands."""
END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“])(?:e\.g|i\.e|cf|vs|etc|al|resp|approx|ca|no|figs?|eqs?|sec|refs?|dr|mrs?|prof|st|a\.k\.a|w\.r\.t|[A-Z])$",
    re.IGNORECASE,
)
_SELF = r"we|this (?:paper|work|article|study|report|survey)|our (?:\w+ )?(?:method|model|approach|results?|framework|findings?)"
_DOES = (
    "propose|present|introduce|develop|describe|design|build|suggest|tackle|release|study|investigate|explore|examine|"
    "analy[sz]e|survey|review|report|train|learn|provide|address|aim|is the first"
)
NEWS = re.compile(rf"\b(?:{_SELF})(?: also| then| first| here| thus)? (?:{_DOES})", re.IGNORECASE)
FINDING = re.compile(
    r"\bwe (?:also |then |further )?(?:show|find|prove|demonstrate|discover|establish|observe|argue|conclude)\b"
    r"|\b(?:results?|experiments?) (?:show|suggest|demonstrate)",
    re.IGNORECASE,
)
GAIN = re.compile(r"\b(?:outperform|state[- ]of[- ]the[- ]art|surpass|achiev|improv|faster|first time|exceed)", re.IGNORECASE)
HERE = re.compile(r"\b(?:in this|this (?:paper|work|article|study|report|survey))\b", re.IGNORECASE)
LEANING = re.compile(
    r"(?:however|moreover|furthermore|additionally|specifically|in particular|to this end|to address|to do so|for example|"
    r"for instance|these|those|this (?!paper|work|article|study|report|survey)|it|they|such|then|therefore|thus|hence|also|"
    r"finally|second|third|next|besides|in addition|as a result|in order to|but|and|yet|here,?|"
    r"we (?:also|further|then|additionally)|our (?:code|project))\b",
    re.IGNORECASE,
)
"""Sentences that begin so lean on the one before."""
LEANING_BACK = re.compile(r"\b(?:such|these|those|this (?:issue|problem|end|goal|challenge|gap))\b", re.IGNORECASE)
ADVERT = re.compile(
    r"https?:|www\.|\.com\b|\.io\b|\bproject page\b|"
    r"\b(?:code|videos?|models?|datasets?|demo)\b[^.]{0,60}\bavailable\b",
    re.IGNORECASE,
)
PLACE = 0xE000
MOST_PARTS = 2_000


def lead(paragraphs: list[list[Part]]) -> list[Part]:
    """The parts of the sentence; none where the abstract is short, or no sentence can stand alone."""
    parts = [part for paragraph in paragraphs for part in [*paragraph, Part(" ")]]
    if len(parts) > MOST_PARTS or sum(len(part.text) for part in parts) <= SHORT_ABSTRACT:
        return []
    marked = "".join(chr(PLACE + n) if _is_whole(part) else part.text for n, part in enumerate(parts))
    if any(PLACE <= ord(letter) < PLACE + MOST_PARTS for part in parts if not _is_whole(part) for letter in part.text):
        return []  # a text that holds such letters itself
    ranked = [(_worth(sentence, n, parts), -n, sentence) for n, sentence in enumerate(_sentences(marked))]
    worth, _, best = max(ranked, default=(0, 0, ""))
    return list(_parts(best, parts)) if worth > 0 else []


def _is_whole(part: Part) -> bool:
    return part.is_formula or bool(part.href)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in END.finditer(text):
        if ABBREVIATION.search(text[max(start, end.start() - 12) : end.start()]) or _goes_on(text, end.end()):
            continue
        yield text[start : end.end()].strip()
        start = end.end()
    if rest := text[start:].strip():
        yield rest


def _goes_on(text: str, end: int) -> bool:
    """Whether what follows is no beginning of a sentence."""
    following = text[end : end + 8].lstrip()
    return bool(following) and following[0].islower()


def _worth(sentence: str, place: int, parts: list[Part]) -> int:
    """More than 0 for a sentence that can stand alone."""
    length = sum(len(parts[ord(one) - PLACE].text) if _is_place(one, parts) else 1 for one in sentence)
    is_news = length <= LONGEST_NEWS and NEWS.search(sentence) is not None
    if (
        not SHORTEST <= length <= (LONGEST_NEWS if is_news else LONGEST)
        or sentence[-1] not in ".!”\"')’]"
        or sentence[0].islower()
        or ADVERT.search(sentence)
    ):
        return 0
    if any(parts[ord(one) - PLACE].href for one in sentence if _is_place(one, parts)):
        return 0
    worth = 4 + (place == 0)
    worth += 5 * is_news + 3 * bool(FINDING.search(sentence))
    worth += 2 * bool(HERE.search(sentence)) + bool(GAIN.search(sentence))
    worth -= (
        5 * bool(LEANING.match(sentence))
        + bool(LEANING_BACK.search(sentence))
        + (length > 120)
        + (length > 140)
        + (length > 160)
        + (length > LONGEST)
        + (length < 60)
    )
    return worth - sum(_is_place(one, parts) for one in sentence) // 3


def _is_place(letter: str, parts: list[Part]) -> bool:
    return PLACE <= ord(letter) < PLACE + len(parts)


def _parts(sentence: str, parts: list[Part]) -> Iterator[Part]:
    text = ""
    for letter in sentence:
        if not _is_place(letter, parts):
            text += letter
            continue
        if text:
            yield Part(text)
        yield parts[ord(letter) - PLACE]
        text = ""
    if text:
        yield Part(text)
