"""Why something costs another price after placement: staff say it and read it, customers don't."""

from decimal import Decimal as D

import pytest

from orders.change_requests import AddLine, ChangeAction, SetDiscount, SetPrice
from orders.change_words import staff_sentences
from orders.errors import InvalidRequest
from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Notification, Order, OrderChange, OrderLine
from orders.requests import WantedLine
from orders.services.change import change_order
from orders.services.place import place_order
from orders.services.render import render_message
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.value import ANN
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    ShippingMethodFactory()
    for sku, price in (("MUG", "12.50"), ("CUP", "3.33"), ("POT", "40.00")):
        StockLevelFactory(product=ProductFactory(sku=sku, name=sku.title(), price=D(price)), on_hand=10)
    lines = (WantedLine(sku="MUG", quantity=2), WantedLine(sku="CUP", quantity=3))
    return place_order(an_order(*lines, payment=PAID), by=SYSTEM)


def test_staff_read_the_reasons_and_customers_dont(order: Order) -> None:
    lines = {line.sku: line.public_id for line in OrderLine.objects.all()}
    actions: list[ChangeAction] = [
        SetPrice(line=lines["MUG"], unit_price=D("10.00"), reason="as advertised"),
        SetDiscount(line=lines["CUP"], discount=D("0.99"), reason="scratched"),
        SetDiscount(discount=D("3.00"), reason="late twice"),
        AddLine(sku="POT", quantity=1, unit_price=D("35.00"), reason="last one"),
    ]

    made = change_order(order.pk, actions, by=ANN)

    assert staff_sentences(made, currency="EUR", language="en")[-4:] == [
        "Why this price of Mug: as advertised",
        "Why a discount on Cup: scratched",
        "Why a discount on the order: late twice",
        "Why this price of Pot: last one",
    ]
    mail = render_message(Notification.objects.get(template="orders/mail/changed"))
    assert "Pot" in mail.text
    for reason in ("as advertised", "scratched", "late twice", "last one"):
        assert reason not in mail.text + mail.subject


@pytest.mark.parametrize("given", [{"unit_price": D("35.00")}, {"discount": D("5.00")}])
def test_staff_say_why_a_new_line_costs_something_else(order: Order, given: dict[str, D]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        change_order(order.pk, [AddLine(sku="POT", quantity=1, **given)], by=ANN)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("#/actions/0/reason", "required")]
    assert (OrderChange.objects.count(), order.lines.count()) == (0, 2)

    made = change_order(order.pk, [AddLine(sku="POT", quantity=1, reason="last one", **given)], by=ANN)
    assert made.actions[0]["reason"] == "last one"
    assert OrderLine.objects.get(sku="POT").amount == D("35.00")


def test_the_price_of_the_catalogue_and_the_prices_of_shops_need_no_reason(order: Order) -> None:
    change_order(order.pk, [AddLine(sku="POT", quantity=1, unit_price=D("40.00"))], by=ANN)
    shop = Actor(kind=ActorKind.PARTNER, name="shop")
    change_order(order.pk, [AddLine(sku="POT", quantity=1, unit_price=D("35.00"))], by=shop)
    assert sorted(OrderLine.objects.filter(sku="POT").values_list("amount", flat=True)) == [D("35.00"), D("40.00")]
