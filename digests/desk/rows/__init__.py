"""The rows of the desk's two columns: candidates and the day's list."""
