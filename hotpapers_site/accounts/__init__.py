"""A user's own account: password, second factor and sessions; and the events that are recorded about it."""
