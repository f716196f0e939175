"""The commands that collect, and what they share."""
