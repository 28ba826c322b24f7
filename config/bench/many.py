"""Orders by the hundred thousand: a few are placed through the API, then copied within the scratch database.

Copies are rows as good as their originals, whatever columns they have: only what must differ does.
"""

import sys

from django.db import connection, models

from config.bench import shop
from config.bench.house import House
from config.bench.load import Plan
from config.bench.place import PAYMENTS
from config.imports.progress import Progress
from orders.models import Order, OrderLine, Payment

_ORIGINALS = 100  # of each kind of payment
_BATCH = 10_000

# The k-th copy of row `t`; `span` is the table's highest original key, so every copy gets a key of its own.
_KEY = "t.id + k * {span}"
_PUBLIC_ID = "'{prefix}_' || substr(md5('{prefix}' || t.id || '.' || k), 1, 16)"
# An order number with a check character that fits: hexadecimal digits count alike in the house's alphabet.
_NUMBER = """(SELECT left(h, 4) || '-' || right(h, 4) || '-' || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (
    SELECT sum(weight * ('x' || substr(h, place::int, 1))::bit(4)::int)::int % 31
    FROM unnest(ARRAY[3, 9, 27, 19, 26, 16, 17, 20]) WITH ORDINALITY AS w (weight, place)), 1)
    FROM upper(lpad(to_hex(({key})::bigint * 2654435761 % 4294967296), 8, '0')) AS h)"""


def fill(house: House, orders: int) -> int:
    """Bring the shop to at least ``orders`` orders of 3 lines, one a minute into the past; returns how many."""
    for payment in PAYMENTS.values():
        order = {**shop.ORDER, "payment": payment}
        plan = Plan(clients=4, attempts=_ORIGINALS, order=order, lines=3, products=(1, shop.PRODUCTS))
        answers = house.load(plan).answers
        if answers != {"201": _ORIGINALS}:
            raise RuntimeError(f"orders to copy could not be placed: {answers}")
    originals = Order.objects.count()
    copies = max(0, -(-orders // originals) - 1)
    statements = _statements()
    step = max(1, _BATCH // originals)
    with Progress(copies * originals, unit="orders", stream=sys.stderr) as progress, connection.cursor() as cursor:
        for first in range(1, copies + 1, step):
            last = min(first + step - 1, copies)
            for statement in statements:
                cursor.execute(statement, [first, last])
            progress.advance((last - first + 1) * originals)
        cursor.execute("VACUUM ANALYZE")
    return (copies + 1) * originals


def _statements() -> list[str]:
    """One INSERT per table, which takes the numbers of the first and the last copy to be made."""
    orders = _span(Order)
    order = _KEY.format(span=orders)
    of_order = {"order_id": f"t.order_id + k * {orders}"}
    older = {name: f"t.{name} - k * {orders} * interval '1 minute'" for name in ("created_at", "updated_at")}
    received = {name: f"t.{name} - k * {orders} * interval '1 minute'" for name in ("placed_at", "confirmed_at")}
    name = {"number": _NUMBER.format(key=order), "external_ref": "t.external_ref || '-' || k"}
    return [
        _copy(Order, {**older, **received, **name}),
        _copy(OrderLine, of_order),
        _copy(Payment, {**of_order, **older}),
    ]


def _copy(model: type[models.Model], changed: dict[str, str]) -> str:
    table, span = model._meta.db_table, _span(model)
    fields = {field.column: field for field in model._meta.concrete_fields}
    prefix = getattr(fields["public_id"], "prefix", "")
    values = {
        **{column: f't."{column}"' for column in fields},
        "id": _KEY.format(span=span),
        "public_id": _PUBLIC_ID.format(prefix=prefix),
        **changed,
    }
    columns = ", ".join(f'"{column}"' for column in values)
    return (
        (
            f"INSERT INTO {table} ({columns}) SELECT {', '.join(values.values())} "  # noqa: S608 - names of our own columns
            f"FROM {table} t, generate_series(%s, %s) k WHERE t.id <= {span}"
        )
        .replace("%", "%%")
        .replace("%%s", "%s")
    )


def _span(model: type[models.Model]) -> int:
    return int(model._default_manager.latest("pk").pk)
