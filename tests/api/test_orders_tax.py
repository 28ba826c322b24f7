"""What a shop says about tax: why lines bear none, and whose VAT id it is."""

from typing import Any

import pytest

from orders.models import Order, Product
from tests.api.changes import nothing_changes
from tests.api.client import Partner
from tests.factories.orders import ADDRESS

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
