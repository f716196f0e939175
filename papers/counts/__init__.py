"""Counts that stay true: tweets are read again, kept as history, thinned with age, and hidden once they are gone."""
