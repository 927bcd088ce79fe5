"""For a WSGI server with several processes (`gunicorn newsroom.wsgi`); it needs REDIS_URL."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_wsgi_application()
