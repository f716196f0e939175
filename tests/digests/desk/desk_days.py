"""Days for the tests of the desk in a browser."""

from datetime import UTC, date, datetime, timedelta

from digests.models import Digest
from papers.models import CollectionDay, Mention, Paper, PaperCategory, PaperMeasurement, Provenance, Tweet
from tests.factories import make_digest, make_entry

DAY = date(2026, 11, 19)
"""A Thursday."""
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TITLES = (
    "Sparse Attention Without Tears",
    "Which BERT? A Study of $128 \\times 128$ Images",
    "Robust Q-Learning from Three Examples",
    "Lazy Graph Kernels Scale *Down*, Too",
    "A Rényi Bound for Federated Speech Models That Listen to Everything at Once",
)


def make_day(candidates: int, *, hot: int = 20, day: date = DAY) -> list[Paper]:
    """A complete listing day with so many papers, the hottest first; so many of them are hot, and each has tweets."""
    CollectionDay.objects.create(
        date=day, state="complete", papers_done_at=NOW, tweets_done_at=NOW, found_new=candidates, expected_new=candidates
    )
    papers = Paper.objects.bulk_create(
        Paper(
            arxiv_id=f"2611.{10000 + n}",
            title=f"{TITLES[n % len(TITLES)]}, Part {n + 1}",
            abstract="We show that synthetic papers have synthetic abstracts.",
            authors=["Ada Example", "Bob Sämple", "José María Specimen", "Fatma Instance", "玲 Größe"][: 1 + n % 5],
            listing_date=day,
            listing_source="feed",
            submitted_at=NOW - timedelta(days=2, minutes=n),
            version=1,
        )
        for n in range(candidates)
    )
    PaperCategory.objects.bulk_create(
        PaperCategory(paper=paper, position=place, code=code)
        for n, paper in enumerate(papers)
        for place, code in enumerate(("cs.LG", "cs.CL") if n % 3 else ("stat.ML", "cs.CV", "cs.LG"))
    )
    tweets, of = [], []
    for n, paper in enumerate(papers):
        for k in range(3 if n < hot else n % 2):
            score = (max(60, 600 - 25 * n) if n < hot else 20) // (k + 1)
            tweets.append(
                Tweet(
                    status_id=str(1_991_000_000_000_000_000 + n * 100 + k),
                    author_id=str(1000 + k),
                    author_name=("Example Lab", "Ada Example", "Paper Club")[k],
                    author_handle=("example_lab", "ada", "paper_club")[k],
                    language="en",
                    body_html="Our synthetic paper is out, and it is better than the last one.",
                    posted_at=NOW - timedelta(hours=20),
                    retweets=score // 4,
                    favorites=score - score // 4,
                    read_at=NOW - timedelta(minutes=30),
                )
            )
            of.append(paper)
    Tweet.objects.bulk_create(tweets)
    Mention.objects.bulk_create(Mention(tweet=tweet, paper=paper) for tweet, paper in zip(tweets, of, strict=True))
    PaperMeasurement.objects.bulk_create(
        PaperMeasurement(
            paper=paper,
            read_at=NOW - timedelta(days=5 - k),
            provenance=Provenance.NETWORK,
            retweets=k * k * (20 - n % 20),
            favorites=k * 15,
        )
        for n, paper in enumerate(papers[: hot * 2])
        for k in range(5)
    )
    return papers


def make_draft(papers: list[Paper], *, day: date = DAY) -> Digest:
    """A draft of these papers, each with its two best tweets."""
    digest = make_digest(day, status=Digest.Status.DRAFT, published_at=None)
    for paper in papers:
        tweets = sorted(paper.tweets.all(), key=lambda tweet: -(tweet.favorites or 0))[:2]
        make_entry(
            digest,
            paper,
            *tweets,
            retweets=sum(tweet.retweets or 0 for tweet in paper.tweets.all()),
            favorites=sum(tweet.favorites or 0 for tweet in paper.tweets.all()),
            read_at=NOW - timedelta(minutes=30),
        )
    return digest
