"""The columns of a table's export: read from the model, so that a new field is exported without a new line here.

A column is a path that ``values_list`` can read, so that all of a row comes with one statement: links are written as
what people call their target (an order's number, a product's SKU), addresses part by part.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Model
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform

from orders.models.fields import AmountField

# A path, or a name and what to work out for it.
Wanted = str | tuple[str, Any]

ADDRESSES = ("shipping_address", "billing_address", "ship_to", "address")
ADDRESS_PARTS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone")
# Never in a file, whoever asks: credentials, leases of queues, whole papers and messages.
NEVER = frozenset(
    """
    password key_hash code_hash token lease_token leased_until context html body headers fingerprint session_hash
    post_data get_data http_accept request file rejects_file snapshot action_url
    """.split()  # noqa: SIM905 - easier to read
)
# Says who somebody is, where they live, or what they wrote: a list with such a column needs its own right.
PERSONAL = frozenset(
    """
    email phone phone_e164 customer_name note comment sent_to diff answer actions ip_address user_agent
    first_name last_name shipping_address billing_address ship_to detail place resolution
    """.split()  # noqa: SIM905
)
PERSONAL_OF: Mapping[str, frozenset[str]] = {
    "orders.Customer": frozenset({"name", "reference", "tags"}),
    "orders.CustomerAddress": frozenset({"address", "label"}),
    "orders.Order": frozenset({"metadata", "tags"}),
    "orders.Payment": frozenset({"gateway_ref"}),
    "orders.PaymentTransaction": frozenset({"gateway_ref"}),
    "orders.Notification": frozenset({"subject", "text"}),
    "auth.User": frozenset({"username"}),
}
_KEYS = ("number", "sku", "code", "public_id", "username")  # what people call a row
_FARTHEST = 3  # links


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its stable name, what is read for it, and the path to the currency when it is money."""

    name: str
    path: str
    expression: Any = None
    currency: str = ""
    is_personal: bool = False


def columns_of(
    model: type[Model], first: Iterable[Wanted] = (), *, hidden: Iterable[str] = (), currency: str = ""
) -> tuple[Column, ...]:
    """The columns ``first``, as far as they can be read, then all others of the model, each once."""
    unwanted = NEVER.union(hidden)
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    if not any(name in names for name in _KEYS):
        names.insert(0, model._meta.pk.name)
    found: dict[str, Column] = {}
    for wanted in (*first, *names):
        for column in _columns(model, wanted, unwanted, currency):
            found.setdefault(column.name, column)
    if currency and any(column.currency for column in found.values()):
        found.setdefault("currency", Column(name="currency", path=currency))
    return tuple(found.values())


def can_be_read(model: type[Model], path: str) -> bool:
    """Whether ``path`` leads to a column, or to a row that has a name."""
    return field_at(model, path) is not None


def field_at(model: type[Model], path: str) -> Any:
    """The field at the end of ``path``, which only goes along foreign keys; None when there is none."""
    field: Any = None
    for part in path.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        if not getattr(field, "concrete", False) or field.many_to_many:
            return None
        model = field.related_model or model
    return field


def _columns(model: type[Model], wanted: Wanted, unwanted: frozenset[str], currency: str) -> Iterator[Column]:
    if isinstance(wanted, tuple):
        name, expression = wanted
        is_worked_out = isinstance(expression, Combinable | models.expressions.BaseExpression)
        yield Column(
            name=name,
            path=f"export_{name}" if is_worked_out else expression,
            expression=expression if is_worked_out else None,
            is_personal=name in PERSONAL,
        )
        return
    field = field_at(model, wanted)
    if field is None or field.name in unwanted or isinstance(field, models.BinaryField):
        return
    owner = _owner(model, wanted)
    is_personal = field.name in PERSONAL or field.name in PERSONAL_OF.get(owner._meta.label, ())
    name = wanted.replace("__", "_")
    if field.name in ADDRESSES and isinstance(field, models.JSONField):
        for part in ADDRESS_PARTS:
            yield Column(
                name=f"{name}_{part}",
                path=f"export_{name}_{part}",
                expression=KeyTextTransform(part, wanted),
                is_personal=is_personal,
            )
    elif field.remote_field:
        key = _key(field.related_model)
        yield Column(name=name if key else f"{name}_id", path=f"{wanted}__{key}" if key else f"{wanted}_id")
    else:
        code = currency if isinstance(field, AmountField) else ""
        yield Column(name=name, path=wanted, currency=code, is_personal=is_personal)


def _owner(model: type[Model], path: str) -> Any:
    for part in path.split("__")[:-1]:
        model = model._meta.get_field(part).related_model  # type: ignore[assignment]
    return model


def _key(model: Any) -> str:
    names = {field.name for field in model._meta.concrete_fields if not isinstance(field, ArrayField)}
    return next((key for key in _KEYS if key in names), "")
