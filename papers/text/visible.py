"""What people see of a text: controls, and marks that turn the direction of all that follows, are no part of it."""

import re
import unicodedata

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks of direction that last until they are ended: one that never is turns the rest of its line, a list of authors, say."""
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]")
"""Controls, ends of lines, and what is no character: HTML forbids most of them, and XML some."""


def without_controls(text: str) -> str:
    """The text without marks that turn it; with a space for each control, also for ends of lines."""
    return CONTROLS.sub(" ", TURNING.sub("", text))


def is_visible(text: str) -> bool:
    """Whether it is more than spaces, controls and marks of format."""
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)
