"""Readers' pages as finished bytes, kept in each process until the database says that something on them changed.

`triggers` make the database tell what changed, `watching` hears it, `cache` holds the pages. See docs/decisions/0006.
"""
