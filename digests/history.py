"""Every change of a digest: who, when, what; kept by django-reversion, a version of the whole list for each.

A digest is registered with its entries and their shown tweets: each revision holds all rows of the list as they were.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import reversion
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from digests.models import Digest, Entry, ShownTweet

reversion.register(ShownTweet)
reversion.register(Entry, follow=["shown_tweets"])
reversion.register(Digest, follow=["entries"])


@contextmanager
def change(digest_id: int, *, by: AbstractBaseUser | None, what: str) -> Iterator[Digest]:
    """One change of a digest, `what` in a few words for its history, `by` None for the machine's own.

    The digest's row is locked, so changes come one after the other; when the block ends, `revision` has grown by one and the
    history has a version. Where the block raises, nothing happened.
    """
    with transaction.atomic(), reversion.create_revision():
        digest = Digest.all_drafts.select_for_update().get(pk=digest_id)
        yield digest
        digest.revision += 1
        digest.save()
        if by:
            reversion.set_user(by)
        reversion.set_comment(what)
        reversion.add_to_revision(digest)
