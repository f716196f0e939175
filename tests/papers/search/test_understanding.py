"""What people type, and the paper that everybody means."""

import pytest

from papers.models import Paper, SearchWord, UnindexedPaper
from papers.search.finding import search
from papers.search.index import index_changed, rebuild
from papers.search.orders import Order
from tests.factories import make_paper
from tests.papers.search.well_known import make_well_known

pytestmark = pytest.mark.django_db

FIRST = {
    "an image is worth 16x16 words": "2010.11929",
    "image worth 16x16": "2010.11929",
    "vit": "2010.11929",
    "vision transformer": "2010.11929",
    "mlp mixer": "2105.01601",
    "mlpmixer": "2105.01601",
    "MLP-Mixers": "2105.01601",
    "swin transformer": "2103.14030",
    "swin trans": "2103.14030",
    "swin transfomer": "2103.14030",
    "dino": "2104.14294",
    "clip": "2103.00020",
    "dalle": "2102.12092",
    "dall-e": "2102.12092",
    "DALL·E": "2102.12092",
    "gpt3": "2005.14165",
    "gpt 3": "2005.14165",
    "decison transfomer": "2106.01345",
    "rl sequence modeling": "2106.01345",
    "efficientnet v2": "2104.00298",
    "efficient net v2": "2104.00298",
    "yolo x": "2107.08430",
    "nerf++": "2010.07492",
    "nerf in the wild": "2008.02268",
    "c++": "2011.00001",
    "c#": "2011.00001",
    "schoelkopf": "2011.00001",
    "Schölkopf kernels": "2011.00001",
    "graph neural netwroks": "2011.00001",
    "lecun 2021": "2103.03230",
    "lecunn": "2103.03230",
    "yann lecun barlow": "2103.03230",
    "quoc le": "2104.00298",
    "Y. LeCun et al. 2021": "2103.03230",
    "self-supervized vision-transformer propert": "2104.14294",
    "reinforcement-learning sequence-modelling": "2106.01345",
    "SWIN TRANSFORMER: HIERARCHICAL VISION NOT": "2103.14030",
    "kaiming he 2003": "math/0309136",
    "Audio Transformers:Transformer Architectures…": "2104.13478",
    'Audio Transformers" Architectures for "Large Scale" Audio': "2104.13478",
    "audio transformers architectures for large-scale audio!?": "2104.13478",
    "how do language models do few shot": "2005.14165",
    "barlow twins reduction nowhere": "2103.03230",
    "https://arxiv.org/abs/2105.01601v2?context=cs#x": "2105.01601",
    "see (https://www.alphaxiv.org/abs/2105.01601v1).": "2105.01601",
    "https://huggingface.co/papers/2105.01601": "2105.01601",
    "hf.co/papers/2105.01601": "2105.01601",
    "https://doi.org/10.48550/arXiv.2105.01601": "2105.01601",
    "10.48550/ARXIV.2105.01601": "2105.01601",
    "arXiv:2105.01601v3 [cs.CV] 11 Jun 2021": "2105.01601",
    "https%3A%2F%2Farxiv.org%2Fpdf%2F2105.01601": "2105.01601",
    "[2105.01601] MLP-Mixer": "2105.01601",
    "arxiv.org/pdf/math.GT/0309136v1.pdf": "math/0309136",
    "2105.016": "2105.01601",
    "arXiv:2105.": "2105.01601",
    "2105 01601": "2105.01601",
    "https://paperswithcode.com/paper/mlp-mixer-an-all-mlp-architecture-for-vision": "2105.01601",
    "https://github.com/OpenAI/CLIP": "2103.00020",
    "siméoni localizing": "2109.14279",
    "M. Caron": "2104.14294",
    "Jonathan T. Barron 2020": "2008.02268",
    "exceeded yolo": "2107.08430",
    "yolox9": "2107.08430",
    "barlow quivers cohomology": "2103.03230",
    "stylegan3": "2106.12423",
    "Style GAN 3 2021": "2106.12423",
    "stylegan-3 demo": "2106.12423",
    "stable diffusion": "2112.10752",
    "latent diffusion rombach": "2112.10752",
    "sam": "2010.01412",
    "sam optimizer": "2010.01412",
    "sharpness aware minimization gan nowhere": "2010.01412",
    "author: le quoc": "2104.00298",
    "Title: MLP-Mixer": "2105.01601",
    "2109": "2109.14279",
}


@pytest.fixture
def well_known() -> None:
    make_well_known()


def first(query: str) -> str:
    return next((hit.paper.arxiv_id for hit in search(query, limit=1).hits), "")


def test_the_paper_that_is_meant_comes_first(well_known: None) -> None:
    assert {query: first(query) for query in FIRST} == FIRST

    rebuild()
    assert {query: first(query) for query in FIRST} == FIRST


def test_old_counts_order_the_papers_of_the_archive(well_known: None) -> None:
    found = [hit.paper.arxiv_id for hit in search("learning").hits]

    assert found.index("2106.01345") < found.index("2103.00020") < found.index("2103.03230")


@pytest.mark.parametrize(
    ("query", "instead", "has_fewer_words", "authors"),
    [
        ("lecunn 2021", "lecun 2021", False, ["lecun"]),
        ("Decison transfomers", "decision transformers", False, []),
        ("swin trans", "", False, []),
        ("barlow twins nowhere", "", True, []),
        ("yann lecun", "", False, ["yann lecun"]),
        ("lecun hinton twins", "", True, ["lecun"]),
    ],
)
def test_search_says_what_it_did_instead(
    well_known: None, query: str, instead: str, has_fewer_words: bool, authors: list[str]
) -> None:
    found = search(query).found

    assert (found.instead, found.has_fewer_words) == (instead, has_fewer_words)
    if not has_fewer_words:
        assert [author.name for author in found.meaning.authors] == authors


@pytest.mark.parametrize("query", ["Kübler", "kuebler", "kubler", "author:kübler", "author:Kuebler", "Jonas Kuebler"])
def test_a_name_is_found_in_each_spelling(query: str) -> None:
    for name in ("Jonas Kübler", "Jonas Kuebler", "Jonas Kibler"):
        make_paper(title=f"A paper of {name.split()[1]}", authors=[name])
    index_changed()

    assert {hit.paper.authors[0] for hit in search(query).hits} == {"Jonas Kübler", "Jonas Kuebler"}


@pytest.mark.parametrize(
    ("query", "authors"),
    [
        ("Hébert-Dufresne", ["Hébert-Dufresne"]),
        ("d'ascoli 2021", ["d'ascoli"]),
        ("stephane d'Ascoli", ["stephane d'Ascoli"]),
        ("laurent e. hebert-dufresne", ["laurent e. hebert-dufresne"]),
        ("k-means", []),
    ],
)
def test_names_of_several_words_are_recognized(query: str, authors: list[str]) -> None:
    make_paper(title="On hate", authors=["Laurent E. Hébert-Dufresne"])
    make_paper(title="Symbols and k-means", authors=["Stéphane d’Ascoli"], arxiv_id="2101.00001")
    index_changed()
    results = search(query)

    assert [author.name for author in results.found.meaning.authors] == authors
    assert len(results.hits) == 1


def test_a_word_as_typed_comes_before_words_that_begin_so() -> None:
    make_paper(title="Ragged arrays")
    make_paper(title="Elsewhere", abstract="We use rag.")
    make_paper(title="Ragusa", authors=["Ragu Rau"])
    index_changed()

    assert search("rag").hits[0].paper.title == "Elsewhere"


def test_a_name_with_a_word_that_is_not_looked_for_is_a_name() -> None:
    make_paper(title="PromptBERT: sentence embeddings")
    make_paper(title="Which *BERT? A survey")
    make_paper(title="BERT: of networks")
    index_changed()

    assert search("which bert").hits[0].paper.title == "Which *BERT? A survey"


@pytest.mark.parametrize("query", ["Multi-dimensional features", "Müller"])
def test_nothing_is_offered_that_says_the_same(query: str) -> None:
    for number in range(3):
        make_paper(title=f"Features in one dimension {number}", authors=["Mia Mueller"])
    make_paper(title="A sentence", abstract="Multi-dimensional features.", authors=["Max Müller"])
    index_changed()

    assert search(query).meant == ""


def test_of_many_words_the_most_frequent_ones_may_be_missing() -> None:
    for number in range(3):
        make_paper(title=f"Deep learning of neural networks for vision {number}")
    make_paper(title="Quivers and cohomology", abstract="Sheaves.")
    index_changed()
    results = search("deep learning neural networks vision quivers cohomology sheaves")

    assert results.found.has_fewer_words
    assert [hit.paper.title for hit in results.hits] == ["Quivers and cohomology"]


def test_a_rare_word_has_another_spelling_offered() -> None:
    for number in range(25):
        make_paper(title=f"Transformers {number}")
    make_paper(title="A transfomers slip")
    index_changed()
    results = search("transfomers")

    assert [hit.paper.title for hit in results.hits] == ["A transfomers slip"]
    assert results.meant == "transformers"


def test_a_word_of_abstracts_is_no_misspelled_name() -> None:
    for number in range(3):
        make_paper(title=f"Levels {number}", authors=["Bill James"])
    make_paper(title="Procedures", abstract="We generate games.")
    index_changed()
    results = search("procedures games")

    assert [hit.paper.title for hit in results.hits] == ["Procedures"]
    assert results.meant == ""


def test_the_plural_of_a_word_is_no_other_spelling() -> None:
    make_paper(title="Transformers", abstract="A sentence of no interest.")
    index_changed()

    results = search("transformer")

    assert ([hit.paper.title for hit in results.hits], results.meant) == (["Transformers"], "")


def count_at_most(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("finding", "levels"):
        monkeypatch.setattr(f"papers.search.{module}.MOST_COUNTED", most)


def test_results_are_counted_up_to_a_bound(monkeypatch: pytest.MonkeyPatch, well_known: None) -> None:
    assert (search("transformer").total, search("transformer").are_more) == (5, False)

    count_at_most(3, monkeypatch)
    assert (search("transformer").total, search("transformer").are_more) == (3, True)


@pytest.mark.parametrize("most", [100, 3, 1])
def test_newest_first_pages_without_gaps_or_doubles(monkeypatch: pytest.MonkeyPatch, well_known: None, most: int) -> None:
    count_at_most(most, monkeypatch)
    monkeypatch.setattr("papers.search.orders.MOST_OF_SPAN", max(most, 2))
    found, after = [], None
    for _ in range(5):
        page = search("transformer", limit=2, after=after, order=Order.NEWEST)
        found += [hit.paper.arxiv_id for hit in page.hits]
        if not (after := page.next):
            break

    assert found == ["2106.01345", "2104.13478", "2104.14294", "2103.14030", "2010.11929"]


@pytest.mark.parametrize("passed", [1, 1_000])
@pytest.mark.parametrize("most", [100, 3, 1])
def test_the_best_first_pages_alike_however_many_are_counted(
    monkeypatch: pytest.MonkeyPatch, well_known: None, most: int, passed: int
) -> None:
    count_at_most(most, monkeypatch)
    monkeypatch.setattr("papers.search.levels.PASSED", passed)
    found, after = [], None
    for _ in range(5):
        page = search("vision transformer", limit=1, after=after)
        found += [hit.paper.arxiv_id for hit in page.hits]
        if not (after := page.next):
            break

    assert found == ["2010.11929", "2104.14294", "2103.14030"]


def test_hottest_first_is_whatever_fits_best(well_known: None) -> None:
    found = [hit.paper.arxiv_id for hit in search("dino", order=Order.HOTTEST).hits]

    assert found == ["2109.14279", "2104.14294"]


def test_words_of_a_paper_are_counted_once(well_known: None) -> None:
    before = list(SearchWord.objects.order_by("word").values_list("word", "papers", "names"))
    UnindexedPaper.objects.bulk_create(UnindexedPaper(pk) for pk in Paper.objects.values_list("pk", flat=True))
    index_changed()

    assert list(SearchWord.objects.order_by("word").values_list("word", "papers", "names")) == before
    assert SearchWord.objects.get(word="lecun").names == 1
    assert SearchWord.objects.get(word="dino").papers == 1
