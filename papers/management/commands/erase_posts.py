"""`manage.py erase_posts`: a post or an author's posts go, on request, and stay away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from papers import clock, fetching
from papers.counts import erased_on_request
from papers.models import Tweet
from papers.networks.registry import KINDS
from papers.plurals import counted


class Command(BaseCommand):
    help = (
        "Erase a post, or all posts of an author: text, name and handle go from every page, list and mirror, and are refused "
        "when they come again. A record without names stays in the admin. After you restored an older backup into another "
        "database, erase again; `restore --replace` does so by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--post", metavar="LINK", help="the post's address on its network, or NETWORK:ID")
        what.add_argument("--author", metavar="NETWORK:HANDLE", help=f"for example x:handle; networks: {', '.join(KINDS)}")
        parser.add_argument("--reason", required=True, help="who asked, without personal data, for example “ticket 17”")
        parser.add_argument("--dry-run", action="store_true", help="say how many posts would go")

    def handle(self, *, post: str | None, author: str, reason: str, dry_run: bool, **options: Any) -> None:
        if not reason.strip():
            raise CommandError("--reason is empty; say who asked, without personal data, for example “ticket 17”.")
        if post is not None:
            network, id = self._post(post)
            found = Tweet.objects.filter(network=network, status_id=id).all()
        else:
            network, _, id = author.partition(":")
            if network not in KINDS or not id.strip("@ "):
                raise CommandError(f"--author is {author!r}; expected NETWORK:HANDLE, for example x:handle.")
            found = erased_on_request.posts_of_author(network, id)
        if dry_run:
            self.stdout.write(f"{counted(found.count(), 'post')} would be erased.")
            return
        erase = erased_on_request.erase_post if post is not None else erased_on_request.erase_author
        erased = erase(network, id, reason=reason[:200], now=clock.now())
        self.stdout.write(f"{counted(erased, 'post')} erased. What is erased is refused from now on.")

    def _post(self, link: str) -> tuple[str, str]:
        for network, kind in KINDS.items():
            if (id := kind.id_in(link)) is not None:
                return network, id
        name, _, id = link.strip().partition(":")
        if name in KINDS and KINDS[name].is_id(id):
            return name, id
        if found := erased_on_request.id_by_handle(link):
            return found
        try:
            return fetching.identified(link, clock.now())
        except fetching.Unknown:
            titles = ", ".join(kind.title for kind in KINDS.values())
            raise CommandError(
                f"--post is {link!r}; expected the address of a post on {titles}, with a handle that is in use, or NETWORK:ID."
            ) from None
        except fetching.NotFetched as error:
            raise CommandError(
                f"--post is {link!r}, whose author we don't know by this handle, and the network could not be asked: {error} "
                "Run this again later, or give NETWORK:ID, for example bluesky:at://did:plc:…/app.bsky.feed.post/…"
            ) from None
