"""Search in all papers: by words, names, categories, days and ids, the same on both databases."""
