"""The tests: the same servers as the demo, but their own database, broker numbers and queues."""

from config.settings.dev import *
from config.settings.logs import logging_config
from config.settings.stores import cache, numbered

DEBUG = False
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
REDIS_URL = numbered(REDIS_URL, 2)
CACHES = {"default": cache(REDIS_URL)}
QUEUE_PREFIX = "test"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = logging_config(json=True, level=env.str("LOG_LEVEL", default="WARNING"))
