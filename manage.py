#!/usr/bin/env python
"""Django's command line for Hot Papers."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command. One line and status 1 where only the database is away."""
    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        from hotpapers_site.databases.away import why_away

        if not (reason := why_away(error)):
            raise
        sys.exit(f"The database cannot be used now ({reason}). Look at its server and at DATABASE_URL, then run this again.")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
    main()
