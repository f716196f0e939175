"""A stand-in for X API v2 (https://docs.x.com/x-api): search and lookup over a generated world, with a bill."""

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.standins.serving import Reply, Request, Standin
from tests.standins.tweets import Tweets, WorldTweet, snowflake
from tests.standins.x_answers import MISSING, NOT_FOUND, PROBLEMS, failures, invalid, reply
from tests.standins.x_posts import post
from tests.standins.x_query import QueryError, read_query, tokens

POST_PRICE = 0.005
WINDOW = timedelta(minutes=15)
LIMITS = {
    "/2/tweets": 3500,
    "/2/tweets/search/recent": 450,
    "/2/tweets/search/all": 300,
}
FIELDS = frozenset(
    {"id", "text", "created_at", "lang", "author_id", "username", "public_metrics", "entities", "conversation_id", "withheld"}
    | {"possibly_sensitive", "in_reply_to_user_id"}
    | {"note_tweet", "referenced_tweets", "edit_history_tweet_ids", "note_post", "referenced_posts", "edit_history_post_ids"}
)
PARAMS = frozenset(
    {"query", "max_results", "next_token", "pagination_token", "start_time", "end_time", "since_id", "until_id", "sort_order"}
    | {"tweet.fields", "post.fields", "expansions", "user.fields", "ids"}
)


class XStandin(Standin):
    """The world as X tells it to an app; knobs make it tell it in the ways that X has told it."""

    def __init__(self, tweets: Tweets, *, bearer_token: str = "synthetic-token", prefix: str = "") -> None:
        super().__init__()
        self.prefix = prefix
        self.tweets = tweets
        self.bearer_token = bearer_token
        self.user_token = "synthetic-user-token"
        """A user's token, which is no app's: good for everything but the full archive."""
        self.limits = dict(LIMITS)
        self.leaks_retweets = False
        """Search returns retweets, as it did until May 2026."""
        self.repeats = False
        """Each page begins with the last post of the page before."""
        self.empty_pages = 0
        """So many of the next search pages are empty and still have a next one."""
        self.posts_vocabulary = False
        """Answer in the vocabulary of `post.fields`, whatever was asked."""
        self.damaged: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        """By status id, what is wrong with the post; `*` for all posts."""
        self.resources_named = True
        """Partial errors carry `resource_id`."""
        self.read: defaultdict[date, set[str]] = defaultdict(set)
        """The bill: the distinct posts returned on each UTC day."""
        self._windows: Counter[tuple[str, int]] = Counter()
        self._pages = 0
        self._texts: dict[str, tuple[str, ...]] = {}
        self._ids = [int(tweet.status_id) for tweet in tweets.all]
        self._newest: dict[str, list[WorldTweet]] = defaultdict(list)
        for tweet in tweets.all:
            if tweet.versions:
                self._newest[tweet.versions[0]].append(tweet)

    @property
    def reads(self) -> int:
        """Posts billed, over all days."""
        return sum(len(ids) for ids in self.read.values())

    @property
    def cost(self) -> float:
        """US dollars."""
        return self.reads * POST_PRICE

    def faults(self) -> Mapping[str, Reply]:
        return failures(int(self.tweets.now().timestamp()))

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") not in (f"Bearer {self.bearer_token}", f"Bearer {self.user_token}"):
            return self.faults()["401"]
        endpoints: dict[str, Callable[[Request], Reply]] = {
            "/2/tweets": self._lookup,
            "/2/tweets/search/recent": self._search,
            "/2/tweets/search/all": self._search,
        }
        endpoint = endpoints.get(request.path)
        if endpoint is None:
            return Reply(404)
        for parameter in request.params.keys() - PARAMS:
            return invalid(parameter, request.params[parameter], "no such parameter")
        for parameter in ("tweet.fields", "post.fields"):
            if parameter in request.params and not FIELDS.issuperset(request.params[parameter].split(",")):
                return invalid(parameter, request.params[parameter], "no such field")
        answered, headers = self._count(request.path)
        if not answered:
            found = self.faults()["429" if self._pages % 2 else "429-newer"]
        elif request.path.rpartition("/")[2] == "all":
            app_only = request.headers["authorization"] == f"Bearer {self.bearer_token}"
            found = endpoint(request) if app_only else self.faults()["403-auth"]
        else:
            found = endpoint(request)
        return Reply(found.status, found.body, {**found.headers, **headers})

    def _count(self, path: str) -> tuple[bool, dict[str, str]]:
        """Whether the request is within its endpoint's window, and the headers that tell so."""
        window = int(self.tweets.now().timestamp() // WINDOW.total_seconds())
        limit = self.limits[path]
        self._windows[path, window] += 1
        left = limit - self._windows[path, window]
        reset = int((window + 1) * WINDOW.total_seconds())
        headers = {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(max(left, 0)),
            "x-rate-limit-reset": str(reset),
        }
        return left >= 0, headers

    def _search(self, request: Request) -> Reply:
        now, recent, params = self.tweets.now(), request.path.endswith("recent"), request.params
        try:
            query = read_query(params.get("query", ""), longest=512 if recent else 1024)
        except QueryError as error:
            return invalid("query", params.get("query", ""), str(error))
        size = int(params.get("max_results", "10"))
        if not 10 <= size <= (100 if recent else 500):
            return invalid("max_results", str(size), "out of range")
        if refused := self._misplaced(params, now - timedelta(days=7) if recent else datetime(2006, 3, 26, tzinfo=UTC), now):
            return refused
        low = int(snowflake(moment(params["start_time"]), 0)) if "start_time" in params else int(params.get("since_id", "0")) + 1
        end = moment(params["end_time"]) if "end_time" in params else now - timedelta(seconds=30)
        high = int(params["until_id"]) if "until_id" in params else int(snowflake(end, 0))
        token = params.get("next_token") or params.get("pagination_token")
        if token:
            high = min(high, int(token.split("z")[1], 16))
        self._pages += 1
        if self.empty_pages:
            self.empty_pages -= 1
            return reply({"meta": {"result_count": 0, "next_token": f"{self._pages}z{high:x}"}})
        hits = []
        for place in reversed(range(bisect_left(self._ids, low), bisect_left(self._ids, high))):
            tweet = self.tweets.all[place]
            if not self._is_listed(tweet, now) or (
                tweet.kind == "retweet" and (query.without_retweets and not self.leaks_retweets)
            ):
                continue
            if query.matches(self._matched(tweet)) and tweet.counts(now)[1] >= query.min_likes:
                hits.append(tweet)
                if len(hits) > size:
                    break
        page = hits[:size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if not page:
            return reply({"meta": meta})
        meta |= {"newest_id": page[0].status_id, "oldest_id": page[-1].status_id}
        if len(hits) > size:
            # The next page lies below the oldest post of this one, or where pages overlap begins with it.
            meta["next_token"] = f"{self._pages}z{int(page[-1].status_id) + self.repeats:x}"
        return reply({"data": list(self._bill(page, params)), "meta": meta, "synthetic_extra": [{}]})

    def _misplaced(self, params: Mapping[str, str], earliest: datetime, now: datetime) -> Reply | None:
        for one, other in (("since_id", "start_time"), ("until_id", "end_time"), ("next_token", "pagination_token")):
            if one in params and other in params:
                return invalid(one, params[one], f"not together with {other}")
        if ("since_id" in params or "until_id" in params) and ("start_time" in params or "end_time" in params):
            return invalid("since_id", "", "bounds are times or ids")
        for bound in ("start_time", "end_time"):
            if bound in params and not earliest <= moment(params[bound]) <= now - timedelta(seconds=10):
                return invalid(bound, params[bound], "out of range")
        return None

    def _lookup(self, request: Request) -> Reply:
        ids = request.params.get("ids", "").split(",")
        if len(ids) > 100:
            return invalid("ids", ",".join(ids), "size must be between 1 and 100")
        if not all(one.isascii() and one.isdigit() and int(one) < 2**63 for one in ids):
            return invalid("ids", ",".join(ids), "not a status id")
        now = self.tweets.now()
        found, errors = [], []
        for status_id in ids:
            tweet = self.tweets.by_id.get(status_id)
            if tweet is None or now < tweet.posted_at:
                errors.append(self._missing(status_id, NOT_FOUND))
            elif tweet.gone in MISSING and tweet.is_gone(now):
                errors.append(self._missing(status_id, MISSING[tweet.gone]))
            elif not tweet.silent:
                found.append(tweet)
        random.Random(len(self.requests)).shuffle(found)
        body: dict[str, Any] = {"data": list(self._bill(found, request.params))} if found else {}
        return reply(body | ({"errors": errors} if errors else {}))

    def _missing(self, status_id: str, kind: tuple[str, str, str]) -> dict[str, str]:
        segment, title, detail = kind
        error = {
            "value": status_id,
            "detail": detail.format(status_id),
            "title": title,
            "resource_type": "tweet",
            "parameter": "ids",
            "type": PROBLEMS[int(status_id) % 2] + segment,
        }
        return error | ({"resource_id": status_id} if self.resources_named else {})

    def _is_listed(self, tweet: WorldTweet, now: datetime) -> bool:
        """Whether search shows it: X has it, and no newer version of it."""
        if now < tweet.posted_at or (tweet.gone in MISSING and tweet.is_gone(now)):
            return False
        return not tweet.superseded or all(now < version.posted_at for version in self._newest[tweet.versions[0]][1:])

    def _matched(self, tweet: WorldTweet) -> tuple[str, ...]:
        if tweet.status_id not in self._texts:
            self._texts[tweet.status_id] = tuple(map(tokens, tweet.urls))
        return self._texts[tweet.status_id]

    def _bill(self, tweets: list[WorldTweet], params: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        asked = params.get("tweet.fields") or params.get("post.fields") or ""
        noun = "post" if self.posts_vocabulary or "post.fields" in params else "tweet"
        wanted = {"id", "text", f"edit_history_{noun}_ids", "synthetic_extra"}
        wanted |= {field.replace("_tweet", f"_{noun}") for field in asked.split(",")}
        now = self.tweets.now()
        for tweet in tweets:
            self.read[now.astimezone(UTC).date()].add(tweet.status_id)
            damage = self.damaged.get(tweet.status_id) or self.damaged.get("*") or (lambda whole: whole)
            yield damage({name: value for name, value in post(tweet, now, noun).items() if name in wanted})


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
