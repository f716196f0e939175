"""The commands for the site as a whole."""
