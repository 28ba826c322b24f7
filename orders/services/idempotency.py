"""A POST that is sent twice acts once: one record per credential and key, written with the work itself.

Without a gateway call the key is claimed and answered in the one transaction of the work (``act_once``).
With one, the first transaction claims it and names its order (or payment), the last one answers it, and a retry that
finds no answer, because the first attempt died on its way, is answered from the state that was left behind.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from orders.errors import IdempotencyConflict, IdempotencyInFlight, PaymentDeclined
from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.models import IdempotencyKey
from orders.states import OrderStatus, PaymentStatus

KEPT = timedelta(hours=48)


@dataclass(frozen=True, kw_only=True)
class Once:
    """A POST that must act once: whose it is, its key, and a fingerprint of what it asks for."""

    api_key_id: int
    key: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the client was told; ``body`` is JSON text, repeated byte by byte."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What the first attempt came to: its answer, or, when it died on its way, only what it was about."""

    answer: Answer | None
    order_id: int | None
    payment_id: int | None = None


_CLAIM = """
    INSERT INTO orders_idempotencykey AS seen (api_key_id, key, fingerprint, order_id, body, headers, created_at)
    VALUES (%s, %s, %s, CASE WHEN %s THEN nextval(pg_get_serial_sequence('orders_order', 'id')) END,
        '', '{}', statement_timestamp())
    ON CONFLICT (api_key_id, key) DO UPDATE
    SET fingerprint = EXCLUDED.fingerprint, order_id = EXCLUDED.order_id, payment_id = NULL, status = NULL,
        body = '', headers = '{}', created_at = EXCLUDED.created_at
    WHERE seen.created_at < statement_timestamp() - interval '48 hours'
    RETURNING order_id
"""


def claim(once: Once) -> Replay | None:
    """Take the key for this request, first thing in ``work()``; one statement when it is new (or outlived 48 h).

    Waits for another request that holds the key in an open transaction. Returns what the first attempt came
    to. Raises ``IdempotencyConflict`` (the key was used for something else), ``IdempotencyInFlight``, and
    ``PaymentDeclined`` when the first attempt died before it could say so.
    """
    taken, _ = _take(once, names_order=False)
    return None if taken else _replay(once)


def claim_order(once: Once) -> Replay | int:
    """As ``claim``, for a placement: returns the pk that its order must be inserted with.

    The record names the order before there is one (the foreign key is checked at the commit), which spares
    the statement that would name it later.
    """
    taken, order_id = _take(once, names_order=True)
    return order_id if taken and order_id is not None else _replay(once)


def name_payment(once: Once, *, order_id: int, payment_id: int) -> None:
    """Keep which payment a claimed request is about, until its gateway has answered; one statement."""
    _record(once).update(order_id=order_id, payment_id=payment_id)


_CLAIM_MANY = """
    INSERT INTO orders_idempotencykey AS seen (api_key_id, key, fingerprint, order_id, body, headers, created_at)
    SELECT %s, w.key, w.fingerprint, nextval(pg_get_serial_sequence('orders_order', 'id')), '', '{}',
        statement_timestamp()
    FROM unnest(%s::text[], %s::text[]) AS w(key, fingerprint)
    ON CONFLICT (api_key_id, key) DO NOTHING
    RETURNING key, order_id
"""


def claim_orders(onces: Sequence[Once]) -> dict[str, int]:
    """As ``claim_order`` for many of one credential, in one statement: the pks by key, of those that are new."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_MANY, [onces[0].api_key_id, [o.key for o in onces], [o.fingerprint for o in onces]])
        return dict(cursor.fetchall())


_ANSWER_MANY = """
    UPDATE orders_idempotencykey k SET status = w.status, body = w.body, headers = w.headers::jsonb
    FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[]) AS w(key, status, body, headers)
    WHERE k.api_key_id = %s AND k.key = w.key
"""


def answer_many(told: Sequence[tuple[Once, Answer]]) -> None:
    """As ``answer`` for many of one credential, in one statement."""
    rows = [(once.key, answer.status, answer.body, json.dumps(answer.headers)) for once, answer in told]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER_MANY, [*columns, told[0][0].api_key_id])


_OPEN = """
    INSERT INTO orders_idempotencykey AS seen (api_key_id, key, fingerprint, status, body, headers, created_at)
    VALUES (%s, %s, %s, 200, '', '{}', statement_timestamp())
    ON CONFLICT (api_key_id, key) DO UPDATE SET created_at = seen.created_at
    RETURNING fingerprint
"""


def open_batch(once: Once) -> None:
    """Keep what a batch's key was used for; its items are claimed and answered one by one. ``IdempotencyConflict``."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [once.api_key_id, once.key, once.fingerprint])
        if cursor.fetchone()[0] != once.fingerprint:
            raise IdempotencyConflict("This Idempotency-Key was used for another request; send a new key.")


def item_of(batch: Once, i: int, asked: str) -> Once:
    """The key of one item of a batch: no client can send such a one."""
    name = sha256(batch.key.encode()).hexdigest()
    return Once(api_key_id=batch.api_key_id, key=f"\x1f{name}.{i}", fingerprint=sha256(asked.encode()).hexdigest())


def _take(once: Once, *, names_order: bool) -> tuple[bool, int | None]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [once.api_key_id, once.key, once.fingerprint, names_order])
            row = cursor.fetchone()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise _in_flight() from error
        raise
    return (True, row[0]) if row else (False, None)


def _replay(once: Once) -> Replay:
    seen = IdempotencyKey.objects.select_related("order", "payment").get(api_key_id=once.api_key_id, key=once.key)
    if seen.fingerprint != once.fingerprint:
        raise IdempotencyConflict("This Idempotency-Key was used for another request; send a new key.")
    if seen.status is not None:
        answer = Answer(status=seen.status, body=seen.body, headers=seen.headers)
        return Replay(answer=answer, order_id=seen.order_id)
    if seen.order is None or seen.order.status == OrderStatus.SUBMITTED:
        raise _in_flight()
    if seen.order.status in (OrderStatus.DECLINED, OrderStatus.DRAFT):
        raise PaymentDeclined("payment: the gateway declined it; ask the customer for another means of payment.")
    if seen.payment is not None and seen.payment.status == PaymentStatus.PENDING:
        raise _in_flight()
    if seen.payment is not None and seen.payment.status == PaymentStatus.FAILED:
        raise PaymentDeclined("payment: the gateway declined it; ask the customer for another means of payment.")
    return Replay(answer=None, order_id=seen.order_id, payment_id=seen.payment_id)


def _in_flight() -> IdempotencyInFlight:
    return IdempotencyInFlight("The first request with this Idempotency-Key is still being worked on; retry shortly.")


def name_order(once: Once, order_id: int) -> None:
    """Say which order a claimed request is about, when there was one before it; one statement."""
    _record(once).update(order=order_id)


def answer(once: Once, told: Answer) -> None:
    """Store the answer of a claimed request, in the transaction that makes it true; one statement."""
    _record(once).update(status=told.status, body=told.body, headers=told.headers)


_REMEMBER = """
    INSERT INTO orders_idempotencykey AS seen (api_key_id, key, fingerprint, status, body, headers, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, statement_timestamp())
    ON CONFLICT (api_key_id, key) DO UPDATE
    SET status = EXCLUDED.status, body = EXCLUDED.body, headers = EXCLUDED.headers
    WHERE seen.status IS NULL AND seen.fingerprint = EXCLUDED.fingerprint
        AND EXISTS (SELECT FROM orders_order o WHERE o.id = seen.order_id AND o.status IN ('declined', 'draft'))
"""


def remember_refusal(once: Once, told: Answer) -> None:
    """Store a refusal after its work was rolled back, or its order declined or a draft again; one statement.

    A retry that was faster and claimed the key meanwhile keeps it: its own outcome is the answer.
    """
    headers = json.dumps(told.headers)
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [once.api_key_id, once.key, once.fingerprint, told.status, told.body, headers])


def act_once(once: Once, *, by: Actor, act: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Claim, act and answer in one transaction; tells the answer and whether it is a replay.

    For work without a gateway call; services that ``act`` calls join this transaction.
    """
    with work(by=by):
        replay = claim(once)
        if replay is not None:
            if replay.answer is None:
                raise _in_flight()
            return replay.answer, True
        told = act()
        answer(once, told)
        return told, False


def forget_keys() -> int:
    """Delete the records that are older than 48 hours; called by the beat. Returns how many."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return deleted


def _record(once: Once) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(api_key_id=once.api_key_id, key=once.key)
