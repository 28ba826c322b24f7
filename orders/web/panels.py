"""What upper floors show about an order, drawn as PANELS in the switchboard says, by page."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from orders.models import Order

Audience = Literal["customer", "admin", "floor"]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One floor's part of the page, ready to be put in."""

    name: str
    html: SafeString


def panels(order: Order, audience: Audience, request: HttpRequest, **page: Any) -> list[Panel]:
    """The panels of ``order`` in the switchboard's order; a panel with nothing to show is left out.

    Each is its selector's context, ``order`` and what ``page`` is about, in its template for this audience. The
    request brings the CSRF token for the panel's forms, which post to its own floor's URLs.
    """
    drawn = []
    for name, panel in _table().items():
        if template := panel.get(audience):
            context = {"order": order, **page, **import_string(panel["selector"])(order)}
            html = render_to_string(template, context, request=request)
            drawn.append(Panel(name=name, html=SafeString(html.strip())))
    return [panel for panel in drawn if panel.html]


@cache
def parts(name: str) -> list[Any]:
    """What upper floors name as this part of their panels (``found``, ``actions``), imported."""
    return [import_string(panel[name]) for panel in _table().values() if name in panel]


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = import_module(settings.SWITCHBOARD).PANELS
    return table
