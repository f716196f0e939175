"""How a text comes to a function that reads what strangers write."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reader:
    """`read` puts a text where the function named finds it, and calls it; `place` tells several such places apart."""

    function: Callable[..., Any]
    read: Callable[[str], object]
    errors: tuple[type[Exception], ...] = ()
    place: str = ""

    @property
    def name(self) -> str:
        function: Any = getattr(self.function, "__wrapped__", self.function)
        name = f"{function.__module__}.{function.__qualname__}"
        return f"{name}[{self.place}]" if self.place else name
