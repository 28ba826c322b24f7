"""The mailbox page: every mail that the demo has sent, readable on a phone, and as JSON for programs."""

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.mailbox.mails import Mail, mail, mails

# The page inside the frame: its own styles and pictures, no scripts, links open outside.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first; `?to=` narrows, `?format=json` answers a list."""
    to = request.GET.get("to", "")
    found = mails(_folder(), to=to)
    if request.GET.get("format") == "json":
        return JsonResponse([mail.as_json() for mail in found], safe=False)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "config/mailbox/inbox.html", {"page": page, "to": to})


@require_safe
@never_cache
def read(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its heads, and its HTML in a frame, or its text."""
    found = _found(name)
    as_text = request.GET.get("show") == "text" or not found.html
    return render(request, "config/mailbox/mail.html", {"mail": found, "as_text": as_text})


@require_safe
@never_cache
def body(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """The HTML of one mail as it was sent; its links open in a tab of their own."""
    headers = {"Content-Security-Policy": FRAME_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(f'<base target="_blank">{_found(name).html}', headers=headers)


def _found(name: str) -> Mail:
    found = mail(_folder(), name)
    if found is None:
        raise Http404
    return found


def _folder() -> Path:
    assert settings.MAIL_DIR is not None, "the mailbox is only mounted where MAIL_DIR is set"
    return settings.MAIL_DIR
