"""A few days of sample data, so that an empty site has something to show.

The ids, titles, authors and categories are those of real papers; the days, counts, abstracts and tweets are made up.
"""

from datetime import timedelta
from pathlib import Path

from django.db import transaction

from digests.markdown.files import post_files, read_post
from digests.markdown.importing import store
from digests.models import Digest, Entry
from papers.models import Paper, PaperMeasurement, Provenance, Tweet
from papers.search.index import index_changed

SAMPLES = Path(__file__).parent / "sample_posts"
GROWTH = {32: 0.02, 28: 0.07, 24: 0.18, 20: 0.3, 16: 0.52, 12: 0.7, 8: 0.83, 4: 0.94}
"""Hours before a sample day's counts were read, and the share of them that there was."""


def load() -> int:
    """Store the sample days, marked as such; how many there are."""
    readings = [read_post(file) for file in post_files(SAMPLES)[0]]
    with transaction.atomic():
        for reading in readings:
            store(reading, is_sample=True)
        PaperMeasurement.objects.bulk_create(_history(), ignore_conflicts=True)
    index_changed()
    return len(readings)


def _history() -> list[PaperMeasurement]:
    """How the counts of the sample days came about."""
    return [
        PaperMeasurement(
            paper_id=entry.paper_id,
            provenance=Provenance.POST,
            read_at=entry.read_at - timedelta(hours=hours, minutes=7 * entry.position),
            retweets=int(entry.retweets * share ** (0.5 + entry.position % 3)),
            favorites=int(entry.favorites * share ** (0.4 + entry.position % 4 / 2)),
        )
        for entry in Entry.objects.filter(digest__is_sample=True)
        for hours, share in GROWTH.items()
    ]


@transaction.atomic
def clear() -> int:
    """Remove the sample days, and those of their papers and tweets that nothing else has shown since; how many days went."""
    for paper_id, read_at in Entry.objects.filter(digest__is_sample=True).values_list("paper", "read_at"):
        PaperMeasurement.objects.filter(paper=paper_id, provenance=Provenance.POST, read_at__lte=read_at).delete()
    _, removed = Digest.objects.filter(is_sample=True).delete()
    Tweet.objects.filter(is_sample=True, shown=None).delete()
    Paper.objects.filter(is_sample=True, entries=None).delete()
    return removed.get("digests.Digest", 0)
