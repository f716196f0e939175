"""Two networks may give the same id to a post; each post stays itself on the desk."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.desk.state import digests_of
from digests.editing import curation
from digests.publishing.checking import findings
from papers.models import CollectionDay, Paper, Tweet
from papers.ranking.candidates import candidates
from tests.digests.desk.conftest import DAY, NOW, READ, done, entry_of, make_candidate
from tests.digests.desk.desk_requests import refusal
from tests.factories import make_tweet

pytestmark = pytest.mark.django_db
ID = "20"


@pytest.fixture
def twins(papers: list[Paper]) -> tuple[Tweet, Tweet]:
    """On one paper, with one id: a post of X and a story at Hacker News."""
    of_x = make_tweet(papers[0], status_id=ID, retweets=70, favorites=70, read_at=READ)
    counts = {"points": 65, "comments": 9}
    story = make_tweet(papers[0], network="hackernews", status_id=ID, counts=counts, posted_at=READ, read_at=READ)
    return of_x, story


def keys(paper: Paper) -> list[str]:
    return [str(row.tweet.key) for row in entry_of(paper).shown_tweets.select_related("tweet")]


def test_shown_are_the_posts_themselves_and_not_others_with_their_ids(ann: Client, collected: CollectionDay) -> None:
    hot = make_candidate(60)
    make_tweet(network="hackernews", status_id=hot.tweets.get().status_id, posted_at=READ)

    done(ann, "start")

    assert keys(hot) == [f"x:{hot.tweets.get().status_id}"]


def test_each_is_shown_hidden_and_moved_by_itself(ann: Client, papers: list[Paper], twins: tuple[Tweet, Tweet]) -> None:
    paper, base = papers[0], keys(papers[0])
    wanted = [f"hackernews:{ID}", f"x:{ID}"]

    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=wanted, base=base)
    assert keys(paper) == wanted

    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[f"x:{ID}"], base=wanted)
    assert keys(paper) == [f"x:{ID}"]


def test_bare_id_means_the_one_post_that_has_it_and_never_one_of_two(
    ann: Client, papers: list[Paper], twins: tuple[Tweet, Tweet]
) -> None:
    paper, base = papers[0], keys(papers[0])

    said = refusal(ann, "show_tweets", paper=paper.arxiv_id, tweets=[ID], base=[one.partition(":")[2] for one in base])

    assert said == f"The post {ID} doesn’t mention this paper. Add it by its link."
    assert keys(paper) == base


def test_page_offers_both(ann: Client, papers: list[Paper], twins: tuple[Tweet, Tweet]) -> None:
    page = ann.get(f"/admin/desk/{DAY}/posts/{papers[0].arxiv_id}").content.decode()

    for key in (f"x:{ID}", f"hackernews:{ID}"):
        assert page.count(f'data-tweet="{key}"') == 1


def test_direction_turns_one_of_them(ann: Client, papers: list[Paper], twins: tuple[Tweet, Tweet]) -> None:
    paper, wanted = papers[0], [f"x:{ID}", f"hackernews:{ID}"]
    Tweet.objects.filter(pk__in=[one.pk for one in twins]).update(body_html="מאמר חדש על למידת מכונה")
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=wanted, base=keys(paper))
    digest = digests_of(DAY)[1]
    assert digest
    found = [one.key for one in findings(digest, NOW) if one.key.startswith("direction")]
    assert found == [f"direction:{paper.arxiv_id}:{key}" for key in wanted]

    done(ann, "direction", paper=paper.arxiv_id, tweet=f"hackernews:{ID}", direction="rtl")

    assert [row.direction for row in entry_of(paper).shown_tweets.order_by("position")] == ["ltr", "rtl"]


def test_finding_on_a_post_with_a_long_id_can_be_fixed_and_ignored(ann: Client, papers: list[Paper]) -> None:
    paper = papers[0]
    uri = f"at://did:web:{'a' * 190}.example/app.bsky.feed.post/3synthetic001"
    make_tweet(paper, network="bluesky", status_id=uri, counts={"likes": 9}, posted_at=READ, read_at=READ, body_html="مأمر جديد")
    done(ann, "show_tweets", paper=paper.arxiv_id, tweets=[f"bluesky:{uri}"], base=keys(paper))
    key = f"direction:{paper.arxiv_id}:bluesky:{uri}"

    done(ann, "ignore_finding", finding=key)
    done(ann, "direction", paper=paper.arxiv_id, tweet=f"bluesky:{uri}", direction="rtl")

    assert entry_of(paper).shown_tweets.get().direction == "rtl"


def test_keys_of_shown_costs_one_query(papers: list[Paper], twins: tuple[Tweet, Tweet]) -> None:
    ranked = candidates(DAY)
    with CaptureQueriesContext(connection) as queries:
        found = curation.keys_of_shown(ranked)
    assert len(queries) == 1
    assert {tweet.key: tweet.pk for tweet in twins}.items() <= found.items()
