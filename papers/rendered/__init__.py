"""Strangers' and editors' text as safe HTML and plain text: made by workers, once, within a bound, and kept (decision 0009)."""
