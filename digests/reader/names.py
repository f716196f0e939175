"""Authors' names for citations: who is named among what arXiv lists as authors, and the parts of a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

OTHERS = re.compile(r"et\.? al\.?|etal\.?|others", re.IGNORECASE)
"""The last one or two words of a name. Names are compared word by word: a pattern with spaces before its end
takes quadratic time."""
GROUP = re.compile(r"\b(?:collaborations?|consortium|consortia|teams?|(?:working )?groups?)\b", re.IGNORECASE)
SUFFIX = re.compile(r"(?:Jr|Sr)\.?|JR\.?|SR\.?|II|III|IV|VI{1,3}")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts; the name of a group is a family name alone."""

    family: str
    given: str = ""
    particle: str = ""
    """As in "van der"."""
    suffix: str = ""

    @classmethod
    def of(cls, name: str) -> "Name":
        """Read a name as people write it."""
        words = name.replace(",", " ").split()
        if GROUP.search(name) or len(words) < 2:
            return cls(name)
        suffix = words.pop() if len(words) > 2 and SUFFIX.fullmatch(words[-1]) else ""
        before, comma, after = name.strip().removesuffix(suffix).rstrip(", ").partition(",")
        if comma:  # Example, Ada, Jr
            family, given = before.strip(), after.strip()
            is_whole = _has_letters(family) and _has_letters(given) and not SUFFIX.fullmatch(given)
            return cls(family, given, suffix=suffix) if is_whole else cls(name)
        last = len(words) - 1
        while last > 1 and words[last - 1].islower():
            last -= 1
        if last == 1 and len(words) > 2 and words[0].islower():  # van der Example, without a given name
            return cls(name)
        return cls(words[-1], " ".join(words[:last]), " ".join(words[last:-1]), suffix)

    def __str__(self) -> str:
        """Return `van der Example, Ada, Jr`."""
        return ", ".join(filter(None, [self.full_family, self.given, self.suffix]))

    @property
    def full_family(self) -> str:
        return f"{self.particle} {self.family}".strip()

    @property
    def csl(self) -> dict[str, str]:
        if not self.given:
            return {"literal": self.family}
        parts = {"family": self.family, "given": self.given, "non-dropping-particle": self.particle, "suffix": self.suffix}
        return {name: text for name, text in parts.items() if text}


def people(authors: Sequence[str]) -> tuple[list[str], bool]:
    """The names among what arXiv lists as authors, and whether it says that there are others.

    Without what stands in brackets behind a name: it is the same in other letters, or where somebody works.
    A colon stands between a collaboration and those who write for it, as an author of its own or in one.
    """
    parts = [part.split() for author in authors for part in author.split(":")]
    named = [_without_others(words) for words in parts]
    names = [_without_brackets(" ".join(words)) for words in named]
    return [name for name in names if any(map(str.isalpha, name))], named != parts


def _has_letters(text: str) -> bool:
    return any(map(str.isalnum, text))


def _without_brackets(name: str) -> str:
    before, _, _ = name.rpartition(" (") if name.endswith(")") else ("", "", "")
    return before if any(map(str.isalpha, before)) else name


def _without_others(words: list[str]) -> list[str]:
    """The words of a name, without a final "et al."."""
    for length in (2, 1):
        if OTHERS.fullmatch(" ".join(words[-length:])):
            rest = words[:-length]
            rest = rest[:-1] if rest and rest[-1].lower() == "and" else rest
            return [*rest[:-1], rest[-1].rstrip(",")] if rest else []
    return words
