"""What an editor asks for while waiting: a paper, a post, the current counts.

Each request is tried once; the editor can press again. Never call these inside a transaction.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from papers.access import networks
from papers.access.connections import calendar, note_answer, note_failure, sources
from papers.collecting import open_posts
from papers.collecting.announced import store_paper
from papers.counts import erased_on_request, measuring
from papers.counts.due import first_due
from papers.counts.refreshing_open import refresh_posts
from papers.counts.refreshing_paid import refresh
from papers.models import Mention, Paper, SourceHealth, Tweet
from papers.networks.paper_links import paper_id
from papers.networks.registry import KINDS, PAID, texts
from papers.post_keys import PostKey
from papers.sources.http import Gone, SourceError
from papers.text.identifiers import ARXIV_ID

LONGEST_LINK = 500
SEEN_AFTER = timedelta(minutes=15)
"""An editor who pastes a link has hardly seen the post sooner; taken where its id does not tell when it was made. Networks may be
silent about younger ones, which is no sign that they are gone."""


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
    with _asking(SourceHealth.Service.ARXIV, now), sources(attempts=1) as opened:
        found = opened.arxiv.metadata([number])
    note_answer(SourceHealth.Service.ARXIV, now)
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
    """The post with this address, on any network, from now on one that mentions the paper. Raises NotFetched."""
    key = identified(link.strip(), now)
    title = KINDS[key.network].title
    here = Tweet.objects.with_keys([key])
    tweet = here.first()
    if tweet and tweet.state != Tweet.State.LIVE:
        raise Unknown(f"{title} no longer shows this post.")
    if tweet and tweet.is_excluded:
        raise Unknown("An editor excluded this post. Include it again in the admin, then add it here.")
    if tweet is None or not tweet.body_html or tweet.is_sample:
        if key.network in texts():
            _fetch_text(key, now)
        else:
            _fetch_post(key, paper, now)
    tweet = here.get()
    mention, is_new = Mention.objects.get_or_create(tweet=tweet, paper=paper, defaults={"is_by_hand": True})
    if is_new:
        measuring.measure_papers([tweet.pk], now=now)
    elif not mention.is_by_hand:
        Mention.objects.filter(pk=mention.pk).update(is_by_hand=True)
    return tweet


def identified(link: str, now: datetime) -> PostKey:
    """Which post the address means; a network is asked only where its address does not tell. Raises Unknown or NotFetched."""
    for name, kind in KINDS.items():
        if id := kind.id_in(link):
            return PostKey(name, id)
    for name in networks.on():
        with _asking(name, now), networks.opened(name, attempts=1) as network:
            if id := network.identify(link):
                return PostKey(name, id)
    *titles, last = [kind.title for kind in KINDS.values()]
    raise Unknown(f"This isn’t a link to a post on {', '.join(titles)} or {last}. Copy the address of the post’s page.")


def _refuse_erased(key: PostKey, author_id: str, handle: str) -> None:
    if erased_on_request.refused(key.network, [erased_on_request.Named(key.id, author_id, handle)]):
        raise Unknown("This post, or all of its author’s, was erased on request and is not added again.")


def _fetch_text(key: PostKey, now: datetime) -> None:
    service = texts()[key.network].name
    with _asking(service, now), sources(attempts=1) as opened:
        embed = opened.texts[key.network].embed(key.id)
    note_answer(service, now)
    _refuse_erased(key, "", embed.handle)
    posted_at = KINDS[key.network].posted_at(key.id) or datetime.combine(embed.posted_on, time(), UTC)
    text = {
        "author_name": embed.name,
        "author_handle": embed.handle,
        "language": embed.language,
        "direction": embed.direction,
        "body_html": embed.body_html,
        "embedded_at": now,
        "is_sample": False,
    }
    Tweet.objects.update_or_create(
        network=key.network,
        status_id=key.id,
        defaults=text,
        create_defaults={**text, "posted_at": posted_at, "next_read_at": first_due(posted_at, now)},
    )


def _fetch_post(key: PostKey, paper: Paper, now: datetime) -> None:
    """The post with its counts, whatever it links: the editor says that it is about the paper."""
    title = KINDS[key.network].title
    if why := networks.why_off(key.network):
        raise NotFetched(why)
    with _asking(key.network, now), networks.opened(key.network, attempts=1) as network:
        reading = network.read({key.id: KINDS[key.network].posted_at(key.id) or now - SEEN_AFTER})
    note_answer(key.network, now)
    if key.id in reading.gone:
        raise Unknown(f"{title} doesn’t show this post (any more).")
    if lacks := reading.unreadable.get(key.id):
        raise NotFetched(f"We can’t read what {title} says of this post: it lacks {lacks}. Try again later.")
    if key.id not in reading.found:
        raise NotFetched(f"{title} said nothing of this post. Try again in a minute.")
    post = reading.found[key.id]
    _refuse_erased(key, post.author_id, post.handle)
    Tweet.objects.with_keys([key]).update(is_sample=False)
    open_posts.store(key.network, [replace(post, papers=tuple(dict.fromkeys((*post.papers, paper.arxiv_id))))], read_at=now)


class CountsRead(NamedTuple):
    """What came of reading counts now."""

    read: int
    """Posts of all networks."""
    failed: tuple[str, ...]
    """A sentence for each network that did not answer, whatever became of the others."""


def refresh_counts(papers: Collection[int], *, now: datetime) -> CountsRead:
    """Read all live posts about these papers (primary keys) from their networks now.

    Raises NotFetched where no network gave anything: it names the key's setting where none is on, and the budget's where that is
    used up.
    """
    # With `network=…`, SQLite would begin with all posts of the network.
    tweets = defaultdict[str, list[Tweet]](list)
    live = Tweet.objects.live().filter(mentions__paper__in=papers, is_excluded=False, is_sample=False)
    for tweet in live.distinct().order_by("pk"):
        tweets[tweet.network].append(tweet)
    read, failed = 0, []
    if networks.paid_is_on() or not networks.on():
        most_valuable = sorted(tweets[PAID.name], key=lambda tweet: -(tweet.retweets or 0) - (tweet.favorites or 0))
        try:
            with _asking(None, now), sources(attempts=1) as opened:
                read += refresh(most_valuable, now=now, sources=opened).read
        except NotFetched as error:
            failed.append(str(error))
    for name in networks.on():
        if of_network := tweets[name]:
            try:
                with _asking(None, now), networks.opened(name, attempts=1) as network:
                    read += refresh_posts(network, of_network, now=now).read
            except NotFetched as error:
                failed.append(str(error))
    if failed and not read:
        raise NotFetched(" ".join(failed))
    return CountsRead(read, tuple(failed))


@contextmanager
def _asking(service: str | None, now: datetime) -> Iterator[None]:
    """Makes one error of those of a source, noted as the service's health where the called code does not do so itself."""
    try:
        yield
    except Gone as error:
        if service:
            note_answer(service, now)
        raise Unknown(str(error)) from error
    except SourceError as error:
        if service:
            note_failure(service, error, now)
        raise NotFetched(str(error)) from error
