"""The index follows what changes."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from papers.counts.measuring import measure_papers
from papers.models import IndexedPaper, Paper, PaperAuthor, PaperCategory, Provenance, UnindexedPaper
from papers.search import index
from papers.search.finding import matching_ids
from papers.search.index import index_changed, rebuild
from tests.factories import make_tweet
from tests.papers.search.searching import ALL, NEED, NOW, RENYI, VISION, make, measure, titles

pytestmark = pytest.mark.django_db


def test_index_follows_a_changed_paper(library: None) -> None:
    paper = Paper.objects.get(title=NEED)
    paper.title, paper.authors = "Quivers", ["Zoe Müller"]
    paper.save()
    index_changed()

    assert titles("quiver") == ["Quivers"]
    assert "Quivers" in titles("attention")  # by its abstract
    assert titles("author:muller") == ["Quivers"]
    assert titles("author:ada") == []
    assert list(PaperAuthor.objects.filter(paper=paper).values_list("position", "name", "key")) == [
        (0, "Zoe Müller", "zoe-muller")
    ]


def test_index_follows_categories_days_and_deletion(library: None) -> None:
    need = Paper.objects.get(title=NEED)
    need.categories.all().delete()
    PaperCategory.objects.create(paper=need, position=0, code="math.AG")
    Paper.objects.filter(title=RENYI).update(listing_date=date(2019, 1, 1))
    Paper.objects.get(title=ALL).delete()
    index_changed()

    assert titles("attention") == [VISION, NEED]
    assert titles("cat:math") == [NEED]
    assert titles("cat:cs.LG") == []
    assert titles("since:2019-01-01 until:2019-01-01") == [RENYI]


def test_index_follows_a_paper_that_gets_hot(library: None) -> None:
    paper = Paper.objects.get(title=NEED)
    tweet = make_tweet(paper, retweets=5_000, favorites=4_000, read_at=NOW)
    measure_papers([tweet.pk], now=NOW)
    assert list(UnindexedPaper.objects.all()) == [UnindexedPaper(paper.pk)]
    index_changed()

    assert titles("attention") == [NEED, ALL, VISION]


def test_index_leaves_a_paper_alone_whose_hotness_stays_of_its_kind(library: None) -> None:
    paper = Paper.objects.get(title=ALL)
    tweet = make_tweet(paper, retweets=3_001, favorites=0, read_at=NOW)
    measure_papers([tweet.pk], now=NOW + timedelta(hours=1))
    paper.comment = "12 pages"
    paper.save()

    assert not UnindexedPaper.objects.exists()


def test_counts_of_posts_only_say_that_a_paper_was_hot(library: None) -> None:
    inflated = make("Inflated attention")
    measure(inflated, 1_000_000, provenance=Provenance.POST)
    hot, cold = make("Hot attention", hot=70), make("Cold attention", hot=20)
    index_changed()

    assert matching_ids("attention", 10)[1:5] == [hot.pk, Paper.objects.get(title=VISION).pk, inflated.pk, cold.pk]


def test_index_again_changes_nothing(library: None) -> None:
    before = list(IndexedPaper.objects.order_by("pk").values_list())
    UnindexedPaper.objects.bulk_create(UnindexedPaper(pk) for pk in Paper.objects.values_list("pk", flat=True))

    assert index_changed() == 5
    assert index_changed() == 0
    assert list(IndexedPaper.objects.order_by("pk").values_list()) == before
    assert titles("attention") == [ALL, VISION, NEED]


def test_rebuild_makes_the_same_index(library: None) -> None:
    before = list(IndexedPaper.objects.order_by("pk").values_list())
    IndexedPaper.objects.filter(pk=before[0][0]).update(standing=5)

    assert rebuild() == 5
    assert list(IndexedPaper.objects.order_by("pk").values_list()) == before
    assert titles("attention") == [ALL, VISION, NEED]


def test_rebuild_beside_a_worker_that_indexes_the_same_papers(library: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BATCH", 1)  # ten papers in each of its steps
    for number in range(6):
        make(f"Attention {number}")

    assert rebuild(lambda _: index_changed()) == 11  # after the first ten, the worker is at the last

    assert not UnindexedPaper.objects.exists()
    assert len(titles("attention")) == 9


def test_collaboration_of_thousands_is_indexed() -> None:
    make("Collision", authors=[f"Ada{number} Experiment" for number in range(3_000)])
    index_changed()

    assert titles("author:ada999") == ["Collision"]
    assert PaperAuthor.objects.count() == 3_000


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_index(library: None) -> None:
    call_command("flush", interactive=False, verbosity=0)

    make("Another one", arxiv_id="2611.00002", authors=["Somebody Else"], categories=("math.AG",))
    index_changed()
    assert {query: titles(query) for query in ("another", "attention", "cat:cs.LG", "author:ada")} == {
        "another": ["Another one"],
        "attention": [],
        "cat:cs.LG": [],
        "author:ada": [],
    }
