"""`manage.py follow_bluesky`: Bluesky's stream of new posts, followed for ever by one process of all machines."""

from papers.management.following import FollowCommand
from papers.networks.bluesky.client import Bluesky


class Command(FollowCommand):
    help = "Follow Bluesky's stream and keep the posts that link papers. Several may run: one follows, the others wait."
    network = Bluesky.name
