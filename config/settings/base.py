"""Settings shared by every environment; what differs comes from the environment (12-factor)."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF

from config.embedded.paths import Layout
from config.settings.desk import UNFOLD as DESK
from config.settings.logs import configure_structlog, logging_config

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.str("OMS_VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
LAYOUT = Layout(VAR_DIR)
EMBEDDED_POSTGRES = EMBEDDED_VALKEY = False

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "config",
    "returns",
    "shipping",
    "warehouse",
    "orders",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_fsm",
    "pgtrigger",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.BadgesStayOnTheFloor",
    "config.middleware.ContentSecurityPolicy",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
SWITCHBOARD = "config.switchboard"
DOORBELL = "config.celery.ring"  # wakes the workers of a queue
PAYMENT_GATEWAYS = {
    "gift_card": "orders.gateways.stored.Stored",
    "manual": "orders.gateways.manual.Manual",
    "sandbox": "orders.gateways.sandbox.Sandbox",
    "store_credit": "orders.gateways.stored.Stored",
}
STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_WEBHOOK_SECRETS: list[str] = env.list("STRIPE_WEBHOOK_SECRETS", default=[])  # two while they rotate
STRIPE_ACCOUNT = env.str("STRIPE_ACCOUNT", default="")  # whose news are ours, where one key serves several accounts
if STRIPE_API_KEY:
    PAYMENT_GATEWAYS["stripe"] = "orders.gateways.stripe.Stripe"
CARRIERS = {"house": "shipping.carriers.house.HouseCarrier"}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]

# --- files: ``papers`` keeps invoices and credit notes as they were issued; web and workers must reach the same one
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "papers": {
        "BACKEND": env.str("PAPERS_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json(
            "PAPERS_OPTIONS",
            default={"location": str(VAR_DIR / "papers"), "file_permissions_mode": 0o440},
        ),
    },
}
# --- files of imports and exports: for web and workers alike, never served by themselves, gone after a week
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "files"))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
IMPORT_MOST_BYTES = env.int("IMPORT_MOST_BYTES", default=200 * 1024 * 1024)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- API
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "orders.api.schema.ProblemSchema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "OMS partner API",
    "DESCRIPTION": "Orders, products, stock, shipments and returns. Errors are problem documents (RFC 9457).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "TAGS": [
        {"name": "orders", "description": "Place orders, follow them, change what may be changed."},
        {"name": "products", "description": "The catalogue, shared by all partners."},
        {"name": "stock", "description": "What is there, and what could be promised."},
        {"name": "fulfillment orders", "description": "What each location has to send."},
        {"name": "shipments", "description": "Parcels, their papers, and news of them."},
        {"name": "returns", "description": "Goods that come back."},
    ],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "orders.api.schema.close_bodies",
        "config.api.name_expanded_parts",
    ],
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "orders.api.serializers.VISIBLE",
        "PaymentState": "orders.states.PaymentState.choices",
        "FulfillmentState": "orders.states.FulfillmentState.choices",
        "ReturnState": "orders.states.ReturnState.choices",
        "PaymentStatus": "orders.states.PaymentStatus.choices",
        "RefundStatus": "orders.states.RefundStatus.choices",
        "TaxExemption": "orders.states.TaxExemption.choices",
        "CancelReason": "orders.states.CANCEL_REASONS",
        "HoldReason": "orders.states.HoldReason.choices",
        "ActorKind": "orders.api.serializers.ACTOR_KINDS",
        "Gateway": "orders.api.serializers.GATEWAYS",
        "RefundTarget": "orders.states.RefundTarget.choices",
        "Fragility": "orders.states.Fragility.choices",
        "OutOfStockPolicy": "orders.states.OutOfStockPolicy.choices",
        "AdjustmentReason": "warehouse.states.AdjustmentReason.choices",
        "FulfillmentOrderStatus": "warehouse.states.FulfillmentOrderStatus.choices",
        "RequestStatus": "warehouse.states.RequestStatus.choices",
        "ShipmentStatus": "shipping.states.ShipmentStatus.choices",
        "TrackingStatus": "shipping.states.TrackingStatus.choices",
        "LineKind": "orders.states.LineKind.choices",
        "DocumentKind": "shipping.states.DocumentKind.choices",
        "ReturnStatus": "returns.states.ReturnStatus.choices",
        "ReturnReason": "returns.states.ReturnReason.choices",
        "ReturnKind": "returns.api.serializers.KINDS",
        "Reception": "returns.states.Reception.choices",
        "Acceptance": "returns.states.Acceptance.choices",
        "Condition": "returns.states.Condition.choices",
        "Disposition": "returns.states.Disposition.choices",
        "LocationKind": "warehouse.api.serializers.LOCATION_KINDS",
    },
}

# --- mail
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="shop@example.com")
SERVER_EMAIL = env.str("SERVER_EMAIL", default=DEFAULT_FROM_EMAIL)
EMAIL_TIMEOUT = 10  # seconds
OUTBOX_LEASE_SECONDS = 60  # how long a worker may hold a message; longer than sending ten of them takes
MAIL_DIR: Path | None = None  # where the demo's SMTP sink keeps what it takes, and the mailbox page finds it

# --- people
# Hours after which a hold of a reason is a person's question; a reason that is missing here may last.
HOLD_PATIENCE_HOURS: dict[str, int] = env.dict(
    "HOLD_PATIENCE_HOURS",
    cast={"value": int},
    default={"fraud_review": 24, "address": 48, "customer_request": 336, "other": 72},
)
TEAM_EMAIL = env.str("TEAM_EMAIL", default="")  # who is told of urgent exceptions that nobody takes; empty: nobody
ESCALATE_AFTER_MINUTES = env.int("ESCALATE_AFTER_MINUTES", default=60)
# --- people's data
# Years for which the law keeps what stands on invoices, from the end of the year of issue; ten is longest in the EU.
LEGAL_RETENTION_YEARS = env.int("LEGAL_RETENTION_YEARS", default=10)

# --- back office
UNFOLD = DESK

# --- staff login: ten wrong passwords for one account from one address lock that pair out for a quarter of an hour
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "warehouse.web.badge.BadgeBackend",
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- browsers: nothing from elsewhere, no inline script without this answer's nonce
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"

# --- logs and figures
LOGGING = logging_config(json=env.bool("LOG_JSON", default=True), level=env.str("LOG_LEVEL", default="INFO"))
configure_structlog()
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # config.middleware.RequestLog has checked it
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_OPEN = False
