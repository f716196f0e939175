"""What editors do to a day's list: proposing it, changing it, and its history."""
