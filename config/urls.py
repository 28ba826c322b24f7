"""Every URL of the house."""

from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.functional import lazy
from django.views.generic import RedirectView

from config import health
from config.front import front

urlpatterns: list[URLPattern | URLResolver] = [
    path("", front),
    path("admin/", admin.site.urls),
    path("wh/", include("warehouse.web.urls")),
    path("wh/", include("shipping.web.urls")),
    path("api/", include("config.api")),
    path("", include("orders.web.urls")),
    path("", include("warehouse.web.customer_urls")),
    path("", include("returns.web.urls")),
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("favicon.svg"))),
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
    path("healthz/deep", health.deep),
    path("metrics", health.metrics),
]

handler400 = "config.api.bad_request"
handler500 = "config.api.server_error"

if settings.MAIL_DIR is not None:
    urlpatterns.append(path("mailbox/", include("config.mailbox.urls")))
