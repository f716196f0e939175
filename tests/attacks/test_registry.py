"""A function that reads strangers' text is measured: it is in the registry, or says why not."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

from tests.attacks.exempt import EXEMPT
from tests.attacks.registry import READERS

WHERE = (
    *(
        "papers.text",
        "papers.rendered.renderer",
        "papers.networks",
        "papers.sources",
        "papers.search",
        "papers.code_links",
        "papers.lookup",
        "papers.fetching",
    ),
    *(
        "papers.form_fields",
        "digests.markdown",
        "digests.editing.comparing",
        "digests.converters",
        "digests.reader.lists.selections",
    ),
    *("digests.reader.bibtex", "digests.reader.names", "digests.templatetags.reading", "digests.desk.filters"),
    *("digests.desk.views.actions", "digests.desk.request_body", "digests.editing.presence", "digests.reviewing.mentions"),
    "digests.editing.cleaning",
)
"""Where strangers' text comes in. A new network, source or format is in one of these packages."""
TEXT = ("str", "bytes", "Answer", "object", "QueryDict", "Contents", "Paper", "Mapping[str, typing.Any]")
"""What is, or holds, text."""
NOT_READ = ("HttpRequest",)
"""A view: test_cases.py asks those."""


def modules() -> Iterator[Any]:
    for name in WHERE:
        module = importlib.import_module(name)
        yield module
        for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}."):
            yield importlib.import_module(found.name)


def public_functions(module: Any) -> Iterator[tuple[str, Any]]:
    """Functions and methods that the module defines itself, decorated or not."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if not inspect.isclass(value):
            yield f"{module.__name__}.{name}", inspect.unwrap(value) if callable(value) else None
            continue
        for method, function in vars(value).items():
            if not method.startswith("_"):
                yield f"{module.__name__}.{name}.{method}", inspect.unwrap(getattr(function, "__func__", function))


def takes_text(function: Any) -> bool:
    if not inspect.isfunction(function):
        return False
    kinds = [str(parameter.annotation) for parameter in inspect.signature(function).parameters.values()]
    return any(kind in given for given in kinds for kind in TEXT) and not any(
        kind in given for given in kinds for kind in NOT_READ
    )


def reading() -> set[str]:
    return {name for module in modules() for name, function in public_functions(module) if takes_text(function)}


def test_every_function_that_reads_text_is_measured_or_says_why_not() -> None:
    assert sorted(reading() - {reader.name.partition("[")[0] for reader in READERS} - EXEMPT.keys()) == []


def test_what_is_measured_is_not_exempt() -> None:
    assert sorted(EXEMPT.keys() & {reader.name for reader in READERS}) == []


def test_a_new_function_that_reads_text_is_found() -> None:
    def read(text: str) -> str:
        return text

    def count(number: int) -> int:
        return number

    assert (takes_text(read), takes_text(count)) == (True, False)


def test_readers_have_names_of_their_own() -> None:
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names)
