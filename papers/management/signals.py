"""What commands that run for ever tell of themselves: `hotpapers_site/health/workers.py` hears it."""

from django.dispatch import Signal

follower_begins, follower_ends = Signal(), Signal()
"""Of this process, which follows a network's stream."""
