"""``?expand=``: what else an order's answer may bring, from this floor and, by PANELS, from those above."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from orders import selectors
from orders.api import render
from orders.errors import InvalidRequest
from orders.kernel.errors import FieldError

Part = Callable[[Sequence[int]], dict[int, Any]]


def expanded(order_id: int, asked: str) -> dict[str, Any]:
    """The parts of an order that ``asked`` names, separated by commas. Raises ``InvalidRequest``."""
    names = [name for name in asked.split(",") if name]
    known = parts()
    if set(names) - set(known):
        detail = f"Any of: {', '.join(known)}."
        raise InvalidRequest(
            "expand is not valid.", errors=[FieldError(pointer="?expand", code="choice", detail=detail)]
        )
    return {name: known[name]([order_id]).get(order_id, []) for name in names}


@cache
def parts() -> dict[str, Part]:
    """Every part by name."""
    panels = import_module(settings.SWITCHBOARD).PANELS
    above = {name: import_string(panel["part"]) for name, panel in panels.items() if "part" in panel}
    return {**above, "events": _events}


def _events(order_ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, list[Any]] = {order_id: [] for order_id in order_ids}
    for row in selectors.public_events(order_ids):
        if row.order_id is not None:
            found[row.order_id].append(render.event(row))
    return found
