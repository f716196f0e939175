"""What an editor asks for while waiting: a paper, a post, the current counts.

Each request is tried once; the editor can press again. Never call these inside a transaction.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from papers.access.connections import Sources, calendar, note_answer, note_failure, sources
from papers.collecting.announced import store_paper
from papers.counts import measuring
from papers.counts.refreshing import refresh
from papers.models import Mention, Paper, SourceHealth, Tweet
from papers.networks.paper_links import paper_id
from papers.networks.x.oembed import Embed
from papers.sources.http import Gone, SourceError
from papers.text.identifiers import ARXIV_ID, snowflake_moment

STATUS = re.compile(
    r"(?:https?://)?(?:(?:www|mobile|m)\.)?(?:x|twitter)\.com/(?P<handle>i|i/web|[A-Za-z0-9_]{1,20})/status(?:es)?/"
    r"(?P<id>[1-9][0-9]{0,18})(?:/(?:photo|video)/[0-9])?/?(?:[?#].*)?",
    re.ASCII,
)
"""A status page's address, as browsers and apps copy it."""
LONGEST_LINK = 500


class NotFetched(Exception):
    """A service didn't give it; the text says why and what to do."""


class Unknown(NotFetched):
    """Not the address of a paper or a post, or nothing is there any more."""


def fetch_paper(text: str, *, now: datetime) -> Paper:
    """The paper with this arXiv id or link, fetched from arXiv if it is not here yet. Raises NotFetched.

    Its listing day is the one that follows from its submission, until a listing of arXiv's says otherwise.
    """
    number = arxiv_id_in(text)
    if number is None:
        raise Unknown(
            "This isn’t an arXiv id or a link to a paper. Write for example 2010.04296 or https://arxiv.org/abs/2010.04296."
        )
    here = Paper.objects.filter(arxiv_id=number, is_sample=False)
    if paper := here.first():
        return paper
    with _asking(SourceHealth.Service.ARXIV, now) as opened:
        found = opened.arxiv.metadata([number])
    if found.left_out and not found.records:
        raise NotFetched(f"We can’t use arXiv’s record of paper {number}: it lacks {found.left_out[0].lacks}. Try again later.")
    if not found.records:
        raise Unknown(f"arXiv has no paper {number}. Check the number.")
    [record] = found.records
    store_paper(record, calendar().listing_day_of(record.published))
    return here.get()


def arxiv_id_in(text: str) -> str | None:
    """The id in what people write: `2010.04296v2`, `arXiv:2010.04296`, a DOI, or any link to the paper."""
    text = text.strip()[:LONGEST_LINK]
    if re.fullmatch(ARXIV_ID, text) and Paper.objects.filter(arxiv_id=text).exists():
        return text  # old ids are kept with or without their subject class
    bare = re.sub(r"\Aarxiv:\s*", "", text, flags=re.IGNORECASE)
    links = (text, f"https://{text}", f"https://arxiv.org/abs/{bare}", f"https://doi.org/{text.removeprefix('doi:')}")
    return next((number for link in links if (number := paper_id(link))), None)


def fetch_tweet(link: str, paper: Paper, *, now: datetime) -> Tweet:
    """The tweet with this address, from now on one that mentions the paper; its text is asked of X, which needs no key.

    Raises NotFetched.
    """
    address = STATUS.fullmatch(link.strip()[:LONGEST_LINK])
    if not address:
        raise Unknown("This isn’t a link to a post. Copy it from X: https://x.com/name/status/1234567890.")
    status_id = address["id"]
    here = Tweet.objects.filter(network=Tweet.Network.X, status_id=status_id)
    tweet = here.first()
    if tweet and tweet.state != Tweet.State.LIVE:
        raise Unknown("X no longer shows this post.")
    if tweet and tweet.is_excluded:
        raise Unknown("An editor excluded this post. Include it again in the admin, then add it here.")
    if tweet is None or not tweet.body_html or tweet.is_sample:
        handle = address["handle"] if "/" not in address["handle"] else "i"
        with _asking(SourceHealth.Service.OEMBED, now) as opened:
            embed = opened.oembed.embed(status_id, handle)
        _keep(embed, now)
    tweet = here.get()
    _, is_new = Mention.objects.get_or_create(tweet=tweet, paper=paper)
    if is_new:
        measuring.measure_papers([tweet.pk], now=now)
    return tweet


def _keep(embed: Embed, now: datetime) -> None:
    posted_at = snowflake_moment(embed.status_id)
    text = {
        "author_name": embed.name,
        "author_handle": embed.handle,
        "language": embed.language,
        "direction": embed.direction,
        "body_html": embed.body_html,
        "embedded_at": now,
        "is_sample": False,
    }
    with transaction.atomic():
        Tweet.objects.update_or_create(
            network=Tweet.Network.X,
            status_id=embed.status_id,
            defaults=text,
            create_defaults={**text, "posted_at": posted_at, "next_read_at": measuring.first_due(posted_at, now)},
        )


def refresh_counts(papers: Collection[int], *, now: datetime) -> int:
    """Read all live tweets of these papers (primary keys) from X now; how many were read.

    Raises NotFetched, which names X_BEARER_TOKEN where there is no key, and the budget's setting where that is used up.
    """
    tweets = Tweet.objects.readable().live().filter(mentions__paper__in=papers, is_excluded=False).distinct()
    most_valuable = list(tweets.order_by(Coalesce(F("retweets") + F("favorites"), 0).desc(), "pk"))
    with _asking(None, now) as opened:
        return refresh(most_valuable, now=now, sources=opened).read


@contextmanager
def _asking(service: SourceHealth.Service | None, now: datetime) -> Iterator[Sources]:
    """Open the sources, turn their errors into one kind, and record the service's health unless the called code does so."""
    try:
        with sources(attempts=1) as opened:
            yield opened
        if service:
            note_answer(service, now)
    except Gone as error:
        raise Unknown(str(error)) from error
    except SourceError as error:
        if service:
            note_failure(service, error, now)
        raise NotFetched(str(error)) from error
