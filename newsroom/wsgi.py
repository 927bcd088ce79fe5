"""The WSGI application of deploy/gunicorn.conf.py, for several processes, with REDIS_URL set."""

import os

from django.core.wsgi import get_wsgi_application

from newsroom.celery import load_broker, require_redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_wsgi_application()
require_redis()
load_broker()
