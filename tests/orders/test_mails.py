"""Which mail a customer gets for what happened, and what it says: every template in both languages."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from orders.codes import digits_of
from orders.events import (
    LineQuantity,
    OrderCancelled,
    OrderConfirmed,
    OrderHeld,
    OrderPlaced,
    PaymentActionRequired,
    PromiseChanged,
)
from orders.handlers import tell_customer
from orders.kernel.actor import SYSTEM
from orders.kernel.work import current, work
from orders.links import link_token
from orders.models import Notification, Order, PaymentLink
from orders.notifications import TEMPLATES
from orders.services import gift_card, grant_credit
from orders.services.hold import hold_order, release_hold
from orders.services.render import render_message
from orders.states import HoldReason
from tests.browser import orders
from tests.factories.orders import ChannelFactory, CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "7K3M-92QX-H"
MONEY = {"amount": Decimal("29.90"), "currency": "EUR"}


def placed(order):
    return OrderPlaced(order_id=order.pk, number=order.number, total=order.total, currency="EUR", lines=())


def confirmed(order):
    return OrderConfirmed(order_id=order.pk, number=order.number)


def held(order):
    return OrderHeld(order_id=order.pk, number=order.number, hold="hl_1", reason=HoldReason.ADDRESS)


def needs_approval(order):
    return PaymentActionRequired(order_id=order.pk, number=order.number, payment="pay_1", **MONEY)


def moved(order, line="ol_1"):
    return PromiseChanged(order_id=order.pk, number=order.number, line=line, promised_on=None, reason="short")


def cancelled(order, *, notify=True):
    return OrderCancelled(
        order_id=order.pk, number=order.number, reason="customer", whole=True, notify=notify, lines=(), **MONEY
    )


def told(*events):
    """The mails that are owed when all of ``events`` happen in one change."""
    with work(by=SYSTEM):
        for event in events:
            current().events.append(event)
            tell_customer(event, SYSTEM)
    return [message.template for message in Notification.objects.order_by("id")]


def message(order, template, **context):
    row = Notification.objects.create(order=order, template=template, context=context, change_set=uuid4())
    return render_message(row)


def test_placed_and_confirmed_at_once_is_one_mail():
    order = orders.confirmed()
    assert told(placed(order), confirmed(order)) == ["orders/mail/placed"]


def test_placed_and_waiting_for_approval_is_one_mail():
    order = orders.waiting_for_approval()
    assert told(placed(order), needs_approval(order)) == ["orders/mail/placed"]


@pytest.mark.parametrize(
    ("event", "template"),
    [
        (confirmed, "orders/mail/confirmed"),
        (held, "orders/mail/held"),
        (needs_approval, "orders/mail/payment_action"),
        (cancelled, "orders/mail/cancelled"),
    ],
)
def test_what_happens_later_is_a_mail_of_its_own(event, template):
    assert told(event(orders.confirmed())) == [template]


def test_the_first_mail_of_another_order_swallows_nothing():
    assert told(placed(orders.confirmed()), confirmed(orders.confirmed())) == [
        "orders/mail/placed",
        "orders/mail/confirmed",
    ]


def test_several_moved_dates_are_one_mail():
    order = orders.on_its_way()
    assert told(moved(order, "ol_1"), moved(order, "ol_2")) == ["orders/mail/promise_changed"]


def test_a_cancellation_can_be_silent():
    assert told(cancelled(orders.cancelled(), notify=False)) == []


def mails() -> list[str]:
    """The mails that are owed so far."""
    return [row.template.removeprefix("orders/mail/") for row in Notification.objects.order_by("id")]


def test_who_was_told_of_a_hold_is_told_when_the_last_one_is_gone():
    order = orders.confirmed()
    first = hold_order(order.pk, reason=HoldReason.ADDRESS, by=SYSTEM)
    second = hold_order(order.pk, reason=HoldReason.OTHER, by=SYSTEM)
    release_hold(first.public_id, by=SYSTEM)
    assert mails() == ["held", "held"]
    release_hold(second.public_id, by=SYSTEM)
    assert mails() == ["held", "held", "released"]


def test_a_hold_that_comes_and_goes_in_one_change_is_no_mail():
    order = orders.confirmed()
    with work(by=SYSTEM):
        hold = hold_order(order.pk, reason=HoldReason.ADDRESS, by=SYSTEM)
        release_hold(hold.public_id, by=SYSTEM)
    assert mails() == []


def test_one_that_stays_is_told_though_another_came_and_went():
    order = orders.confirmed()
    with work(by=SYSTEM):
        passing = hold_order(order.pk, reason=HoldReason.ADDRESS, by=SYSTEM)
        hold_order(order.pk, reason=HoldReason.OTHER, by=SYSTEM)
        release_hold(passing.public_id, by=SYSTEM)
    assert [row.context["reason"] for row in Notification.objects.all()] == ["other"]


@pytest.mark.parametrize(("reason", "told"), [("out_of_stock", ["held"]), ("address", ["held", "held"])])
def test_a_hold_that_another_takes_over_in_one_change_is_no_release(reason, told):
    order = orders.confirmed()
    hold = hold_order(order.pk, reason=HoldReason.OUT_OF_STOCK, by=SYSTEM)
    with work(by=SYSTEM):
        release_hold(hold.public_id, by=SYSTEM)
        hold_order(order.pk, reason=HoldReason(reason), by=SYSTEM)
    assert mails() == told


def test_nobody_is_told_that_a_cancelled_order_goes_on():
    order = orders.held()
    Order.objects.update(status="cancelled")
    release_hold(order.holds.get().public_id, by=SYSTEM)
    assert mails() == []


LINK = "pl_7k3m92qxh2w4t8vz"


def asked_to_pay(**fields):
    order = orders.waiting_for_approval(**fields)
    row = PaymentLink(order=order, currency="EUR", sent_by="ann", expires_at=timezone.now() + timedelta(days=7))
    row.public_id = LINK
    row.save()
    return order


CONTEXTS = {
    "orders/mail/placed": (orders.confirmed, {}),
    "orders/mail/confirmed": (orders.confirmed, {}),
    "orders/mail/held": (orders.held, {"reason": "address"}),
    "orders/mail/released": (orders.confirmed, {}),
    "orders/mail/digital": (orders.confirmed, {}),
    "orders/mail/cancelled": (orders.cancelled, {"whole": True, "lines": [], "amount": "29.90", "currency": "EUR"}),
    "orders/mail/changed": (orders.changed, {"change": "ch_7k3m92qxh2w4t8vz", "difference": "owed"}),
    "orders/mail/expired": (orders.expired, {}),
    "orders/mail/payment_reminder": (orders.placed, {"expires_at": "2026-11-27T10:00:00Z"}),
    "orders/mail/change_requested": (orders.changed, {"change": "ch_7k3m92qxh2w4t8vz"}),
    "orders/mail/change_withdrawn": (orders.changed, {"change": "ch_7k3m92qxh2w4t8vz"}),
    "orders/mail/change_declined": (orders.changed, {"change": "ch_7k3m92qxh2w4t8vz", "answer": "It is packed."}),
    "orders/mail/link": (orders.confirmed, {}),
    "orders/mail/code": (orders.confirmed, {"access_code": "ac_7k3m92qxh2w4t8vz"}),
    "orders/mail/payment_action": (orders.waiting_for_approval, {"amount": "29.90", "currency": "EUR"}),
    "orders/mail/payment_link": (
        asked_to_pay,
        {"payment_link": LINK, "amount": "29.90", "currency": "EUR", "expires_at": "2026-12-01T10:00:00Z"},
    ),
    "orders/mail/refunded": (orders.delivered, {"amount": "29.90", "currency": "EUR"}),
    "orders/mail/promise_changed": (orders.on_its_way, {}),
    "orders/mail/invoiced": (orders.delivered, {"invoice": "INV-2026-000001", "total": "29.90", "currency": "EUR"}),
    "orders/mail/credited": (orders.delivered, {"credit_note": "CN-2026-000001", "total": "9.90", "currency": "EUR"}),
}
# Tested with what it tells of: tests/orders/test_exception.py.
TO_THE_TEAM = {"orders/mail/escalation"}
SUBJECTS = {
    ("orders/mail/placed", "en"): "Thank you for your order 7K3M-92QX-H",
    ("orders/mail/placed", "de"): "Vielen Dank für Ihre Bestellung 7K3M-92QX-H",
    ("orders/mail/confirmed", "en"): "Your order 7K3M-92QX-H is confirmed",
    ("orders/mail/confirmed", "de"): "Ihre Bestellung 7K3M-92QX-H ist bestätigt",
    ("orders/mail/held", "en"): "Your order 7K3M-92QX-H is paused",
    ("orders/mail/held", "de"): "Ihre Bestellung 7K3M-92QX-H ist angehalten",
    ("orders/mail/released", "en"): "We are working on your order 7K3M-92QX-H again",
    ("orders/mail/released", "de"): "Wir arbeiten wieder an Ihrer Bestellung 7K3M-92QX-H",
    ("orders/mail/digital", "en"): "Your digital items of order 7K3M-92QX-H",
    ("orders/mail/digital", "de"): "Ihre digitalen Artikel der Bestellung 7K3M-92QX-H",
    ("orders/mail/cancelled", "en"): "Your order 7K3M-92QX-H was cancelled",
    ("orders/mail/cancelled", "de"): "Ihre Bestellung 7K3M-92QX-H wurde storniert",
    ("orders/mail/changed", "en"): "Your order 7K3M-92QX-H was changed",
    ("orders/mail/changed", "de"): "Ihre Bestellung 7K3M-92QX-H wurde geändert",
    ("orders/mail/expired", "en"): "Your order 7K3M-92QX-H expired",
    ("orders/mail/expired", "de"): "Ihre Bestellung 7K3M-92QX-H ist abgelaufen",
    ("orders/mail/payment_reminder", "en"): "Please pay for your order 7K3M-92QX-H",
    ("orders/mail/payment_reminder", "de"): "Bitte bezahlen Sie Ihre Bestellung 7K3M-92QX-H",
    ("orders/mail/link", "en"): "Your link to order 7K3M-92QX-H",
    ("orders/mail/link", "de"): "Ihr Link zur Bestellung 7K3M-92QX-H",
    ("orders/mail/code", "en"): f"{digits_of('ac_7k3m92qxh2w4t8vz')} is your code for order 7K3M-92QX-H",
    ("orders/mail/code", "de"): f"{digits_of('ac_7k3m92qxh2w4t8vz')} ist Ihr Code für die Bestellung 7K3M-92QX-H",
    ("orders/mail/change_requested", "en"): "We got your wish about order 7K3M-92QX-H",
    ("orders/mail/change_requested", "de"): "Ihr Änderungswunsch zur Bestellung 7K3M-92QX-H ist angekommen",
    ("orders/mail/change_withdrawn", "en"): "Your order 7K3M-92QX-H stays as it is",
    ("orders/mail/change_withdrawn", "de"): "Ihre Bestellung 7K3M-92QX-H bleibt, wie sie ist",
    ("orders/mail/change_declined", "en"): "About the change of your order 7K3M-92QX-H",
    ("orders/mail/change_declined", "de"): "Zur Änderung Ihrer Bestellung 7K3M-92QX-H",
    ("orders/mail/payment_action", "en"): "Please approve your payment for order 7K3M-92QX-H",
    ("orders/mail/payment_action", "de"): "Bitte geben Sie die Zahlung für Bestellung 7K3M-92QX-H frei",
    ("orders/mail/payment_link", "en"): "Please pay your order 7K3M-92QX-H",
    ("orders/mail/payment_link", "de"): "Bitte bezahlen Sie Ihre Bestellung 7K3M-92QX-H",
    ("orders/mail/refunded", "en"): "We sent €29.90 back to you: order 7K3M-92QX-H",
    ("orders/mail/refunded", "de"): "Wir haben Ihnen 29,90\xa0€ zurückgezahlt: Bestellung 7K3M-92QX-H".replace(
        "\xa0", " "
    ),
    ("orders/mail/invoiced", "en"): "Your invoice INV-2026-000001: order 7K3M-92QX-H",
    ("orders/mail/invoiced", "de"): "Ihre Rechnung INV-2026-000001: Bestellung 7K3M-92QX-H",
    ("orders/mail/credited", "en"): "Your credit note CN-2026-000001: order 7K3M-92QX-H",
    ("orders/mail/credited", "de"): "Ihre Rechnungskorrektur CN-2026-000001: Bestellung 7K3M-92QX-H",
    ("orders/mail/promise_changed", "en"): "New delivery date for your order 7K3M-92QX-H",
    ("orders/mail/promise_changed", "de"): "Neuer Liefertermin für Ihre Bestellung 7K3M-92QX-H",
}


def test_every_mail_of_this_floor_is_tested():
    assert set(CONTEXTS) == set(TEMPLATES.values())
    of_no_order = {gift_card.TEMPLATE, grant_credit.TEMPLATE}  # in test_gift_card.py
    folder = Path(django_settings.BASE_DIR) / "templates" / "orders" / "mail"
    assert {f"orders/mail/{path.name.split('.')[0]}" for path in folder.glob("*.subject.txt")} == {
        *CONTEXTS,
        *TO_THE_TEAM,
        *of_no_order,
    }


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("template", CONTEXTS)
def test_every_mail_in_both_languages(template, language):
    make, context = CONTEXTS[template]
    order = make(language=language, number=NUMBER)

    mail = message(order, template, **context)

    assert mail.subject == SUBJECTS[template, language]
    assert (mail.to, mail.reply_to) == (order.email, "help@bluemug.example")
    assert mail.sender == "Blue Mug <orders@example.com>"
    link = f"http://127.0.0.1:8000/o/{order.public_id}?t={link_token(order)}"
    assert mail.text.count(link) == 1
    assert f'<html lang="{language}">' in mail.html
    assert "@media (prefers-color-scheme: dark)" in mail.html
    assert "{" not in mail.text
    assert "\n\n\n" not in mail.text
    assert mail.text.startswith("Hello Ada Byron," if language == "en" else "Guten Tag Ada Byron,")
    assert 'class="button" style="' in mail.html


def test_an_order_that_is_confirmed_and_held_is_not_said_to_be_both_on_and_off():
    order = orders.held(number=NUMBER)

    mail = message(order, "orders/mail/confirmed")

    for text in (mail.text, mail.html):
        assert "Your order is confirmed." in text
        assert "Before we can send it, something has to be cleared up. We are not sure about the" in text
        assert "paused" not in text


def test_the_first_mail_asks_for_approval_where_it_is_needed():
    order = orders.waiting_for_approval(number=NUMBER)
    mail = message(order, "orders/mail/placed")
    assert mail.subject == "Please approve your payment for order 7K3M-92QX-H"
    assert order.payments.get().action_url in mail.text
    assert order.payments.get().action_url in mail.html


def test_a_part_that_was_cancelled_is_named_with_its_money():
    order = orders.confirmed(number=NUMBER)
    mug = order.lines.first()
    lines = [{"line": mug.public_id, "sku": mug.sku, "quantity": 1}]

    mail = message(order, "orders/mail/cancelled", whole=False, lines=lines, amount="12.50", currency="EUR")

    assert mail.subject == "Part of your order 7K3M-92QX-H was cancelled"
    assert "1 × Blue mug with a wide handle" in mail.text
    assert "Your total is €12.50 lower and now comes to €42.40." in mail.text


def test_text_is_not_escaped_and_html_is():
    customer = CustomerFactory(name="As another shop calls her")
    order = orders.confirmed(
        customer=customer, customer_name="Ada & <Byron>", channel=ChannelFactory(code="s", brand_name="Mugs & More")
    )

    mail = message(order, "orders/mail/placed")

    assert mail.text.startswith("Hello Ada & <Byron>,")
    assert "Hello Ada &amp; &lt;Byron&gt;," in mail.html
    assert mail.sender == "Mugs & More <orders@example.com>"


def test_a_message_to_staff_is_in_the_houses_language():
    order = orders.confirmed(language="de", number=NUMBER)
    row = Notification.objects.create(
        order=order, template="orders/mail/confirmed", recipient="mailto:desk@example.com", change_set=uuid4()
    )
    mail = render_message(row)
    assert (mail.to, mail.subject) == ("desk@example.com", "Your order 7K3M-92QX-H is confirmed")


def test_an_order_without_address_has_nobody_to_write_to():
    order = orders.confirmed(customer=CustomerFactory(email=None), email="")
    assert message(order, "orders/mail/placed").to == ""


def test_lines_in_the_facts_are_no_personal_data():
    order = orders.confirmed()
    mug = order.lines.first()
    with work(by=SYSTEM):
        event = OrderPlaced(
            order_id=order.pk,
            number=order.number,
            total=order.total,
            currency="EUR",
            lines=(LineQuantity(line=mug.public_id, sku=mug.sku, quantity=2),),
        )
        tell_customer(event, SYSTEM)
    stored = Notification.objects.get().context
    assert set(stored) == {"number", "total", "currency", "lines"}
