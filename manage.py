#!/usr/bin/env python
"""The command line of Newsroom: `manage.py help` lists what it can do."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A mistyped variable is the operator's to mend: the sentence helps, a traceback does not.
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{error}")
    except Exception as error:
        # The same holds for a database that is gone, or a full disk.
        from newsroom import troubles

        if "--traceback" in sys.argv or troubles.kind_of(error) is None:
            raise
        sys.exit(troubles.sentence(error))


if __name__ == "__main__":
    main()
