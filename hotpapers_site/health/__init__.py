"""How the running product is: who runs, what waits, what is wrong, and who is told of it."""
