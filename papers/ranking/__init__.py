"""Which papers are hot, and why."""
