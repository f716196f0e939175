"""Static copies of the published days."""
