"""What may go wrong with the services together: one failure of each kind after the other."""

from tests.standins.running import Services


def fail(made: Services, turn: int) -> None:
    """The services fail, in other ways each of ten turns, and Bluesky's stream in every second one."""
    if turn % 2:
        first, second = made.streams
        first.interrupt(("abort", "cut", "close", "silence", "abort")[turn % 10 // 2])
        second.interrupt("abort")
    match turn % 10:
        case 1:
            made.arxiv.fault("/api", "503 with Retry-After")
            made.hackernews.fault("/api", "502")
        case 2:
            made.x.fault("/2/tweets/search", "503", times=2)
            made.bluesky.fault("/xrpc/app.bsky.feed.getPosts", "502", times=2)
        case 3:
            made.arxiv.fault("/api", "reset", times=2)
            made.x.fault("/2/tweets/search", "truncated")
            made.huggingface.fault("/api", "429")
        case 4:
            made.arxiv.fault("/rss", "429")
            made.oembed.fault("/oembed", "429")
            made.hackernews.fault("/v0", "truncated", times=3)
        case 5:
            made.x.fault("/2/tweets", "500", times=2)
            made.bluesky.fault("/xrpc/app.bsky.feed.getPosts", "429-bare")
        case 6:
            made.arxiv.fault("/list", "html")
            made.oembed.fault("/oembed", "403-html")
            made.huggingface.fault("/api", "{}")
        case 7:
            made.arxiv.fault("/api", "empty page")
            made.bluesky.fault("/xrpc/app.bsky.feed.searchPosts", "expired")
