"""A network that nobody has: what docs/howto/network.md asks for, and nothing more."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import httpx

from papers.networks.api import Api
from papers.networks.base import Count, FoundPost, GoneReason, Network, PostsRead, Run
from papers.networks.paper_links import paper_ids_in
from papers.networks.strict_json import count, items, mapping, text_of, whole_number

PAGE = "https://toy.example/notes/"


class Toy(Network):
    name: ClassVar = "toy"
    title: ClassVar = "Toy Town"
    counted: ClassVar[tuple[Count, ...]] = (Count("stars", "star", "stars"), Count("echoes", "echo", "echoes"))
    weights: ClassVar[Mapping[str, float]] = {"stars": 2, "echoes": 0}
    mark: ClassVar = '<circle cx="8" cy="8" r="6"/>'

    def __init__(self, api: Api) -> None:
        self._api = api

    @classmethod
    def open(cls, client: httpx.Client, settings: Any, *, attempts: int, now: Callable[[], datetime]) -> Self:
        base = settings.TOY_API_BASE
        return cls(Api(client, base, service=cls.title, setting="TOY_API_BASE", attempts=attempts, now=now))

    @staticmethod
    def is_id(text: str) -> bool:
        return text.isascii() and text.isdigit()

    @staticmethod
    def page(id: str, handle: str = "") -> str:
        return PAGE + id

    @classmethod
    def id_in(cls, address: str) -> str | None:
        id = address.strip().removeprefix(PAGE)
        return id if PAGE + id == address.strip() and cls.is_id(id) else None

    def mentions(self, start: datetime, end: datetime) -> Iterator[FoundPost]:
        notes = map(_note, items(self._api.get("/notes")))
        yield from (note for note in notes if note and note.papers and start <= note.posted_at < end)

    def read(self, posts: Mapping[str, datetime]) -> PostsRead:
        here = {note.id: note for note in map(_note, items(self._api.get("/notes"))) if note}
        gone = {id: GoneReason.DELETED for id in posts if id not in here}
        return PostsRead(posts, {id: here[id] for id in posts if id in here}, gone)


def _note(raw: object) -> FoundPost | None:
    note = mapping(raw)
    id, at = whole_number(note.get("id")), whole_number(note.get("at"))
    if not id or not at:
        return None
    told = {name: count(note.get(name)) for name in ("stars", "echoes")}
    by, text, url = (text_of(note.get(name)) for name in ("by", "text", "url"))
    return FoundPost(
        id=str(id),
        author_id=by,
        handle=by,
        name=by,
        posted_at=datetime.fromtimestamp(at, UTC),
        papers=paper_ids_in([url]),
        runs=(Run(f"{text} "), Run(url, url)),
        language="en",
        counts={name: value for name, value in told.items() if value is not None},
    )
