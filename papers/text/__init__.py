"""Readers for what strangers and editors write: TeX, formulas, embedded posts, identifiers, folded letters."""
