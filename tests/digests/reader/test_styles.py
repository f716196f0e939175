"""Pages with formulas, and only they, ask for the maths fonts that they need."""

import pytest

from digests.reader.styles import maths_fonts

FIRST, SECOND = "fonts/math.woff2", "fonts/math-letters.woff2"


@pytest.mark.parametrize(
    ("html", "fonts"),
    [
        ("<p>ℝ and 𝔼 in words</p>", []),
        ("<math><mi>x</mi></math>", [FIRST]),
        ("<math><mi>ℱ</mi></math>", [FIRST, SECOND]),
        ("<math><mi>𝐱</mi></math>", [FIRST, SECOND]),
        ("<math><mi>ℝ</mi></math>", [FIRST, SECOND]),
    ],
)
def test_maths_fonts_of_a_page(html: str, fonts: list[str]) -> None:
    assert maths_fonts(html) == fonts
