"""Packing: what goes into a package, what closes it, what opens it again."""

import pytest

from orders.errors import OnHold
from orders.services.hold import hold_order
from orders.states import HoldReason
from tests.factories.warehouse import BoxTypeFactory, PackingMaterialFactory
from tests.warehouse.scenes import (
    PICKER,
    counters,
    line_of,
    on_a_list,
    ordered,
    packed,
    picked,
    sealed,
    stocked,
    user,
    work_of,
)
from warehouse.errors import NotPackable, NotSealable, NotVoidable, WeightMismatch
from warehouse.models import MaterialStock, Package, PackageMaterial
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units, unpack_units
from warehouse.services.pick import pick_units
from warehouse.services.seal_package import seal_package
from warehouse.services.void_package import void_package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


class TestOpen:
    def test_there_is_one_open_package_at_a_time(self) -> None:
        order = ordered((stocked(5), 2))
        picked(order)

        first = open_package(work_of(order).pk, user_id=user().pk, by=PICKER)

        assert open_package(work_of(order).pk, by=PICKER) == first
        assert (first.status, first.packed_by) == ("open", user())

    def test_nothing_picked_is_nothing_to_pack(self) -> None:
        order = ordered((stocked(5), 2))

        with pytest.raises(NotPackable):
            open_package(work_of(order).pk, by=PICKER)

        assert not Package.objects.exists()

    def test_a_hold_stops_packing_and_says_why(self) -> None:
        order = ordered((stocked(5), 2))
        picked(order)
        hold_order(order.pk, reason=HoldReason.FRAUD_REVIEW, by=PICKER)

        with pytest.raises(OnHold, match="Fraud review"):
            open_package(work_of(order).pk, by=PICKER)


class TestContents:
    def test_only_what_was_picked_goes_in(self) -> None:
        order = ordered((stocked(5), 3))
        pick_units(on_a_list(order).tasks.get().pk, quantity=2, by=PICKER)
        package, line = open_package(work_of(order).pk, by=PICKER), work_of(order).lines.get()

        with pytest.raises(NotPackable):
            pack_units(package.pk, fulfillment_line_id=line.pk, quantity=3, by=PICKER)
        pack_units(package.pk, fulfillment_line_id=line.pk, quantity=2, by=PICKER)

        assert counters(line_of(order)) == {"allocated": 3, "picked": 2, "packed": 2}

    def test_units_come_out_again(self) -> None:
        order = ordered((stocked(5), 2))
        package, line = packed(order), work_of(order).lines.get()

        unpack_units(package.pk, fulfillment_line_id=line.pk, quantity=1, by=PICKER)

        assert package.lines.get().quantity == 1
        assert Package.objects.get().expected_weight_g == 300
        unpack_units(package.pk, fulfillment_line_id=line.pk, quantity=1, by=PICKER)
        assert not package.lines.exists()
        with pytest.raises(NotPackable):
            unpack_units(package.pk, fulfillment_line_id=line.pk, quantity=1, by=PICKER)

    def test_some_products_travel_alone(self) -> None:
        knife, mug = stocked(5, ships_alone=True), stocked(5)
        order = ordered((knife, 1), (mug, 1))
        picked(order)
        package, rows = open_package(work_of(order).pk, by=PICKER), work_of(order).lines
        pack_units(package.pk, fulfillment_line_id=rows.get(line__product=mug).pk, quantity=1, by=PICKER)

        with pytest.raises(NotPackable, match="a box of its own"):
            pack_units(package.pk, fulfillment_line_id=rows.get(line__product=knife).pk, quantity=1, by=PICKER)


class TestSeal:
    @pytest.mark.parametrize("weight", [750 - 51, 750 + 51])
    def test_a_wrong_weight_stops_it(self, weight: int) -> None:
        package = packed(ordered((stocked(5), 2)))
        BoxTypeFactory()

        with pytest.raises(WeightMismatch) as refusal:
            seal_package(package.pk, box="m", weight_g=weight, by=PICKER)

        assert refusal.value.extra == {"expected_g": 750, "tolerance_g": 50}
        package.refresh_from_db()
        assert (package.status, package.weight_g, package.box) == ("open", None, None)
        assert not PackageMaterial.objects.exists()
        assert not MaterialStock.objects.exists()

    def test_the_tolerance_grows_with_the_weight(self) -> None:
        package = packed(ordered((stocked(20, weight_g=2000), 2)))
        BoxTypeFactory()

        seal_package(package.pk, box="m", weight_g=4150 - 207, by=PICKER)

        assert Package.objects.get().status == "sealed"

    def test_where_a_weight_is_unknown_only_too_little_is_refused(self) -> None:
        package = packed(ordered((stocked(5, weight_g=0), 1), (stocked(5), 1)))
        BoxTypeFactory()

        with pytest.raises(WeightMismatch):
            seal_package(package.pk, box="m", weight_g=399, by=PICKER)
        seal_package(package.pk, box="m", weight_g=2000, by=PICKER)

    def test_a_box_carries_no_more_than_it_can(self) -> None:
        package = packed(ordered((stocked(5, weight_g=9000), 1)))
        BoxTypeFactory(max_weight_g=5000)

        with pytest.raises(NotSealable, match="5000 g"):
            seal_package(package.pk, box="m", weight_g=9150, by=PICKER)

    @pytest.mark.parametrize(("box", "materials"), [("none", {}), ("m", {"gold": 1}), ("m", {"paper": -1})])
    def test_boxes_and_materials_that_we_do_not_have(self, box: str, materials: dict[str, int]) -> None:
        package = packed(ordered((stocked(5), 2)))
        BoxTypeFactory()
        PackingMaterialFactory()

        with pytest.raises(NotSealable):
            seal_package(package.pk, box=box, materials=materials, weight_g=750, by=PICKER)

    def test_a_sealed_package_is_closed(self) -> None:
        order = ordered((stocked(5), 2))
        package, line = sealed(order), work_of(order).lines.get()

        with pytest.raises(NotSealable):
            seal_package(package.pk, box="m", weight_g=760, by=PICKER)
        with pytest.raises(NotPackable):
            unpack_units(package.pk, fulfillment_line_id=line.pk, quantity=1, by=PICKER)

    def test_only_the_last_package_is_the_last(self) -> None:
        order = ordered((stocked(5), 2))
        picked(order)
        BoxTypeFactory()
        row, line = work_of(order), work_of(order).lines.get()
        for _ in range(2):
            package = open_package(row.pk, by=PICKER)
            pack_units(package.pk, fulfillment_line_id=line.pk, quantity=1, by=PICKER)
            seal_package(package.pk, box="m", weight_g=450, by=PICKER)

        told = order.events.filter(type="package.sealed").order_by("seq")
        assert [event.data["is_last"] for event in told] == [False, True]


class TestVoid:
    def test_contents_count_as_picked_again_and_materials_stay_used(self) -> None:
        order = ordered((stocked(5), 2))
        package = sealed(order)

        void_package(package.pk, by=PICKER)

        assert counters(line_of(order)) == {"allocated": 2, "picked": 2}
        assert MaterialStock.objects.get().on_hand == -1
        with pytest.raises(NotVoidable):
            void_package(package.pk, by=PICKER)
        again = open_package(work_of(order).pk, by=PICKER)
        assert again != package
