"""Hugging Face over real HTTP: the daily papers by date and page, fields on either level, counts again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from papers.networks.api import Api
from papers.networks.base import GoneReason
from papers.networks.huggingface.client import HuggingFace
from papers.networks.huggingface.client import _paper as entry_of
from papers.sources.http import Malformed, RateLimited, SourceError
from papers.sources.left_out import LeftOut
from tests.papers.networks.asking import NOW, now
from tests.papers.networks.readable import readable
from tests.standins.huggingface import DailyPaper, HuggingFaceStandin

DAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def standin() -> Iterator[HuggingFaceStandin]:
    with HuggingFaceStandin(now) as standin:
        yield standin


@pytest.fixture
def api(standin: HuggingFaceStandin, http: httpx.Client, waits: list[float]) -> Api:
    return Api(http, standin.url, service="Hugging Face", setting="HUGGINGFACE_API_BASE", sleep=waits.append, now=now)


@pytest.fixture
def huggingface(api: Api) -> HuggingFace:
    return HuggingFace(api)


def papers(count: int, day: datetime = DAY) -> list[DailyPaper]:
    return [DailyPaper(f"2611.{90000 + n}", day + timedelta(minutes=n)) for n in range(count)]


@pytest.mark.parametrize(("largest_page", "calls"), [(100, 1), (50, 2)])
def test_a_day_is_read_page_by_page(standin: HuggingFaceStandin, huggingface: HuggingFace, largest_page: int, calls: int) -> None:
    standin.largest_page = largest_page
    standin.add(*papers(60))
    found = list(readable(huggingface.mentions(DAY, DAY + timedelta(hours=1))))
    assert [post.id for post in found] == [f"2611.{90000 + n}" for n in range(60)]
    assert [one.params for one in standin.requests] == [{"date": "2026-11-20", "limit": "100", "p": str(n)} for n in range(calls)]
    assert standin.requests[0].headers["user-agent"] == "HotPapers/0.1.0 (+desk@example.test)"


def test_a_paper_as_it_is_listed(standin: HuggingFaceStandin, huggingface: HuggingFace) -> None:
    standin.add(DailyPaper("2611.90001", DAY + timedelta(hours=1)))
    [post] = readable(huggingface.mentions(DAY, NOW))
    # Listed on its own day, however much earlier arXiv had it.
    assert (post.id, post.papers, post.posted_at, post.runs) == ("2611.90001", ("2611.90001",), DAY, ())
    assert post.counts == {"upvotes": 42, "comments": 2}


def test_counts_are_read_on_either_level(standin: HuggingFaceStandin, huggingface: HuggingFace) -> None:
    standin.add(DailyPaper("2611.90001", DAY, moved=True), DailyPaper("2611.90002", DAY, upvotes=None))
    counts = {post.id: post.counts for post in readable(huggingface.mentions(DAY, NOW))}
    assert counts == {"2611.90001": {"upvotes": 42, "comments": 2}, "2611.90002": {"comments": 2}}


def test_a_day_without_papers_is_empty(huggingface: HuggingFace) -> None:
    assert list(huggingface.mentions(DAY, NOW)) == []


def test_every_day_that_the_window_touches_is_asked_for(standin: HuggingFaceStandin, huggingface: HuggingFace) -> None:
    list(huggingface.mentions(DAY - timedelta(minutes=1), DAY + timedelta(days=1)))
    assert [one.params["date"] for one in standin.requests] == ["2026-11-19", "2026-11-20"]


def test_a_date_in_no_calendar_would_be_refused(api: Api) -> None:
    with pytest.raises(Malformed):
        api.get("/api/daily_papers", {"date": "2026-13-40"})


def test_entries_that_name_no_paper_are_told(standin: HuggingFaceStandin, huggingface: HuggingFace) -> None:
    standin.add(*papers(1), DailyPaper("not-an-id", DAY))
    [post, other] = huggingface.mentions(DAY, NOW)
    assert ([post.id for post in readable([post, other])], other) == (["2611.90000"], LeftOut("", "an arXiv id"))


def test_counts_again_cost_one_call_a_listing_day(standin: HuggingFaceStandin, huggingface: HuggingFace) -> None:
    today, yesterday = papers(30), papers(3, DAY - timedelta(days=1))
    for n, paper in enumerate(yesterday):
        paper.arxiv_id = f"2611.8000{n}"
    standin.add(*today, *yesterday)
    today[0].upvotes = 77
    reading = huggingface.read({paper.arxiv_id: paper.listed_at for paper in (*today, *yesterday)})
    assert len(reading.found) == 33
    assert reading.found["2611.90000"].counts == {"upvotes": 77, "comments": 2}
    assert [one.params["date"] for one in standin.requests] == ["2026-11-19", "2026-11-20"]


def test_what_is_listed_no_more_is_asked_for_by_itself(standin: HuggingFaceStandin, huggingface: HuggingFace) -> None:
    elsewhere, gone = papers(2)
    gone.gone = True
    standin.add(elsewhere, gone)
    elsewhere.listed_at += timedelta(hours=20)
    earlier = DAY - timedelta(days=3)
    reading = huggingface.read({elsewhere.arxiv_id: earlier, gone.arxiv_id: earlier, "x": earlier})
    assert reading.found[elsewhere.arxiv_id].counts == {"upvotes": 42, "comments": 2}
    assert reading.gone == dict.fromkeys([gone.arxiv_id, "x"], GoneReason.DELETED)


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        ("429", RateLimited, "Hugging Face asked us to slow down; retrying in 17 s."),
        ("{}", Malformed, "Hugging Face answered without a list of papers."),
    ],
)
def test_failures_are_told(
    standin: HuggingFaceStandin, huggingface: HuggingFace, fault: str, kind: type[SourceError], text: str
) -> None:
    standin.fault("/api", fault, times=3)
    with pytest.raises(kind) as raised:
        list(huggingface.mentions(DAY, NOW))
    assert str(raised.value) == text


@pytest.mark.parametrize("address", ["https://huggingface.co/papers/2611.90001", "hf.co/papers/2611.90001v2"])
def test_a_page_is_recognised(huggingface: HuggingFace, address: str) -> None:
    assert huggingface.identify(address) == "2611.90001"


@pytest.mark.parametrize("address", ["https://arxiv.org/abs/2611.90001", "https://huggingface.co/models", "2611.90001"])
def test_another_page_is_not_recognised(huggingface: HuggingFace, address: str) -> None:
    assert huggingface.identify(address) is None


@pytest.mark.parametrize(
    ("entry", "id", "listed_at", "counts"),
    [
        ({"paper": {"id": "2611.90001", "submittedOnDailyAt": "2026-11-20T10:04:20.120Z", "upvotes": 8}}, "2611.90001", 10, {"upvotes": 8}),
        ({"paper": {"id": "2611.90001v2"}, "numComments": 0}, "2611.90001", 0, {"comments": 0}),
        # The entry's moment is that of the listing in some answers, and arXiv's in others.
        ({"paper": {"id": "2611.90001"}, "publishedAt": "2026-11-20T01:04:20.120Z"}, "2611.90001", 1, {}),
        ({"paper": {"id": "2611.90001"}, "publishedAt": "2026-11-18T20:00:00.000Z"}, "2611.90001", 0, {}),
        ({"paper": {"id": "2611.90001", "submittedOnDailyAt": "2026-11-20"}, "publishedAt": None}, "2611.90001", 0, {}),
        (
            {"paper": {"id": "2611.90001", "organization": {"name": "lab"}, "withdrawnAt": None, "ai_keywords": []},
             "isAuthorParticipating": True, "organization": None, "mediaUrls": []},
            "2611.90001", 0, {},
        ),
    ],
)  # fmt: skip
def test_entries_as_the_site_gives_them(entry: dict[str, object], id: str, listed_at: int, counts: dict[str, int]) -> None:
    post = entry_of(entry, otherwise=DAY)
    assert post
    assert (post.id, post.posted_at.replace(minute=0, second=0, microsecond=0), post.counts) == (
        id,
        DAY + timedelta(hours=listed_at),
        counts,
    )


@pytest.mark.parametrize("id", ["hf-only-paper", "2611.900", "https://arxiv.org/abs/2611.90001", "", None, 2611.90001])
def test_an_entry_with_another_id_is_left_out(id: object) -> None:
    assert entry_of({"paper": {"id": id}}, otherwise=DAY) is None


def test_a_day_that_has_not_begun_by_the_sites_clock_is_empty(standin: HuggingFaceStandin, huggingface: HuggingFace) -> None:
    standin.fault("/api/daily_papers", "early", times=2)
    tomorrow = datetime(2026, 11, 21, tzinfo=UTC)
    assert list(huggingface.mentions(tomorrow, tomorrow + timedelta(seconds=5))) == []
    with pytest.raises(Malformed, match="rejected our request"):
        list(huggingface.mentions(DAY, NOW))


@pytest.mark.parametrize("field", ["id", "upvotes"])
def test_fields_that_were_renamed_are_no_quiet_day(standin: HuggingFaceStandin, huggingface: HuggingFace, field: str) -> None:
    standin.add(*papers(5))
    standin.renamed = frozenset({field})
    with pytest.raises(Malformed, match=r"^Hugging Face answered without id and upvotes in 5 of 5 records"):
        list(huggingface.mentions(DAY, DAY + timedelta(hours=1)))
