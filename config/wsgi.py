"""The WSGI application: what granian (or gunicorn) serves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

from django.core.wsgi import get_wsgi_application

import config.celery  # noqa: F401 (the Celery app, loaded before the first order needs its bell)
from config.embedded.servers import start_if_needed

start_if_needed()
application = get_wsgi_application()
