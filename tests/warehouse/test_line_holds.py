"""Holds on some lines stop exactly those, from the list to the door; all others go on."""

import pytest

from orders.errors import OnHold
from orders.models import Order, OrderHold, OrderLine, Product
from orders.services.hold import hold_order, release_hold
from orders.states import HoldReason
from shipping.models import Shipment
from shipping.services.buy_label import buy_label
from shipping.services.dispatch_shipment import dispatch_shipment
from tests.factories.shipping import CarrierServiceFactory
from tests.factories.warehouse import BinFactory, BoxTypeFactory, WarehouseFactory
from tests.warehouse.scenes import PICKER, line_of, on_a_list, ordered, stocked, user, work_of
from warehouse.errors import NotReleasable, WrongScan
from warehouse.models import PackageLine, PickTask, ScanEvent, StockMovement
from warehouse.selectors.floor import WorkCard, board
from warehouse.selectors.picking import position
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.pick import pick_units
from warehouse.services.scan_pack import scan_pack
from warehouse.services.scan_pick import scan_pick
from warehouse.services.seal_package import seal_package

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return stocked(10, sku="MUG", bin=BinFactory(warehouse=WarehouseFactory(code="BER"), code="A-01"))


@pytest.fixture
def pot() -> Product:
    return stocked(10, sku="POT", bin=BinFactory(warehouse=WarehouseFactory(code="BER"), code="B-01"))


@pytest.fixture
def order(mug: Product, pot: Product) -> Order:
    return ordered((mug, 2), (pot, 1))


def hold(order: Order, *skus: str, reason: HoldReason = HoldReason.OTHER) -> OrderHold:
    lines = [line.public_id for line in order.lines.filter(sku__in=skus)]
    return hold_order(order.pk, reason=reason, lines=lines, by=PICKER)


def skus_on(order: Order) -> list[str]:
    return sorted(PickTask.objects.filter(line__order=order, status="open").values_list("line__sku", flat=True))


def cards() -> tuple[WorkCard, ...]:
    """What waits to be put on a list, as the floor's first screen shows it."""
    return board(0, picks=False, packs=False, releases=True, puts_back=False).to_release


def moved() -> int:
    return StockMovement.objects.count()


def test_a_list_takes_the_other_lines_and_later_the_rest(order: Order) -> None:
    held = hold(order, "POT")
    on_a_list(order)
    assert skus_on(order) == ["MUG"]
    with pytest.raises(OnHold, match=f"POT of order {order.number}: on hold, Other"):
        on_a_list(order)
    release_hold(held.public_id, by=PICKER)
    on_a_list(order)
    assert skus_on(order) == ["MUG", "POT"]


def test_a_line_with_two_holds_waits_for_both(order: Order) -> None:
    first, second = hold(order, "POT"), hold(order, "POT", "MUG", reason=HoldReason.ADDRESS)
    with pytest.raises(OnHold):
        on_a_list(order)
    release_hold(second.public_id, by=PICKER)
    on_a_list(order)
    assert skus_on(order) == ["MUG"]
    release_hold(first.public_id, by=PICKER)
    on_a_list(order)
    assert skus_on(order) == ["MUG", "POT"]
    with pytest.raises(NotReleasable):
        on_a_list(order)


def test_a_hold_of_the_order_beside_one_of_a_line_stops_everything(order: Order) -> None:
    hold(order, "POT")
    whole = hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, by=PICKER)
    with pytest.raises(OnHold):
        on_a_list(order)
    release_hold(whole.public_id, by=PICKER)
    on_a_list(order)
    assert skus_on(order) == ["MUG"]


def test_the_card_of_the_floor_counts_what_can_go(order: Order) -> None:
    held = hold(order, "POT")
    (card,) = cards()
    assert (card.units, card.hold) == (2, "")
    hold(order, "MUG", reason=HoldReason.ADDRESS)
    (card,) = cards()
    assert (card.units, card.hold) == (3, "Other")
    release_hold(held.public_id, by=PICKER)
    (card,) = cards()
    assert (card.units, card.hold) == (1, "")


# --- a hold that comes while somebody is picking


class Scanner:
    """A picker on a list."""

    def __init__(self, order: Order) -> None:
        self.list = on_a_list(order)
        self.user = user()
        self.n = 0

    def __call__(self, code: str) -> str:
        self.n += 1
        scanned = scan_pick(self.list.pk, code=code, client_id=f"c{self.n}", user_id=self.user.pk, by=PICKER)
        return str(scanned.message)

    def task(self) -> str | None:
        task = position(self.list, user_id=self.user.pk).task
        return task.product.sku if task else None


def test_the_scanner_leads_past_what_is_held_and_back_when_it_is_released(order: Order, mug: Product) -> None:
    scan = Scanner(order)
    scan("A-01")
    scan("MUG")
    held = hold(order, "MUG", reason=HoldReason.FRAUD_REVIEW)
    before = moved()

    assert scan.task() == "POT"
    for code in ("MUG", "A-01"):
        with pytest.raises(OnHold, match=f"MUG of order {order.number}: on hold, Fraud review"):
            scan(code)
    line = line_of(order, mug)
    assert (line.picked, moved()) == (1, before)
    assert ScanEvent.objects.filter(is_accepted=False).count() == 2

    assert scan("B-01") == "Bin B-01."
    assert scan("POT") == "1 of 1: POT."
    assert scan.task() is None
    scan.list.refresh_from_db()
    assert scan.list.status == "in_progress"
    with pytest.raises(WrongScan, match="Everything that is left on this list is on hold"):
        scan("9")

    release_hold(held.public_id, by=PICKER)
    assert scan.task() == "MUG"
    scan("A-01")
    scan("MUG")
    scan.list.refresh_from_db()
    assert scan.list.status == "picked"


def test_a_hold_of_the_whole_order_stops_the_scanner_everywhere(order: Order) -> None:
    scan = Scanner(order)
    scan("A-01")
    hold_order(order.pk, reason=HoldReason.CUSTOMER_REQUEST, by=PICKER)
    assert scan.task() is None
    with pytest.raises(OnHold, match=f"Order {order.number} is on hold: Customer request"):
        scan("MUG")
    assert not OrderLine.objects.filter(picked__gt=0).exists()


# --- packing and dispatch


def fetched(order: Order) -> None:
    for task in on_a_list(order).tasks.all():
        pick_units(task.pk, quantity=task.quantity, by=PICKER)


def test_packing_goes_on_with_the_other_lines(order: Order, mug: Product, pot: Product) -> None:
    fetched(order)
    hold(order, "POT")
    row = work_of(order)
    package = open_package(row.pk, by=PICKER)
    pot_line, mug_line = row.lines.get(line__product=pot), row.lines.get(line__product=mug)
    with pytest.raises(OnHold, match="POT of order"):
        pack_units(package.pk, fulfillment_line_id=pot_line.pk, quantity=1, by=PICKER)
    with pytest.raises(OnHold, match="POT of order"):
        scan_pack(row.pk, code="POT", client_id="c1", user_id=user().pk, by=PICKER)
    pack_units(package.pk, fulfillment_line_id=mug_line.pk, quantity=2, by=PICKER)
    assert list(PackageLine.objects.values_list("fulfillment_line__line__sku", "quantity")) == [("MUG", 2)]
    BoxTypeFactory()
    sealed = seal_package(package.pk, box="m", weight_g=package.expected_weight_g + 750, by=PICKER)
    assert sealed.status == "sealed"

    with pytest.raises(OnHold, match="POT of order"):
        open_package(row.pk, by=PICKER)


def test_a_package_with_a_held_line_stays_open(order: Order, mug: Product, pot: Product) -> None:
    fetched(order)
    row = work_of(order)
    package = open_package(row.pk, by=PICKER)
    for line in row.lines.all():
        pack_units(package.pk, fulfillment_line_id=line.pk, quantity=line.quantity, by=PICKER)
    hold(order, "POT")
    BoxTypeFactory()
    with pytest.raises(OnHold, match="POT of order"):
        seal_package(package.pk, box="m", weight_g=1000, by=PICKER)
    package.refresh_from_db()
    assert (package.status, package.weight_g) == ("open", None)


def test_a_parcel_leaves_while_another_line_is_held_and_one_with_it_stays(order: Order, mug: Product) -> None:
    CarrierServiceFactory()
    BoxTypeFactory()
    fetched(order)
    pot_hold = hold(order, "POT")
    row = work_of(order)
    package = open_package(row.pk, by=PICKER)
    pack_units(package.pk, fulfillment_line_id=row.lines.get(line__product=mug).pk, quantity=2, by=PICKER)
    package.refresh_from_db()
    seal_package(package.pk, box="m", weight_g=package.expected_weight_g + 150, by=PICKER)
    assert release_hold(pot_hold.public_id, by=PICKER)
    other = open_package(row.pk, by=PICKER)
    pack_units(other.pk, fulfillment_line_id=row.lines.exclude(line__product=mug).get().pk, quantity=1, by=PICKER)
    other.refresh_from_db()
    seal_package(other.pk, box="m", weight_g=other.expected_weight_g + 150, by=PICKER)
    while buy_label():
        pass
    again = hold(order, "POT")
    shipment = Shipment.objects.get(status="ready")
    contents = set(shipment.lines.values_list("line__sku", flat=True))

    if "POT" in contents:
        with pytest.raises(OnHold, match=f"Order {order.number} is on hold"):
            dispatch_shipment(shipment.pk, by=PICKER)
        shipment.refresh_from_db()
        assert (shipment.status, line_of(order, mug).shipped) == ("ready", 0)
        release_hold(again.public_id, by=PICKER)
    dispatch_shipment(shipment.pk, by=PICKER)
    assert line_of(order, mug).shipped == 2
