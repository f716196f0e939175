"""Editors hand a list to each other: comments on it and on its papers, and who waits for whom. Readers see nothing of it."""
