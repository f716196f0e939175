"""A small archive with everything that a layout trips over, and the addresses of all kinds of readers' pages over it."""

from datetime import UTC, date, datetime, timedelta

from digests.models import Digest, PublicEvent
from papers.models import CollectionDay, Paper, PaperMeasurement, Provenance, Tweet
from papers.search.index import index_changed
from tests.factories import make_digest, make_entry, make_paper, make_tweet

LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 6
DAY = date(2021, 5, 12)
READ_AT = datetime(2021, 5, 13, 9, 14, 27, tzinfo=UTC)


def addresses() -> list[str]:
    """Make the archive; the addresses, all of which answer 200."""
    make_days()
    return [
        "/",
        "/?before=2021-05-13",
        "/?before=2020-01-01",
        "/posts/hot-papers-2021-05-12",
        "/posts/hot-papers-2021-05-13",
        "/posts/hot-papers-2021-05-14",
        "/papers/cs/0112017",
        "/papers/2105.77777",
        "/papers/2105.88888",
        "/papers",
        "/papers?category=cs.LG&order=hottest",
        "/papers?period=2019",
        "/papers?after=2021-05-12.4",
        "/papers?after=2020-01-01.1",
        "/categories/cs.LG",
        "/categories/cs.LG?before=2021-05-12",
        "/categories/cs.LG?before=2020-01-01",
        "/authors/ada-example",
        "/authors/ada-example?after=2021-05-12.999999",
        "/archive",
        "/archive/2021",
        "/archive/2021/05",
        "/hottest/week",
        "/hottest/month",
        "/hottest/year",
        "/hottest/ever",
        "/hottest/2021-05",
        "/rising",
        "/search",
        "/search?q=synthetic+author:ada",
        "/search?q=nothing+of+the+kind",
        "/search?q=since:never",
        "/search?q=ada+2021+cs.LG+-nothing&order=newest",
        "/search?q=synthetik+numbre",
        "/search?q=synthetic&in=posts",
        "/about",
        "/days",
        "/days?before=2021-05-13",
        "/days?before=2000-01-01",
        "/days/2021-05-11",
        "/days/2021-05-12",
        "/days/2021-05-15",
        "/days/2020-11-02",
        "/reading",
        "/for-you",
        "/offline",
    ]


EMPTY = ("/", "/archive", "/papers", "/papers?category=cs.LG", "/hottest/week", "/rising", "/days", "/search?q=nothing")
"""Pages of a site that has nothing yet; they answer 200."""
NOT_FOUND = "/nothing"
GONE = "/posts/hot-papers-2021-05-11"
"""A list that was withdrawn: 404, with the reason."""


NOT_UNDERSTOOD = "/papers?order=coldest"
"""A selection that is none: 400."""


def make_days() -> None:
    digest = make_digest(DAY, intro="A day of **long words** and $x^2$.\n\n[Elsewhere](https://arxiv.org)")
    odd = make_paper(
        arxiv_id="cs/0112017",
        title=f"A {LONG_WORD} title with $x_{{{LONG_WORD}}}$ and *stars*",
        abstract=r"Let $$\sum_{i=1}^{n} x_i = \frac{a}{b} "
        + "+ y_{i} " * 60
        + r"$$ hold.   And \emph{more} for $\mathcal{O}(n)$.",
        authors=[LONG_WORD, "鈴木"],
        comment="Code: https://github.com/example/a_very-long-" + "name" * 20,
    )
    tweets = [
        make_tweet(odd, language="ar", direction="rtl", author_name="مختبر", body_html="مرحبا بالعالم https://t.co/" + "a" * 200),
        make_tweet(odd, language="ja", body_html="機械学習の論文がとても面白いので全員に読んでほしいと思います。" * 8),
        make_tweet(
            odd, language="und", author_name="W" * 180, body_html=f'🔥 <a href="https://t.co/x">{"x" * 280}</a><br><br>end'
        ),
        make_tweet(odd, state=Tweet.State.DELETED),
    ]
    make_entry(
        digest, odd, *tweets, retweets=2_000_000_000, favorites=2_000_000_000, provenance=Provenance.POST,
        note=f"# Read it\n\n> {LONG_WORD}\n\n- `code` and $E = mc^2$",
    )  # fmt: skip
    for n in range(4):
        paper = make_paper(
            arxiv_id=f"2105.{77777 + n}",
            abstract="One paragraph.   Another, with a price of $410.",
            categories=("cs.LG", "cond-mat.mtrl-sci", "stat.ML"),
            comment="12 pages, code at github.com/example/synthetic",
        )
        read = make_tweet(paper, retweets=900, favorites=4_000, read_at=READ_AT, author_id="7")
        others = [make_tweet(paper, retweets=m, favorites=3, read_at=READ_AT) for m in range(4 if n < 2 else 0)]
        make_entry(digest, paper, read, *others, retweets=1_234 - n, favorites=5_678, is_pinned=n == 3)
        make_history(paper)
    PublicEvent.objects.create(digest=digest, kind=PublicEvent.Kind.PUBLISHED, at=READ_AT)
    PublicEvent.objects.create(digest=digest, kind=PublicEvent.Kind.CORRECTED, at=READ_AT, note="A *title* was wrong.")

    sample = make_digest(DAY + timedelta(days=1), is_sample=True)
    make_entry(sample, make_paper(is_sample=True), make_tweet(is_sample=True))
    make_digest(DAY + timedelta(days=2))
    make_digest(DAY + timedelta(days=3), papers=1, status=Digest.Status.DRAFT)
    withdrawn = make_digest(DAY - timedelta(days=1), papers=1, status=Digest.Status.WITHDRAWN)
    PublicEvent.objects.create(digest=withdrawn, kind=PublicEvent.Kind.WITHDRAWN, at=READ_AT, note="Counted twice.")
    make_entry(make_digest(date(2020, 11, 2)), make_paper(abstract=""), provenance=Provenance.POST)
    make_paper(arxiv_id="2105.88888", title="Never on a list", version=1, newer={"version": 2}, submitted_at=READ_AT)
    CollectionDay.objects.create(
        date=DAY, state=CollectionDay.State.COMPLETE, listing_source=Paper.ListingSource.FEED, expected_new=512, found_new=512,
        papers_done_at=READ_AT, tweets_done_at=READ_AT, tweets_found=3_204,
    )  # fmt: skip
    index_changed()
    CollectionDay.objects.create(date=date(2021, 5, 15), state=CollectionDay.State.QUIET)


def make_history(paper: Paper) -> None:
    PaperMeasurement.objects.bulk_create(
        PaperMeasurement(
            paper=paper, provenance=Provenance.NETWORK, read_at=READ_AT - timedelta(hours=4 * (9 - n)),
            retweets=137 * n, favorites=630 * n,
        )
        for n in range(1, 10)
    )  # fmt: skip
