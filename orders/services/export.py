"""Tell a person all that is held about them, as one JSON document (GDPR, articles 15 and 20)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F
from django.utils import timezone

from orders.events import CustomerExported
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_customer
from orders.models import Customer
from orders.personal_data import VERSION, Held, everything_held

FORMAT = "oms.personal-data"
_CHUNK = 500  # rows in memory at a time


def export_customer(customer_id: int, *, by: Actor) -> Iterator[str]:
    """Note who asked, then give the document piece by piece: memory stays flat however long they have been customers.

    What was merged into the customer is theirs and told with it. Raises ``NotFound``.
    """
    with work(by=by):
        customer = locked_customer(customer_id)
        emit(CustomerExported(order_id=None, customer=customer.pk))
        merged = Customer.objects.filter(merged_into=customer).order_by("pk").values_list("pk", flat=True)
        customer_ids = [customer.pk, *merged]
    return _document(customer_ids)


def _document(customer_ids: Sequence[int]) -> Iterator[str]:
    head = {"format": FORMAT, "version": VERSION, "exported_at": timezone.now(), "customer_ids": customer_ids}
    yield json.dumps(head, cls=DjangoJSONEncoder)[:-1]
    for held in everything_held():
        if held.section:
            yield f',\n"{held.section}": ['
            yield from _rows(held, customer_ids)
            yield "]"
    yield "}\n"


def _rows(held: Held, customer_ids: Sequence[int]) -> Iterator[str]:
    names = {_plain(name): name for name in held.told}
    own = {plain: F(name) for plain, name in names.items() if plain != name}
    rows: Any = held.rows(customer_ids).order_by("pk").values(*(n for p, n in names.items() if p == n), **own)
    comma = ""
    for row in rows.iterator(chunk_size=_CHUNK):
        yield comma + json.dumps({plain: row[plain] for plain in names}, cls=DjangoJSONEncoder, ensure_ascii=False)
        comma = ",\n"


def _plain(name: str) -> str:
    """``order__number`` is told as ``order_number``, and a longer way by its last two words."""
    return "_".join(name.split("__")[-2:])
