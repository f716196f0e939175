"""How the services outside are reached: the clients as the settings describe them, and what may be read from X."""
