"""What the world says: arXiv's papers, the posts about them, and their counts."""
