"""Formats of dates and times in the admin: the same as on all our pages."""
