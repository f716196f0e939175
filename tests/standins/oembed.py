"""A stand-in for X's oEmbed endpoint: https://docs.x.com/x-for-websites/oembed-api"""

import html
import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from tests.standins.serving import FAULTS, HTML, JSON, Reply, Request, Standin
from tests.standins.tweets import Tweets, WorldTweet

MONTHS = [date(2026, month, 1).strftime("%B") for month in range(1, 13)]


class OEmbedStandin(Standin):
    """Answers for the tweets of a world, in the form of before (`twitter`) or since (`x`) June 2026."""

    def __init__(self, tweets: Tweets, *, generation: Literal["x", "twitter"] = "x") -> None:
        super().__init__()
        self.tweets = tweets
        self.generation = generation
        self.changes: dict[str, dict[str, Any]] = {}
        """By status id: fields of the answer to change; `...` leaves one out."""
        self.renamed: dict[str, str] = {}
        """By status id: the handle that the author has now."""
        self.asked: Counter[str] = Counter()
        """How often each status id was asked for."""

    def faults(self) -> Mapping[str, Reply]:
        own = {
            "404-json": Reply(404, b'{"errors":[{"message":"Sorry, that page does not exist","code":34}]}', JSON),
            "404-html": Reply(404, b"<html>Not here</html>", HTML),
            "410": Reply(410),
            "403-json": Reply(
                403, b'{"error":"Sorry, you are not authorized to see this status.","request":"/oembed?url=synthetic"}', JSON
            ),
            "403-html": Reply(403, b"<html>Are you a robot?</html>", HTML),
            "402": Reply(402),
            "400": Reply(400),
            "429": Reply(429, b"", {"Retry-After": "7"}),
            "429-bare": Reply(429),
            "foreign": Reply(302, b"", {"Location": "https://evil.example/oembed"}),
        }
        return {**FAULTS, **own}

    def answer(self, request: Request) -> Reply:
        wanted = re.fullmatch(
            r"https://(?:www\.|mobile\.)?(?:x|twitter)\.com/\w+/status/(\d+)(?:\?.*)?", request.params.get("url", "")
        )
        if request.path != "/oembed" or not wanted:
            return self.faults()["404-html"]
        self.asked[wanted[1]] += 1
        tweet = self.tweets.by_id.get(wanted[1])
        now = self.tweets.now()
        if tweet is None or now < tweet.posted_at or (tweet.is_gone(now) and tweet.gone != "protected"):
            return self.faults()["404-json"]
        if tweet.is_gone(now):
            return self.faults()["403-json"]
        body = self._body(tweet, request.params) | self.changes.get(tweet.status_id, {})
        return Reply(200, json.dumps({name: value for name, value in body.items() if value is not ...}).encode(), JSON)

    def _body(self, tweet: WorldTweet, params: Mapping[str, str]) -> dict[str, Any]:
        host = f"https://{self.generation}.com"
        handle = self.renamed.get(tweet.status_id, tweet.author.handle)
        width = min(max(int(params.get("maxwidth", "550")), 220), 550)
        markup = self._blockquote(tweet, handle, params, width)
        if params.get("omit_script") not in ("true", "t", "1"):
            markup += f'\n<script async src="https://platform.{self.generation}.com/widgets.js" charset="utf-8"></script>\n\n'
        return {
            "url": f"{host}/{handle}/status/{tweet.status_id}",
            "author_name": tweet.author.name,
            "author_url": f"{host}/{handle}",
            "html": markup,
            "width": width,
            "height": None,
            "type": "rich",
            "cache_age": "3153600000",
            "provider_name": "X" if self.generation == "x" else "Twitter",
            "provider_url": host,
            "version": "1.0",
        }

    def _blockquote(self, tweet: WorldTweet, handle: str, params: Mapping[str, str], width: int) -> str:
        options = ""
        if params.get("hide_thread") in ("true", "t", "1"):
            options += ' data-conversation="none"'
        if params.get("hide_media") in ("true", "t", "1"):
            options += ' data-cards="hidden"'
        if "theme" in params:
            options += f' data-theme="{params["theme"]}"'
        if params.get("align", "none") != "none":
            options += f' align="{params["align"]}"'
        if params.get("dnt") in ("true", "t", "1"):
            options += ' data-dnt="true"'
        if "lang" in params:
            options += f' data-lang="{params["lang"]}"'
        if "maxwidth" in params:
            options += f' data-width="{width}"'
        posted = tweet.posted_at
        return (
            f'<blockquote class="twitter-tweet"{options}><p lang="{tweet.language}" dir="{tweet.direction}">'
            f"{body_html(tweet)}</p>&mdash; {written(tweet.author.name)} (@{handle}) "
            f'<a href="https://{self.generation}.com/{handle}/status/{tweet.status_id}?ref_src=twsrc%5Etfw">'
            f"{MONTHS[posted.month - 1]} {posted.day}, {posted.year}</a></blockquote>"
        )


def body_html(tweet: WorldTweet) -> str:
    links = [f"https://t.co/S{tweet.status_id[-8:]}{number}" for number in range(len(tweet.urls))]
    return " ".join([written(tweet.prose).replace("\n", "<br>"), *(f'<a href="{link}">{link}</a>' for link in links)])


def written(text: str) -> str:
    return html.escape(text).replace("&#x27;", "&#39;")
