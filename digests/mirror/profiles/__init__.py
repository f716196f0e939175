"""The forms of a day's file: a template and a small mapping for each generator (docs/howto/mirror-format.md)."""
