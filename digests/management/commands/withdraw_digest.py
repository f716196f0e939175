from digests.management.digest_command import DigestCommand
from digests.publishing.status import withdraw


class Command(DigestCommand):
    help = "Hide the published digest of a listing day from readers."
    change = withdraw
    done = "withdrawn"
    left_alone = "not published, left alone"
