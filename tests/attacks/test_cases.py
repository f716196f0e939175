"""Hostile and odd texts by every way in which texts come in: `cases/<way>.tsv` says what is right, a line each.

A line is the right outcome, as the function of that name in `outcomes.py` tells it, a tab, and the text as a Python expression.
"""

import inspect
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.attacks import outcomes
from tests.editors import make_client, make_user

CASES = Path(__file__).parent / "cases"
WAYS = sorted(file.stem for file in CASES.glob("*.tsv"))
LEAST = 400


def cases(way: str) -> list[tuple[str, str]]:
    lines = (CASES / f"{way}.tsv").read_text(encoding="utf-8").splitlines()
    return [(right, text) for right, _, text in (line.partition("\t") for line in lines)]


@pytest.fixture
def clients(db: None) -> dict[str, Client]:
    """Of a superuser for the desk, of nobody for the pages; a traceback is an answer of 500."""
    found = {"desk": make_client(make_user(is_superuser=True)), "page": Client()}
    for client in found.values():
        client.raise_request_exception = False
    return found


def outcome(way: str, text: str, clients: dict[str, Client]) -> str:
    function: Any = getattr(outcomes, way)
    value = eval(text, {"__builtins__": {}})
    if "client" in inspect.signature(function).parameters:
        return str(function(clients["desk" if way == "desk" else "page"], value))
    return str(function(value))


@pytest.mark.parametrize("way", WAYS)
def test_hostile_text_does_what_is_right(way: str, clients: dict[str, Client]) -> None:
    came = [f"{outcome(way, text, clients)}\t{text}" for _, text in cases(way)]

    assert came == [f"{right}\t{text}" for right, text in cases(way)]


def test_cases_are_many_and_none_is_there_twice() -> None:
    all_of_them = [(way, text) for way in WAYS for _, text in cases(way)]
    assert len(all_of_them) == len(set(all_of_them)) >= LEAST
