"""How a screen answers: say what happened, and show the screen again."""

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orders.kernel.errors import DomainError


def act(
    request: HttpRequest, do: Callable[[], str], *, then: str, public_id: str = "", otherwise: str = ""
) -> HttpResponse:
    """Do it and say what was done, or loudly why not; both lead back to a screen, so that reloading repeats nothing.

    ``otherwise`` is the way back after a refusal, when it isn't the same.
    """
    try:
        messages.success(request, do())
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        then = otherwise or then
    return redirect(then, public_id) if public_id else redirect(then)


def misread(request: HttpRequest, form: Form, *, then: str, public_id: str = "") -> HttpResponse:
    """What came in makes no sense: say so, change nothing."""
    faults = [str(fault) for field in form.errors.values() for fault in field]
    messages.error(request, " ".join([_("That could not be read."), *dict.fromkeys(faults)]))
    return redirect(then, public_id) if public_id else redirect(then)


def new_client_id() -> str:
    """For a form that is sent without JavaScript: the same form sent twice counts once."""
    return str(uuid4())
