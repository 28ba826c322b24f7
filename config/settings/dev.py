"""A developer's machine: embedded servers unless the URLs are set."""

from config.settings.base import *

SECRET_KEY = env.str("SECRET_KEY", default="not-secret-outside-production")
DEBUG = env.bool("DEBUG", default=True)
ALLOWED_HOSTS = ["*"]
