#!/usr/bin/env python3
"""Django's command line, with Agenturclient's settings."""

import os
import sys

from agenturclient.env import EnvironmentProblem


def main() -> None:
    """Run one management command; a wrong setting ends it with a sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agenturclient.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the name

    try:
        execute_from_command_line(sys.argv)
    except EnvironmentProblem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
