"""How the running product is: which processes run, what waits, what is wrong, and who is told."""
