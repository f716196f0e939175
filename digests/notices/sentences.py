"""A notice in words."""

from digests.editing.conflicts import MACHINE
from digests.models import Notice

Kind = Notice.Kind
SENTENCES: dict[str, str] = {
    Kind.DAY_READY: "The candidates of {day} are complete.",
    Kind.REVIEW_WANTED: "{author} asks for a review of the list of {day}.",
    Kind.CHANGES_WANTED: "{author} asks for changes to the list of {day}.",
    Kind.MENTIONED: "{author} mentions {names} in a comment of {day}.",
    Kind.PUBLISHED: "{author} published the list of {day}.",
}
BY_ITSELF = "The list of {day} was published automatically."
CORRECTED = "{author} published a correction of {day}."
FAILED = {
    "published": "The list of {day} was not published on time: {why}.",
    "collected": "The collection of {day} failed: {why}",
    "mirror": "The mirror {name} is not up to date: {why}",
}
LONGEST = 300


def said(notice: Notice) -> str:
    """One line, at most 300 characters."""
    sentence = SENTENCES.get(notice.kind) or FAILED.get(notice.details.get("what", ""), "Something failed: {why}")
    if notice.kind == Kind.PUBLISHED and not notice.author:
        sentence = BY_ITSELF
    if notice.kind == Kind.PUBLISHED and notice.details.get("is_correction"):
        sentence = CORRECTED
    day = f"{notice.day.day} {notice.day:%b %Y}" if notice.day else ""
    words = {
        "day": day,
        "author": notice.author or MACHINE,
        "names": ", ".join(notice.details.get("names", ())),
        "why": notice.details.get("why", ""),
        "name": notice.details.get("name", ""),
    }
    line = " ".join(sentence.format_map(words).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
