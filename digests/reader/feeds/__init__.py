"""What feed readers, reference managers and search engines fetch."""
