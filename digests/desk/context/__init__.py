"""What an editor should know while making a list: earlier coverage, other days, past lists, and what is new."""
