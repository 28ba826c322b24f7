"""One row of any model, made from its columns: so that a new model is looked at without a new test."""

import uuid
from datetime import time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from orders.models import GiftCard, Invoice, Order
from tests.factories.orders import ADDRESS, ChannelFactory, CustomerFactory, OrderFactory, ProductFactory
from tests.factories.warehouse import BinFactory, WarehouseFactory

FLOORS = ("orders", "warehouse", "shipping", "returns")
_numbers = count(1)

# What a CHECK or a meaning asks for.
SPECIAL: dict[str, dict[str, Any]] = {
    "warehouse.fulfillmentorder": {"warehouse": WarehouseFactory, "supplier": None},
    "warehouse.waveschedule": {"every_minutes": None},
    "shipping.shipment": {"ship_to": ADDRESS},
    "orders.feedback": {"rating": 4},
    "orders.digitalgood": {"text": "Read me."},
    "orders.digitalcode": {"line": None, "given_at": None},
    "orders.orderline": {"parent": None},
    "orders.invoice": {"snapshot": {}},
    "orders.processexception": {"category": "stuck_label", "facts": {"attempts": 5, "error": "closed"}},
    "warehouse.sourcingrule": {"channel": ChannelFactory},
    "orders.holdrule": {"amount": Decimal(500), "currency": "EUR"},
    "orders.balancemovement": {"gift_card": lambda: a_row(GiftCard)},
    "orders.paperfile": {"invoice": lambda: a_row(Invoice)},
}


def models_of_the_house() -> list[type[models.Model]]:
    """Every table of the four floors."""
    return [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]


def a_row(model: type[models.Model], **given: Any) -> Any:
    """A saved row; what it points to is made too."""
    label = model._meta.label_lower
    made: Any = {
        "orders.order": OrderFactory,
        "orders.channel": ChannelFactory,
        "orders.customer": CustomerFactory,
        "orders.product": ProductFactory,
        "warehouse.warehouse": WarehouseFactory,
        "warehouse.bin": BinFactory,
    }.get(label)
    if made:
        return made(**given)
    special = {name: value() if callable(value) else value for name, value in SPECIAL.get(label, {}).items()}
    values = {**special, **given}
    for field in model._meta.concrete_fields:
        if field.name not in values and not _fills_itself(field):
            values[field.name] = _value(field)
    return model._default_manager.create(**values)


def _fills_itself(field: Any) -> bool:
    has_default = field.has_default() or field.db_default is not models.NOT_PROVIDED
    is_dated = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    is_optional_link = field.remote_field and field.null and field.remote_field.model not in (Order,)
    return bool(field.primary_key or has_default or is_dated or is_optional_link)


def _value(field: Any) -> Any:
    n = next(_numbers)
    if field.remote_field:
        target = field.remote_field.model
        return User.objects.create(username=f"user{n}") if target is User else a_row(target)
    if field.choices:
        return field.choices[0][0]
    match field:
        case ArrayField():
            return []
        case models.JSONField():
            return {}
        case models.BinaryField():
            return b"%PDF-1.7"
        case models.UUIDField():
            return uuid.uuid4()
        case models.DecimalField():
            return Decimal(1) if field.name != "tax_rate" else Decimal("0.19")
        case models.BooleanField():
            return True
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return timezone.localdate() + timedelta(days=1)
        case models.TimeField():
            return time(15)
        case models.IntegerField():
            return n % 30_000 if field.name in {"sequence", "position"} else 1
        case models.EmailField():
            return f"x{n}@example.com"
    if field.name == "currency":
        return "EUR"
    return "" if field.blank else f"{field.name[:8]}{n}"[: field.max_length]
