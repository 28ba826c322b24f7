"""Settings of a worker that a test starts and kills: the test's database, a short lease, real SMTP."""

import os

from config.settings.test import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["OMS_TEST_DATABASE"]  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ["OMS_TEST_SMTP_PORT"])
QUEUE_PREFIX = os.environ["OMS_TEST_QUEUE_PREFIX"]
OUTBOX_LEASE_SECONDS = 2
