"""Every mail of every floor, as a real order and its returns cause it, in both languages."""

from pathlib import Path

import pytest
from django.conf import settings

from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.models import Notification, Order
from orders.notifications import TEMPLATES
from orders.requests import Buyer
from orders.services import gift_card, grant_credit
from orders.services.render import render_message
from orders.services.settle import settle_payments
from returns.models import Return, ReturnRule
from returns.services.approve_return import approve_return
from returns.services.decline_return import decline_return
from returns.services.inspect_return import Finding, inspect_return
from returns.services.request_return import WantedReturn, request_return
from returns.states import Condition, Disposition, ReturnReason
from shipping.services.return_shipment import return_shipment
from tests.factories.orders import ProductFactory
from tests.factories.returns import line_ids, received
from tests.factories.shipping import PACKER, confirmed_order, dispatched_at, stocked, tell

pytestmark = pytest.mark.django_db


def asked_back(order: Order) -> Return:
    wanted = WantedReturn(
        order_line=order.lines.get(sku="MUG").public_id, quantity=1, reason=ReturnReason.TOO_SMALL, note=""
    )
    return request_return(order.pk, lines=[wanted], by=CUSTOMER)


def story(language: str) -> Order:
    """Bought, sent, delivered; one return declined, one approved, received, inspected and refunded.

    The rest is in a second parcel, which nobody takes.
    """
    ReturnRule.objects.create(name="A person decides", is_auto_approved=False)
    buyer = Buyer(email="ada@example.com", name="Ada & Byron", language=language)
    mug = stocked(ProductFactory(sku="MUG", name="Mug <blue>"))
    pot = stocked(ProductFactory(sku="POT"), warehouse="HAM")
    order = confirmed_order([(mug, 3), (pot, 1)], customer=buyer)
    first, second = order.fulfillment_orders.order_by("pk")
    tell(dispatched_at(first), "delivered")
    return_shipment(dispatched_at(second).pk, by=PACKER)
    decline_return(asked_back(order).pk, reason="Washed at 90 degrees.", by=SYSTEM)
    returning = asked_back(order)
    approve_return(returning.pk, by=SYSTEM)
    received(returning)
    finding = Finding(
        line=line_ids(returning)["MUG"], accepted=1, condition=Condition.NEW, disposition=Disposition.RESTOCK
    )
    inspect_return(returning.pk, findings=[finding], by=PACKER)
    settle_payments(order.pk)
    return order


@pytest.mark.parametrize(("language", "greeting"), [("en", "Hello Ada & Byron,"), ("de", "Guten Tag Ada & Byron,")])
def test_every_mail_of_a_whole_story(language: str, greeting: str) -> None:
    order = story(language)

    mails = {message.template: render_message(message) for message in Notification.objects.filter(order=order)}

    folder = Path(settings.BASE_DIR) / "templates"
    on_disk = {
        str(path.relative_to(folder)).removesuffix(".subject.txt") for path in folder.glob("*/mail/*.subject.txt")
    }
    # tests/orders/test_mails.py and test_gift_card.py render these, and tests of substitutes and purchases theirs
    elsewhere = {*TEMPLATES.values(), gift_card.TEMPLATE, grant_credit.TEMPLATE, "orders/mail/escalation"}
    elsewhere |= {"warehouse/mail/substitute", "warehouse/mail/substitute_declined"}
    elsewhere |= {"warehouse/mail/purchase_order", "warehouse/mail/purchase_cancelled"}
    assert on_disk - elsewhere <= set(mails)
    assert {"orders/mail/placed", "orders/mail/refunded"} <= set(mails)
    for template, mail in mails.items():
        assert mail.to == "ada@example.com", template
        assert order.number in mail.subject, template
        assert mail.text.startswith(greeting), template
        assert "/o/" in mail.text, template
        assert "<blue>" not in mail.html, template
        assert "{" not in mail.text, template
        assert f'<html lang="{language}">' in mail.html, template
