"""The tests: the same servers as the demo, but a database, broker numbers and queues for each of their workers."""

import os

from config.settings.dev import *
from config.settings.logs import logging_config
from config.settings.stores import cache, numbered

DEBUG = False
# A machine that runs tests is a busy one; locks keep production's limit, since tests are about them.
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off -c statement_timeout=60000"
# pytest-xdist names its workers gw0, gw1, ...; pytest-django gives each its database. The benchmark has 2 and 3.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = numbered(REDIS_URL, 4 + 2 * WORKER)
CACHES = {"default": cache(REDIS_URL)}
QUEUE_PREFIX = f"test{WORKER}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = logging_config(json=True, level=env.str("LOG_LEVEL", default="WARNING"))
# Each process that runs tests has files of its own, and leaves none behind.
STORAGES["papers"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
