"""arXiv: when it announces papers, which ones, and their metadata."""
