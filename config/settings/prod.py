"""Production: everything comes from the environment, and a missing variable stops the boot by name."""

from config.settings.base import *
from config.settings.stores import cache, with_options

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env.str("SITE_URL")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

DATABASES = {"default": with_options(env.db("DATABASE_URL"))}
REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": cache(REDIS_URL)}
QUEUE_PREFIX = env.str("QUEUE_PREFIX", default="oms")

# The sandbox moves no money: it is left out unless it is asked for.
if "stripe" in env.list("PAYMENT_GATEWAYS", default=["manual"]):
    STRIPE_API_KEY, STRIPE_WEBHOOK_SECRETS = env.str("STRIPE_API_KEY"), env.list("STRIPE_WEBHOOK_SECRETS")
PAYMENT_GATEWAYS = {code: PAYMENT_GATEWAYS[code] for code in env.list("PAYMENT_GATEWAYS", default=["manual"])}

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = env.str("SERVER_EMAIL", default=DEFAULT_FROM_EMAIL)
vars().update(env.email_url("EMAIL_URL"))

STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("PROXY_COUNT", default=0) else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
