"""Bluesky: its stream of posts, its API without a key, and what a post says."""
