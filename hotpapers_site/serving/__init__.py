"""The processes of `manage.py serve`: the embedded broker, and the supervisor that runs all programs together."""
