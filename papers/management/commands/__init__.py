"""Commands of `manage.py` for papers and posts, a module each."""
