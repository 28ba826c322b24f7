#!/usr/bin/env python
"""Run the project's commands; those that need a database find the embedded servers running."""

import os
import sys

WITHOUT_SERVERS = {
    *("help", "services", "demo", "check", "collectstatic", "diffsettings", "findstatic", "spectacular"),
    *("makemessages", "compilemessages", "messages", "docs"),
}


def needs_servers(arguments: list[str]) -> bool:
    """Whether this command line is one that talks to PostgreSQL or Valkey."""
    words = set(arguments[1:])
    return bool(words) and arguments[1] not in WITHOUT_SERVERS and not words & {"-h", "--help", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    if needs_servers(sys.argv):
        from config.embedded.errors import EmbeddedError
        from config.embedded.servers import start_if_needed

        try:
            start_if_needed()
        except EmbeddedError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
