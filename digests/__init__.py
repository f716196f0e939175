"""What editors say: the lists of days, and all that is made of them for readers."""
