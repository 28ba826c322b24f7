"""A developer's machine and the demo: embedded servers unless the URLs are set."""

from config.settings.base import *
from config.settings.logs import logging_config
from config.settings.stores import cache, embedded_database, embedded_redis, with_options

SECRET_KEY = env.str("SECRET_KEY", default="not-secret-outside-production")
DEBUG = env.bool("DEBUG", default=True)
ALLOWED_HOSTS = ["*"]
WHITENOISE_USE_FINDERS = True

EMBEDDED_POSTGRES = "DATABASE_URL" not in env
EMBEDDED_VALKEY = "REDIS_URL" not in env

DATABASES = {"default": with_options(embedded_database(LAYOUT) if EMBEDDED_POSTGRES else env.db("DATABASE_URL"))}
REDIS_URL = env.str("REDIS_URL", default=embedded_redis(LAYOUT))
CACHES = {"default": cache(REDIS_URL)}
QUEUE_PREFIX = "oms"
METRICS_OPEN = True

MAIL_DIR = VAR_DIR / "mail"
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))

LOGGING = logging_config(json=env.bool("LOG_JSON", default=False), level=env.str("LOG_LEVEL", default="INFO"))
