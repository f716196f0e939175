"""Commands of `manage.py` for the site as a whole, a module each."""
