"""The front door: whoever types in nothing but our name is told where to go on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def front(request: HttpRequest) -> HttpResponse:
    """Customers are sent to their mails; staff, and everybody who tries the demo, find all doors here."""
    is_demo = settings.MAIL_DIR is not None
    return render(request, "config/front.html", {"is_demo": is_demo, "has_doors": is_demo or request.user.is_staff})
