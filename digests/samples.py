"""A few days of sample data, so that an empty site has something to show.

The ids, titles, authors and categories are those of real papers; the days, counts, abstracts and tweets are made up.
"""

from pathlib import Path

from django.db import transaction

from digests.importing import store
from digests.models import Digest
from digests.post_files import post_files, read_post
from papers.models import Paper, Tweet
from papers.search import index_changed

SAMPLES = Path(__file__).parent / "samples"


def load() -> int:
    """Store the sample days, marked as such; how many there are."""
    readings = [read_post(file) for file in post_files(SAMPLES)]
    with transaction.atomic():
        for reading in readings:
            store(reading, is_sample=True)
    index_changed()
    return len(readings)


@transaction.atomic
def clear() -> int:
    """Remove the sample days, and those of their papers and tweets that nothing else has shown since; how many days went."""
    _, removed = Digest.objects.filter(is_sample=True).delete()
    Tweet.objects.filter(is_sample=True, shown=None).delete()
    Paper.objects.filter(is_sample=True, entries=None).delete()
    return removed.get("digests.Digest", 0)
