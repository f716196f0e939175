"""The desk's pages and the requests that they send."""
