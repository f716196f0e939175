"""The desk: where an editor makes a day's list, inside the admin."""
