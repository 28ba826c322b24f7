"""A client that openapi-python-client generates from our schema does everything a shop needs."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from orders.kernel.actor import SYSTEM
from orders.models import Order
from orders.models import Partner as PartnerRow
from orders.scopes import Scope
from orders.services.key import issue_key
from returns.models import ReturnRule
from tests.factories.orders import ChannelFactory, ShippingMethodFactory
from tests.factories.shipping import dispatched
from tests.factories.warehouse import BinFactory, WarehouseFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CONFIG = {
    "package_name_override": "oms_client",
    "post_hooks": [],
    "content_type_overrides": {"application/pdf": "application/octet-stream"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package is, once it was made."""
    return tmp_path_factory.mktemp("client")


@pytest.fixture
def oms(live_server: Any, folder: Path) -> Iterator[ModuleType]:
    """The generated package, made from the schema that the running server gives out."""
    if not (folder / "oms_client").exists():
        generate(live_server.url, folder)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("oms_client")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == "oms_client"]:
        del sys.modules[name]


def generate(url: str, folder: Path) -> None:
    config = folder / "config.json"
    config.write_text(json.dumps(CONFIG))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--url", f"{url}/api/v1/schema"),
            *("--config", str(config), "--output-path", str(folder / "oms_client")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr


class Shop:
    """The generated client with a key, and its calls and models by name."""

    def __init__(self, oms: ModuleType, url: str, secret: str) -> None:
        self._models = importlib.import_module("oms_client.models")
        self._client = oms.AuthenticatedClient(base_url=url, token=secret)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._models, name)

    def call(self, tag: str, name: str, /, *args: Any, **kwargs: Any) -> Any:
        answer = importlib.import_module(f"oms_client.api.{tag}.{name}").sync(*args, client=self._client, **kwargs)
        assert not isinstance(answer, self._models.Problem), answer
        return answer


@pytest.fixture
def shop(oms: ModuleType, live_server: Any) -> Shop:
    ShippingMethodFactory()
    BinFactory(warehouse=WarehouseFactory(), code="A-01")
    ReturnRule.objects.create(name="30 days")
    row = PartnerRow.objects.create(code="shop", name="Shop")
    row.channels.add(ChannelFactory())
    _, secret = issue_key(row, name="all", scopes=Scope.values, by=SYSTEM)
    return Shop(oms, live_server.url, secret)


def mug(shop: Shop) -> None:
    product = shop.ProductIn(name="Blue mug", price="12.50", currency="EUR", tax_rate="0.19", weight_g=300)
    made = shop.call("products", "put_product", "MUG-BLUE", body=product)
    assert (made.sku, made.version) == ("MUG-BLUE", 1)
    stock = shop.AdjustmentIn(
        sku="MUG-BLUE", warehouse="BER", bin_="A-01", delta=50, reason=shop.AdjustmentReason.INITIAL
    )
    assert shop.call("stock", "adjust_stock", body=stock).available == 50
    told = shop.call("stock", "read_availability", sku=["MUG-BLUE"], country=shop.CountryEnum.DE)
    assert told.data[0].available == 50


def placed(shop: Shop, key: str) -> Any:
    address = shop.AddressIn(name="Ada Byron", line1="Hauptstr. 1", city="Berlin", country=shop.CountryEnum.DE)
    wanted = shop.OrderIn(
        external_ref="web-10023",
        channel="web",
        currency="EUR",
        customer=shop.CustomerIn(email="ada@example.com", name="Ada Byron"),
        shipping_address=address,
        lines=[shop.OrderLineIn(sku="MUG-BLUE", quantity=2)],
        shipping_method="standard",
        payment=shop.PaymentIn(gateway=shop.Gateway.SANDBOX, token="tok_ok"),
    )
    return shop.call("orders", "place_order", body=wanted, idempotency_key=key)


def test_it_places_an_order_and_follows_it_to_the_door_and_back(shop: Shop) -> None:
    mug(shop)
    order = placed(shop, "k-1")
    assert (order.status, order.totals.total) == (shop.OrderStatus.CONFIRMED, "29.90")
    assert placed(shop, "k-1").number == order.number

    patched = shop.call(
        "orders", "update_order", order.number, body=shop.OrderPatchIn(tags=["vip"]), if_match=f'"{order.version}"'
    )
    assert patched.tags == ["vip"]
    found = shop.call("orders", "list_orders", tag="vip", status_in=[shop.ListOrdersStatusInItem.CONFIRMED], limit=1)
    assert [each.number for each in found.data] == [order.number]
    work = shop.call("fulfillment_orders", "list_fulfillment_orders", order=order.number)
    assert work.data[0].lines[0].quantity == 2

    dispatched(Order.objects.get())
    shipment = shop.call("shipments", "list_shipments", order=order.number).data[0]
    assert shipment.tracking_number
    news = shop.TrackingEventIn(event_id="n-1", status=shop.TrackingStatus.DELIVERED, occurred_at=datetime.now(UTC))
    shop.call("shipments", "report_tracking_event", shipment.id, body=news)

    arrived = shop.call(
        "orders",
        "read_order",
        order.number,
        expand=[shop.ReadOrderExpandItem.SHIPMENTS, shop.ReadOrderExpandItem.EVENTS],
    )
    assert (arrived.status, arrived.fulfillment_status) == (shop.OrderStatus.COMPLETED, shop.FulfillmentState.DELIVERED)
    assert arrived.shipments[0].status == shop.ShipmentStatus.DELIVERED
    assert arrived.events[0].type_ == "order.placed"

    line = shop.ReturnLineIn(order_line=arrived.lines[0].id, quantity=1, reason=shop.ReturnReason.TOO_SMALL)
    wish = shop.ReturnIn(order=order.number, kind=shop.ReturnKind.RETURN, lines=[line])
    returning = shop.call("returns", "request_return", body=wish, idempotency_key="r-1")
    assert (returning.status, returning.refund_estimate) == (shop.ReturnStatus.APPROVED, "12.50")


def test_it_cancels_and_reads_problems(shop: Shop) -> None:
    mug(shop)
    order = placed(shop, "k-1")
    wish = shop.CancelIn(reason=shop.CancelReason.CUSTOMER)
    cancelled = shop.call("orders", "cancel_order", order.number, body=wish, idempotency_key="c-1")
    assert (cancelled.status, cancelled.payment_status) == (shop.OrderStatus.CANCELLED, shop.PaymentState.VOIDED)

    cancel = importlib.import_module("oms_client.api.orders.cancel_order")
    problem = cancel.sync(order.number, client=shop._client, body=wish, idempotency_key="c-2")
    assert (problem.status, problem.code) == (409, "not_cancellable")


def test_it_makes_a_draft_and_places_it(shop: Shop) -> None:
    mug(shop)
    address = shop.AddressIn(name="Ada Byron", line1="Hauptstr. 1", city="Berlin", country=shop.CountryEnum.DE)
    wanted = shop.DraftIn(
        channel="web",
        currency="EUR",
        customer=shop.DraftCustomerIn(email="ada@example.com", name="Ada Byron"),
        shipping_address=address,
        lines=[shop.DraftLineIn(sku="MUG-BLUE", quantity=2)],
        shipping_method="standard",
        reserve_until=datetime.now(UTC) + timedelta(hours=2),
    )
    draft = shop.call("drafts", "create_draft", body=wanted, idempotency_key="d-1")
    assert (draft.version, draft.totals.total, draft.lines[0].quantities.allocated) == (1, "29.90", 2)
    lines = [shop.DraftLineIn(sku="MUG-BLUE", quantity=3, id=draft.lines[0].id)]
    patch = shop.DraftPatchIn(lines=lines, freeze=True)
    draft = shop.call("drafts", "update_draft", draft.id, body=patch, if_match=f'"{draft.version}"')
    assert (draft.totals.total, draft.frozen) == ("42.40", True)
    assert [each.id for each in shop.call("drafts", "list_drafts").data] == [draft.id]
    pay = shop.DraftPlaceIn(payment=shop.PaymentIn(gateway=shop.Gateway.SANDBOX, token="tok_ok"), total="42.40")
    order = shop.call("drafts", "place_draft", draft.id, body=pay, idempotency_key="d-2")
    assert (order.status, order.totals.total) == (shop.OrderStatus.CONFIRMED, "42.40")
    assert shop.call("drafts", "read_draft", draft.id).order == order.number

    other = shop.call("drafts", "create_draft", body=wanted, idempotency_key="d-3")
    gone = shop.call("drafts", "discard_draft", other.id, if_match=f'"{other.version}"')
    assert gone.status == "discarded"
    third = shop.call("drafts", "create_draft", body=wanted, idempotency_key="d-4")
    assert shop.call("drafts", "place_draft_by_link", third.id, idempotency_key="d-5").status == shop.OrderStatus.PLACED
