"""Carriers: one file each, do and undo side by side. ``settings.CARRIERS`` lists them."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from shipping.carriers.protocol import CarrierAdapter


@cache
def adapter(name: str) -> CarrierAdapter:
    """The adapter of that name (``Carrier.adapter``)."""
    made: CarrierAdapter = import_string(settings.CARRIERS[name])()
    return made
