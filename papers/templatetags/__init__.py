"""Template tags about the collection."""
