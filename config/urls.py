"""Every URL of the house."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("orders.web.urls")),
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
    path("healthz/deep", health.deep),
    path("metrics", health.metrics),
]

if settings.MAIL_DIR is not None:
    urlpatterns.append(path("mailbox/", include("config.mailbox.urls")))
