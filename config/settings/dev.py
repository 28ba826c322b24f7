"""A developer's machine: embedded servers unless the URLs are set."""

from config.settings.base import *  # noqa: F403

SECRET_KEY = env.str("SECRET_KEY", default="not-secret-outside-production")  # noqa: F405
DEBUG = env.bool("DEBUG", default=True)  # noqa: F405
ALLOWED_HOSTS = ["*"]
