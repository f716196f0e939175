"""Functions that take text and are not measured one by one, each with the reason."""

EXEMPT: dict[str, str] = {}
