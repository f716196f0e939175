"""A stand-in for X's page of one post, made for frames: `/embed/Tweet.html` of platform.x.com."""

import json
import re
from typing import Any

from tests.standins.serving import HTML, Reply, Request, Standin

DARK = "#000; color: #e7e9ea; border-color: #2f3336"
LIGHT = "#fff; color: #0f1419; border-color: #cfd9de"
NOISE: list[Any] = [
    None, 7, [], "no JSON", "null", {"twttr.embed": None}, {"twttr.embed": 7}, {"twttr.embed": {"method": "twttr.private.resize"}},
    {"twttr.embed": {"method": "twttr.private.rendered", "params": [{"height": 1}]}},
    *({"twttr.embed": {"method": "twttr.private.resize", "params": params}} for params in (None, 7, [], [None], [{"height": "9"}])),
]  # fmt: skip
"""Messages that tell no height; the real page, too, sends some of other kinds."""


class EmbedStandin(Standin):
    """Has every post there may be, and tells the height that it is said to have."""

    height = 260
    """px"""

    def answer(self, request: Request) -> Reply:
        status_id = request.params.get("id", "")
        if request.path != "/embed/Tweet.html" or not re.fullmatch(r"\d{1,19}", status_id):
            return Reply(404, b"<!doctype html><title>Not found</title>", HTML)
        resize = {"jsonrpc": "2.0", "method": "twttr.private.resize", "params": [{"width": 550, "height": self.height}]}
        messages = json.dumps([*NOISE, {"twttr.embed": resize}])
        page = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Post {status_id}</title>
<style>
  body {{ margin: 0; font: 15px/1.4 sans-serif; }}
  article {{ box-sizing: border-box; height: {self.height}px; padding: 12px 16px; border: 1px solid; border-radius: 12px;
    overflow-wrap: anywhere; background: {DARK if request.params.get("theme") == "dark" else LIGHT}; }}
</style>
<article><p>The original of post {status_id}, as it would be at X.</p></article>
<script>for (const message of {messages}) parent.postMessage(message, "*");</script>
"""
        return Reply(200, page.encode(), HTML)
