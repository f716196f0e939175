"""The forms of a day's file: for each generator a template and a small mapping (docs/howto/mirror-format.md)."""
