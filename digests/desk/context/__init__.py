"""What an editor should know beside the list: what was covered before, other days, past lists, and what is new."""
