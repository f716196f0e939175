"""Registers the texts of editors, and those that a list prints instead of arXiv's, to be rendered."""

from typing import Any

from digests.models import Comment, Digest, Entry, PublicEvent, ShownTweet
from papers.rendered.columns import register, texts_of_tweet
from papers.rendered.kinds import Kind, Text, names_source


def register_all() -> None:
    """Register our tables with `papers`; called once, when the apps are ready."""
    register(Digest, ("intro",), texts_of_note)
    register(PublicEvent, ("note",), texts_of_note)
    register(Comment, ("text",), texts_of_note)
    register(Entry, ("note", "printed_otherwise"), texts_of_entry)
    register(ShownTweet, ("printed_otherwise",), texts_of_shown_tweet, also=("tweet__network",), body="printed_otherwise__body")


def texts_of_note(note: str) -> list[Text]:
    return [(Kind.NOTE, note)]


def texts_of_entry(note: str, otherwise: dict[str, Any] | None) -> list[Text]:
    printed = otherwise or {}
    return [
        (Kind.NOTE, note),
        (Kind.LINE, str(printed.get("title", ""))),
        (Kind.ABSTRACT, str(printed.get("abstract", ""))),
        (Kind.LEAD, str(printed.get("abstract", ""))),
        (Kind.NAMES, names_source(printed.get("authors") or ())),
    ]


def texts_of_shown_tweet(otherwise: dict[str, Any] | None, network: str) -> list[Text]:
    return texts_of_tweet(str((otherwise or {}).get("body", "")), network)
