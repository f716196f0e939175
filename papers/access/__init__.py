"""Access to the outside services: clients built from the settings, and the budget for reading X."""
