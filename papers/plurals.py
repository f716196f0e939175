"""Numbers with what is counted, as people read them."""


def counted(number: int, one: str, several: str = "") -> str:
    """`1 paper`, `1,234 papers`; `several` where an s makes no plural, or a verb follows: `2 papers have`."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
