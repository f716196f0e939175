"""What editors do to a day's list: propose it, change it, and look back at its history."""
