"""Addresses of the old site that listed all days."""

OLD_TAGS = "ar-xiv|twitter|machine-learning|computer-science"
"""Each post of the old site had all these tags and its one category, so a list of one of them lists all days."""
OLD_ADDRESSES = ("category/ar-xiv", "tags", "categories", *(f"tag/{tag}" for tag in OLD_TAGS.split("|")))
"""Those that can be counted, for a copy of the site as files."""
