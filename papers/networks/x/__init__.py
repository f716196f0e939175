"""X: its API, what its answers say, and its oEmbed endpoint."""
