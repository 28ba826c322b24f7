"""What a shop says about tax: why lines bear none, and whose VAT id it is."""

from typing import Any

import pytest

from orders.models import Order, Product, ShippingMethod
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.orders import ADDRESS, ChannelFactory

pytestmark = pytest.mark.django_db
FIRM = ADDRESS | {"company": "Byron SARL", "country": "FR", "vat_id": "FR12345678901"}


def test_an_exemption_a_vat_id_and_a_reference_are_kept_and_told(
    api: Partner, mug: Product, wanted: dict[str, Any]
) -> None:
    wanted |= {"billing_address": FIRM, "tax_exemption": "reverse_charge", "buyer_reference": "PO-4711"}
    wanted["lines"][0]["tax_rate"] = "0"

    told = api.post("/orders", wanted)

    assert told.status_code == 201, told.content
    assert (told.json()["tax_exemption"], told.json()["buyer_reference"]) == ("reverse_charge", "PO-4711")
    assert told.json()["billing_address"]["vat_id"] == "FR12345678901"
    order = Order.objects.get()
    assert (order.tax_exemption, order.buyer_reference, order.tax_total) == ("reverse_charge", "PO-4711", 0)


@pytest.mark.parametrize(
    ("changes", "rate", "code"),
    [
        ({"tax_exemption": "export"}, "0.19", "contradicts"),
        ({"tax_exemption": "reverse_charge"}, "0", "vat_id_required"),
        ({"tax_exemption": "intra_community", "billing_address": ADDRESS}, "0", "vat_id_required"),
    ],
)
def test_an_exemption_that_cannot_be_is_refused(
    api: Partner, mug: Product, wanted: dict[str, Any], changes: dict[str, Any], rate: str, code: str
) -> None:
    wanted["lines"][0]["tax_rate"] = rate

    with nothing_changes():
        told = api.post("/orders", wanted | changes)

    assert told.status_code == 400
    assert [(e["pointer"], e["code"]) for e in told.json()["errors"]] == [("#/tax_exemption", code)]


def test_an_unknown_exemption_is_refused(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    with nothing_changes():
        told = api.post("/orders", wanted | {"tax_exemption": "because"})
    assert told.status_code == 400
    assert told.json()["errors"][0]["pointer"] == "#/tax_exemption"


def shipping(order: dict[str, Any]) -> tuple[str, str]:
    return order["shipping_tax_rate"], order["totals"]["tax"]


def test_shipping_bears_what_the_shop_says_else_its_method_else_the_highest_rate(
    api: Partner, mug: Product, wanted: dict[str, Any]
) -> None:
    """Two mugs with 25.00 x 19/119 = 3.99 of tax, and 4.90 of shipping."""
    ShippingMethod.objects.create(code="post", name="Post", price="4.90", tax_rate="0.07").channels.add(
        ChannelFactory()
    )
    wanted |= {"external_ref": "", "shipping_method": "post", "shipping_price": None}

    told = [api.post("/orders", wanted | said).json() for said in ({}, {"shipping_tax_rate": "0"})]
    wanted["lines"][0]["tax_rate"] = "0"
    free = api.post("/orders", wanted | {"tax_exemption": "export"}).json()

    assert [shipping(order) for order in (*told, free)] == [("0.07", "4.31"), ("0", "3.99"), ("0", "0.00")]


def test_the_rate_of_shipping_goes_with_its_method(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    """5.00 of shipping with 7 % are 0.33 of tax; with 0 % none."""
    for code, own in (("post", "0.07"), ("rider", "0"), ("plain", None)):
        ShippingMethod.objects.create(code=code, name=code, price=5, tax_rate=own).channels.add(ChannelFactory())
    placed = api.post("/orders", wanted | {"shipping_method": "post", "shipping_price": None}).json()
    here = f"/orders/{placed['number']}"

    def changed(action: dict[str, Any]) -> tuple[str, str]:
        assert api.post(f"{here}/changes", {"actions": [action]}).status_code == 201
        return shipping(api.get(here).json())

    assert shipping(placed) == ("0.07", "4.32")
    assert changed({"type": "set_quantity", "line": placed["lines"][0]["id"], "quantity": 1}) == ("0.07", "2.33")
    assert changed({"type": "set_shipping_method", "method": "rider"}) == ("0", "2.00")
    assert changed({"type": "set_shipping_method", "method": "plain"}) == ("0.19", "2.79")


def test_a_draft_keeps_its_rate_of_shipping(api: Partner, mug: Product, wanted: dict[str, Any]) -> None:
    wanted = {name: wanted[name] for name in ("channel", "currency", "customer", "shipping_address", "lines")}
    draft = api.post("/drafts", wanted | {"shipping_price": "5.00", "shipping_tax_rate": "0.07"}).json()

    def saved(**changes: Any) -> tuple[str, str]:
        here = f"/drafts/{draft['id']}"
        told = api.patch(here, changes, {"If-Match": api.get(here)["ETag"]})
        assert told.status_code == 200, told.content
        return shipping(told.json())

    assert shipping(draft) == saved(note="call first") == ("0.07", "4.32")
    assert saved(shipping_tax_rate=None) == ("0.19", "4.79")
    assert saved(shipping_tax_rate="0") == ("0", "3.99")
    placed = api.post(f"/drafts/{draft['id']}/place", {}).json()
    assert shipping(api.get(f"/orders/{placed['number']}").json()) == ("0", "3.99")
