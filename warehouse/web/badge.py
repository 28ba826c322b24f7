"""Getting onto the floor by badge. Failed scans count as failed logins, so guessing locks the device out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, authenticate, login
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from warehouse.models import Badge
from warehouse.services.issue_badge import hash_of

_LONGEST = 64


class BadgeBackend(BaseBackend):
    """Knows people by their badge; what they may do, the house's other backend says."""

    def authenticate(self, request: HttpRequest | None, badge: str | None = None, **_: Any) -> User | None:  # noqa: ARG002
        """The active member of staff whose badge it is."""
        if not badge:
            return None
        found = Badge.objects.select_related("user").filter(code_hash=hash_of(badge[:_LONGEST])).first()
        return found.user if found and found.user.is_active and found.user.is_staff else None

    def get_user(self, user_id: int) -> User | None:
        """For later requests of the session."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def came_by_badge(request: HttpRequest) -> bool:
    """Whether this session was opened by a badge alone: good enough for the floor, not for the back office."""
    return str(request.session.get(BACKEND_SESSION_KEY, "")).endswith(BadgeBackend.__name__)


@require_POST
def scan_badge(request: HttpRequest) -> HttpResponse:
    """Log in by one scan."""
    user = authenticate(request, badge=request.POST.get("badge", "").replace("\0", ""))
    if user is None:
        messages.error(request, _("This badge isn't known; scan it again, or log in by name."))
        return redirect("wh:login")
    login(request, user)
    return redirect("wh:home")
