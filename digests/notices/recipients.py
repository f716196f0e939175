"""Who may be told of what."""

from django.contrib.auth.models import User

from digests.models import Digest, ListChange

BACKEND = "django.contrib.auth.backends.ModelBackend"
SEE, EDIT, PUBLISH = "digests.view_digest", "digests.change_digest", "digests.publish_digest"


def who_may(right: str = SEE) -> list[User]:
    """The editors with this right, by the name that they sign in with; one query."""
    there = User.objects.with_perm(right, backend=BACKEND).filter(is_staff=True)
    return list(there.order_by("username"))


def who_worked_on(digest: Digest) -> list[User]:
    """The editors who changed the list or asked for its review; everybody who may, where nobody did."""
    worked = set(ListChange.objects.filter(digest=digest, by__isnull=False).values_list("by", flat=True))
    editors = who_may(EDIT)
    return [one for one in editors if one.pk in worked] or editors
