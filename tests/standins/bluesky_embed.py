"""A stand-in for embed.bsky.app: oEmbed answers, and the page of one post that their script puts into a frame.

Public description: https://docs.bsky.app/docs/advanced-guides/oembed
"""

import html
import json
import re
from typing import Any, Literal

from tests.standins.serving import HTML, JSON, Reply, Request, Standin

POST = r"(did:[a-z]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9._~:-]+)"
Fate = Literal["shown", "gone", "refused"]
WORDS: dict[Fate, str] = {
    "shown": "The original of post {key}, as it would be at Bluesky.",
    "gone": "Post not found, it may have been deleted.",
    "refused": "The author of this post has requested their posts not be displayed on external sites.",
}


class BlueskyEmbedStandin(Standin):
    """Has every post there may be, but for those of which it is said otherwise."""

    height = 210
    """px"""

    def __init__(self) -> None:
        super().__init__()
        self.fates: dict[str, Fate] = {}
        """By the post's key."""

    def answer(self, request: Request) -> Reply:
        if request.path == "/oembed":
            return self._oembed(request.params.get("url", ""))
        asked = re.fullmatch(f"/embed/{POST}", request.path)
        return self._page(asked[2], request) if asked else Reply(404, b"<!doctype html><title>Not found</title>", HTML)

    def _oembed(self, url: str) -> Reply:
        asked = re.fullmatch(rf"at://{POST}|https://bsky\.app/profile/([^/]+)/post/([^/]+)", url)
        if not asked:
            return Reply(400, b'{"error":"InvalidRequest"}', JSON)
        did, key = (asked[1], asked[2]) if asked[1] else (asked[3], asked[4])
        fate = self.fates.get(key, "shown")
        if fate != "shown":
            return Reply(404 if fate == "gone" else 403, json.dumps({"error": "NotFound", "message": WORDS[fate]}).encode(), JSON)
        uri = f"at://{did}/app.bsky.feed.post/{key}"
        markup = f'<blockquote class="bluesky-embed" data-bluesky-uri="{html.escape(uri)}"></blockquote>'
        body: dict[str, Any] = {"type": "rich", "version": "1.0", "html": f"{markup}<script async></script>", "height": None}
        return Reply(200, json.dumps(body).encode(), JSON)

    def _page(self, key: str, request: Request) -> Reply:
        """Tells its height to whoever gave it an id."""
        told = json.dumps({"id": request.params.get("id"), "height": self.height})
        words = html.escape(WORDS[self.fates.get(key, "shown")].format(key=key))
        is_dark = request.params.get("colorMode") == "dark"
        page = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Post {html.escape(key)}</title>
<style>
  body {{ margin: 0; font: 15px/1.4 sans-serif; background: {"#000" if is_dark else "#fff"}; color: {"#fff" if is_dark else "#000"}; }}
  article {{ box-sizing: border-box; height: {self.height}px; padding: 12px 16px; overflow-wrap: anywhere; }}
</style>
<article><p>{words}</p></article>
<script>const told = {told}; if (told.id) parent.postMessage(told, "*");</script>
"""
        return Reply(200, page.encode(), HTML)
