"""What is written once stays as it was written, whoever asks."""

import pgtrigger
import pytest
from django.db import DatabaseError, connection, models, transaction

from config.docs.house import models as every_model
from orders.models import OrderEvent, PaymentTransaction
from tests.house.rows import plant

WRITTEN_ONCE = {
    "BalanceMovement",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteTax",
    "DeliveryPromise",
    "HoldRuleChange",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "OrderCancellation",
    "OrderCancellationLine",
    "OrderEvent",
    "Receipt",
    "ReceiptLine",
    "ScanEvent",
    "SourcingDecision",
    "StockMovement",
    "TrackingEvent",
}
GUARDED = [model for model in every_model() if model.__name__ in WRITTEN_ONCE]


def test_exactly_these_tables_are_append_only() -> None:
    guarded = {model.__name__ for model, trigger in pgtrigger.registered() if trigger.name == "append_only"}
    assert guarded == WRITTEN_ONCE


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__)
@pytest.mark.django_db
def test_neither_update_nor_delete_gets_through(model: type[models.Model]) -> None:
    row = plant(model)
    rows, table = model._default_manager.filter(pk=row.pk), model._meta.db_table
    for field in model._meta.concrete_fields:
        if not field.primary_key and field.name != "feed_position":
            refused(lambda field=field: rows.update(**{field.name: another(field, row)}))
        if getattr(row, field.attname) is not None:
            refused(lambda field=field: sql(f'UPDATE {table} SET "{field.column}" = NULL WHERE id = %s', row.pk))
    refused(rows.delete)
    refused(lambda: rows._raw_delete(rows.db))
    refused(lambda: sql(f"DELETE FROM {table} WHERE id = %s", row.pk))
    assert rows.values().get() == model._default_manager.filter(pk=row.pk).values().get()


@pytest.mark.django_db
def test_an_event_gets_its_place_in_the_feed_once() -> None:
    row = plant(OrderEvent, order_id=None)
    events = OrderEvent.objects.filter(pk=row.pk)
    assert events.update(feed_position=7) == 1
    refused(lambda: events.update(feed_position=8))
    refused(lambda: events.update(feed_position=None))
    assert events.get().feed_position == 7


@pytest.mark.parametrize("status", ["success", "failure"])
@pytest.mark.django_db
def test_a_finished_transaction_never_changes(status: str) -> None:
    row = plant(PaymentTransaction, status=status)
    rows = PaymentTransaction.objects.filter(pk=row.pk)
    refused(lambda: rows.update(amount=2))
    refused(lambda: rows.update(gateway_ref="another"))
    refused(lambda: rows._raw_delete(rows.db))
    assert rows.get().amount == 1


@pytest.mark.django_db
def test_a_pending_transaction_may_be_leased_and_never_deleted() -> None:
    rows = PaymentTransaction.objects.filter(pk=plant(PaymentTransaction, status="pending").pk)
    refused(lambda: rows._raw_delete(rows.db))
    with transaction.atomic():
        assert rows.update(attempts=1) == 1
        transaction.set_rollback(True)  # its payment was never there


def refused(change) -> None:
    with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
        change()


def sql(statement: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [pk])


def another(field: models.Field, row: models.Model):
    """A value that the row doesn't have."""
    now = getattr(row, field.attname)
    match field:
        case models.BooleanField():
            return not now
        case models.ForeignKey() | models.IntegerField() | models.DecimalField():
            return (now or 0) + 1
        case models.JSONField():
            return {"another": True}
        case models.UUIDField():
            return "00000000-0000-0000-0000-000000000000"
        case models.DateTimeField() | models.DateField():
            return "2020-02-02T00:00:00Z" if isinstance(field, models.DateTimeField) else "2020-02-02"
    return "x"
