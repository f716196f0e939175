#!/usr/bin/env python
"""Django's command line for Hot Papers."""

import os
import sys
from argparse import ArgumentParser
from typing import NoReturn

from django.core.management import execute_from_command_line


def end_with_one_sentence(parser: ArgumentParser, message: str) -> NoReturn:
    """Say what is wrong with the arguments, without argparse's many lines of usage before it."""
    parser.exit(2, f"{parser.prog}: {message}. `{parser.prog} --help` says what it takes.\n")


def main() -> None:
    """Run the command. One line and status 1 where only the database is in no state for it; one and 130 after Ctrl-C."""
    ArgumentParser.error = end_with_one_sentence  # type: ignore[assignment, method-assign]
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped by Ctrl-C.\n")
        sys.exit(130)
    except Exception as error:
        from hotpapers_site.databases.failed_commands import what_to_do

        if not (line := what_to_do(error, sys.argv[1])):
            raise
        sys.exit(line)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotpapers_site.settings")
    main()
