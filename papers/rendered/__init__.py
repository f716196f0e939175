"""Strangers' and editors' texts as safe HTML and plain text: rendered once, by workers, within a bound, and kept (decision
0009)."""
