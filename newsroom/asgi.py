"""The ASGI application, for several processes under an ASGI server, with REDIS_URL set."""

import os

from django.core.asgi import get_asgi_application

from newsroom.celery import load_broker, require_redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_asgi_application()
require_redis()
load_broker()
