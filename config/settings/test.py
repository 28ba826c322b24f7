"""The tests: the same servers as the demo, but their own database, broker numbers and queues."""

from config.settings.dev import *
from config.settings.stores import numbered

DEBUG = False
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
REDIS_URL = numbered(REDIS_URL, 2)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
