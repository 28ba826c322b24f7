"""A person is forgotten, and the ledger is kept."""

from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import Sum
from django.utils import timezone

from config.audit import checks, judge, snapshot
from orders.admin.customer_actions import EraseForm
from orders.errors import NotErasable, NotFound
from orders.kernel.actor import SYSTEM
from orders.kernel.work import work
from orders.mailer import send_due_messages
from orders.models import (
    AccessCode,
    Customer,
    CustomerAddress,
    Invoice,
    Notification,
    Order,
    OrderEvent,
    PaymentTransaction,
)
from orders.requests import WantedLine
from orders.services.erase import erase_customer, finish_erasures, retained_until
from orders.services.merge import merge_customers
from orders.services.notify import owe_message
from orders.services.place import place_order
from orders.services.settle import settle_payments
from shipping.models import Shipment, ShippingDocument
from tests.factories.orders import CustomerFactory, OrderFactory, ProductFactory, ShippingMethodFactory
from tests.factories.shipping import confirmed_order, delivered, stocked
from tests.orders.papers import NEW_YEARS_EVE, a_shop, billed, bought
from tests.orders.people import EMAIL, MARK, PHONE, customers_draft, customers_order, found_in
from tests.orders.requests import an_order

pytestmark = pytest.mark.django_db(transaction=True)


def ledger() -> dict[str, Any]:
    """What must be the same afterwards."""
    sums = Order.objects.aggregate(*(Sum(name) for name in ("total", "captured_total", "refunded_total", "tax_total")))
    return {
        **sums,
        "invoices": list(Invoice.objects.order_by("pk").values_list("number", "net", "tax", "total")),
        "money": list(PaymentTransaction.objects.order_by("pk").values_list("kind", "status", "amount")),
        "events": list(
            OrderEvent.objects.exclude(type__startswith="customer.").order_by("pk").values_list("pk", "type", "data")
        ),
    }


def broken() -> list[str]:
    with snapshot():
        return [check.name for check in checks() if not judge(check, most=1).is_kept]


def test_nothing_is_left_but_what_the_law_keeps_and_the_books_are_as_before() -> None:
    order = customers_order()
    stranger = confirmed_order([(stocked(ProductFactory()), 1)])
    assert order.status == "completed"
    before, marked = ledger(), found_in()
    assert {"orders_order", "orders_customer", "orders_notification", "shipping_shipment"} <= marked.keys()
    customer_id = order.customer_id
    codes = AccessCode.objects.filter(order=order).count()
    assert codes == 1

    after = erase_customer(customer_id, by=SYSTEM)

    assert set(found_in()) == {"orders_invoice", "orders_creditnote"}
    assert found_in("98765432") == {"orders_invoice": 1, "orders_creditnote": 1}
    assert (after.email, after.name, after.phone, after.phone_e164, after.tags) == (None, "", "", "", [])
    assert after.anonymised_at is not None
    assert after.erasure_due_on == date(timezone.localdate().year + 11, 1, 1)
    order.refresh_from_db()
    assert (order.shipping_address, order.billing_address, order.metadata) == ({"country": "DE"}, None, {})
    assert (order.customer_id, order.total) == (customer_id, before["total__sum"] - stranger.total)
    assert AccessCode.objects.filter(order=order).count() == 0
    assert CustomerAddress.objects.filter(customer=customer_id).count() == 0
    assert ShippingDocument.objects.count() == 0
    assert Shipment.objects.get().ship_to == {"country": "DE"}
    assert ledger() == before
    assert broken() == []
    event = OrderEvent.objects.get(type="customer.erased")
    assert event.data == {"customer": customer_id, "orders": 1, "due_on": after.erasure_due_on.isoformat()}
    stranger.refresh_from_db()
    assert stranger.shipping_address["line1"] == "Hauptstr. 1"


def test_the_papers_follow_when_their_years_are_over(settings: Any) -> None:
    order = customers_order()
    erase_customer(order.customer_id, by=SYSTEM)
    assert finish_erasures() == 0
    assert set(found_in()) == {"orders_invoice", "orders_creditnote"}

    settings.LEGAL_RETENTION_YEARS = -1
    Customer.objects.filter(pk=order.customer_id).update(erasure_due_on=timezone.localdate())
    assert finish_erasures() == 1

    assert found_in() == {}
    assert Customer.objects.get(pk=order.customer_id).erasure_due_on is None
    invoice = Invoice.objects.get()
    assert {"buyer", "ship_to"} & invoice.snapshot.keys() == set()
    assert invoice.snapshot["order_number"] == order.number
    assert finish_erasures() == 0
    assert OrderEvent.objects.filter(type="customer.erased").count() == 2


def test_without_papers_nothing_waits() -> None:
    order = OrderFactory(status="cancelled")
    assert erase_customer(order.customer_id, by=SYSTEM).erasure_due_on is None


def test_years_are_counted_from_the_end_of_the_one_of_issue(settings: Any) -> None:
    settings.LEGAL_RETENTION_YEARS = 10
    assert retained_until(date(2026, 1, 1)) == retained_until(date(2026, 12, 31)) == date(2037, 1, 1)


def test_the_year_of_a_paper_is_the_sellers(settings: Any) -> None:
    """Half past midnight on New Year's Day in Berlin is still the old year in UTC."""
    settings.LEGAL_RETENTION_YEARS = 10
    a_shop(timezone="Europe/Berlin")
    order = bought()
    with patch.object(timezone, "now", return_value=NEW_YEARS_EVE):
        invoice = billed(order)
    assert (invoice.issued_at.year, invoice.issued_on) == (2026, date(2027, 1, 1))
    settle_payments(order.pk)
    Order.objects.filter(pk=order.pk).update(status="completed")
    customer = Customer.objects.get(pk=order.customer_id)
    until = {str(name): value for name, value in EraseForm(target=customer, user=None).facts}
    assert until["Kept by law on invoices until"] == "Jan. 1, 2038"

    assert erase_customer(customer.pk, by=SYSTEM).erasure_due_on == date(2038, 1, 1)


def refused(customer_id: int, sentence: str) -> None:
    """The refusal says so, and nothing changed."""
    rows = list(Customer.objects.order_by("pk").values()), list(Order.objects.order_by("pk").values())
    events, owed = OrderEvent.objects.count(), Notification.objects.count()
    with pytest.raises(NotErasable) as refusal:
        erase_customer(customer_id, by=SYSTEM)
    assert refusal.value.detail == sentence
    assert (list(Customer.objects.order_by("pk").values()), list(Order.objects.order_by("pk").values())) == rows
    assert (OrderEvent.objects.count(), Notification.objects.count()) == (events, owed)


def test_open_orders_and_unsettled_money_are_named() -> None:
    customer = CustomerFactory()
    OrderFactory(customer=customer, number="AAAA-AAAA-A")
    OrderFactory(customer=customer, number="BBBB-BBBB-B", status="completed", total=Decimal(5))
    OrderFactory(customer=customer, number="CCCC-CCCC-C", status="completed", return_status="in_return")
    refused(
        customer.pk,
        "Finish these orders first: AAAA-AAAA-A still open; BBBB-BBBB-B with money unsettled; "
        "CCCC-CCCC-C with goods on their way back.",
    )


def test_a_pending_refund_is_unsettled_money() -> None:
    order = confirmed_order([(stocked(ProductFactory()), 1)])
    delivered(order)
    payment = order.payments.get()
    PaymentTransaction.objects.create(payment=payment, kind="refund", amount=1, idempotency_key="later")
    refused(order.customer_id, f"Finish these orders first: {order.number} with money unsettled.")


def test_many_orders_are_counted() -> None:
    customer = CustomerFactory()
    for letter in "ABCDEFG":
        OrderFactory(customer=customer, number=f"{letter * 4}-0000-0")
    with pytest.raises(NotErasable, match=r"EEEE-0000-0 and 2 more still open\.$"):
        erase_customer(customer.pk, by=SYSTEM)


def test_neither_twice_nor_a_tombstone_nor_nobody() -> None:
    one, other = CustomerFactory(), CustomerFactory()
    merge_customers(one.pk, absorbed=other.pk, by=SYSTEM)
    refused(other.pk, "This customer was merged into another one; erase that one.")
    erase_customer(one.pk, by=SYSTEM)
    refused(one.pk, "This customer was erased before.")
    with pytest.raises(NotFound):
        erase_customer(10**9, by=SYSTEM)


def test_what_was_merged_into_the_customer_goes_too() -> None:
    survivor, gone = CustomerFactory(), CustomerFactory(email=EMAIL, name=MARK, reference=f"shop:{MARK}")
    merge_customers(survivor.pk, absorbed=gone.pk, by=SYSTEM)
    assert found_in() == {"orders_customer": 1}
    erase_customer(survivor.pk, by=SYSTEM)
    assert found_in() == {}


def test_later_orders_by_the_same_mail_are_another_customers() -> None:
    ShippingMethodFactory()
    product = stocked(ProductFactory())
    old = CustomerFactory(email="ada@example.com")
    erase_customer(old.pk, by=SYSTEM)
    order = place_order(an_order(WantedLine(sku=product.sku, quantity=1)), by=SYSTEM)
    assert order.customer_id != old.pk
    assert Customer.objects.get(pk=order.customer_id).email == "ada@example.com"


def test_messages_that_wait_are_never_sent(mailoutbox: list[Any]) -> None:
    order = OrderFactory(status="cancelled")
    with work(by=SYSTEM):
        owe_message(order_id=order.pk, template="orders/mail/cancelled")
    old_link = order.link_version
    erase_customer(order.customer_id, by=SYSTEM)
    assert send_due_messages() == 0
    assert mailoutbox == []
    assert Notification.objects.get().status == "suppressed"
    order.refresh_from_db()
    assert order.link_version == old_link + 1


def test_the_phone_is_gone_in_both_forms() -> None:
    order = customers_order()
    assert Order.objects.get(pk=order.pk).phone == PHONE
    erase_customer(order.customer_id, by=SYSTEM)
    assert (Order.objects.get(pk=order.pk).phone, Order.objects.get(pk=order.pk).phone_e164) == ("", "")


def test_a_draft_that_came_to_nothing_is_emptied_too() -> None:
    draft = customers_draft()
    assert {"orders_draft", "orders_priceoverride", "orders_order"} <= found_in().keys()
    erase_customer(draft.order.customer_id, by=SYSTEM)
    assert found_in() == {}
