"""Names as addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.search.words import author_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Yann LeCun", "yann-lecun"),
        ("Søren  Ðorđe-Łukasz", "soren-dorde-lukasz"),
        ("鈴木", "鈴木"),
        ("ᴬda", "ada"),
        ("a" * 45, "a" * 40),
        (f"{'a' * 40} {'b' * 40} {'c' * 17} d", f"{'a' * 40}-{'b' * 40}-{'c' * 17}"),
        ("---", ""),
    ],
)
def test_author_key_is_the_name_without_case_and_accents(name: str, key: str) -> None:
    assert author_key(name) == key


@given(st.text(max_size=150))
def test_author_key_of_a_key_is_itself(name: str) -> None:
    """Else the address of an author's page would lead on to another one, which nobody has."""
    assert author_key(author_key(name)) == author_key(name)
