"""The site of production with the views of `views.py` added, for gunicorn."""

from benchmarks.support.up import adapt_settings

adapt_settings()

from newsroom.wsgi import application  # noqa: E402 (it reads the settings)

__all__ = ["application"]
