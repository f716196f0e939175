"""Hacker News: stories that link a paper, found by the Algolia search and read again one by one."""
