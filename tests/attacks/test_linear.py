"""Whatever a stranger writes, each function that reads it stays within a second, and needs twice the time for twice the text."""

import pytest

from tests.attacks.measuring import findings, slowness
from tests.attacks.reader import Reader
from tests.attacks.registry import READERS

pytestmark = [pytest.mark.slow(seconds=0.4), pytest.mark.timeout(600)]
TRIES = 4


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_reader_is_linear_and_raises_its_own_errors_only(reader: Reader) -> None:
    slowness()  # before the children that measure begin
    found = findings(reader)
    for _ in range(TRIES):  # what another process on the same core made slow is not slow each time
        if not found:
            break
        slowness.cache_clear()
        found = findings(reader, sorted({finding.unit for finding in found}))
    assert list(map(str, found)) == []
