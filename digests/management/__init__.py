"""The commands for lists, and what they share."""
