"""gunicorn's configuration for production; its command line may set more, such as --workers."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

from newsroom.serving import options

wsgi_app = "newsroom.wsgi"
globals().update(options())
