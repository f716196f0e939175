"""How dates and times are written in the admin: as on all our pages."""
