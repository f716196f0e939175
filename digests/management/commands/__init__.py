"""Commands of `manage.py` for lists and mirrors, a module each."""
