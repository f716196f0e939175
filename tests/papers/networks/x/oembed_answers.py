"""Answers of oEmbed, as tests expect or invent them."""

from papers.networks.base import Embed
from tests.standins.oembed import body_html
from tests.standins.tweets import WorldTweet

SCRIPT = '\n<script async src="https://platform.x.com/widgets.js" charset="utf-8"></script>\n\n'


def expected(tweet: WorldTweet) -> Embed:
    return Embed(
        status_id=tweet.status_id,
        name=tweet.author.name,
        handle=tweet.author.handle,
        language=tweet.language,
        direction="rtl" if tweet.direction == "rtl" else "ltr",
        body_html=body_html(tweet),
        posted_on=tweet.posted_at.date(),
    )
