"""A developer's machine and the demo: embedded servers unless the URLs are set."""

from config.settings.base import *
from config.settings.stores import embedded_database, embedded_redis, with_options

SECRET_KEY = env.str("SECRET_KEY", default="not-secret-outside-production")
DEBUG = env.bool("DEBUG", default=True)
ALLOWED_HOSTS = ["*"]

EMBEDDED_POSTGRES = "DATABASE_URL" not in env
EMBEDDED_VALKEY = "REDIS_URL" not in env

DATABASES = {"default": with_options(env.db("DATABASE_URL") if not EMBEDDED_POSTGRES else embedded_database(LAYOUT))}
REDIS_URL = env.str("REDIS_URL", default=embedded_redis(LAYOUT))
