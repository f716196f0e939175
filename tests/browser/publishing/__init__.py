"""Publication at the desk in a real browser, from schedules to corrections."""
