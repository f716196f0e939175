from digests.management.digest_command import DigestCommand
from digests.publishing import publish


class Command(DigestCommand):
    help = "Show the digest of a listing day to readers."
    change = publish
    done = "published"
    left_alone = "published already, left alone"
