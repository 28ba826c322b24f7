"""Purchase orders: drafted, placed, acknowledged, moved and called off; what is refused changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage

import pytest
from django.core import mail
from django.utils import timezone

from orders.errors import Stale
from orders.kernel.actor import SYSTEM
from orders.kernel.errors import DomainError
from orders.mailer import send_due_messages
from orders.models import Notification, OrderEvent, ProcessException
from tests.factories.orders import ProductFactory
from tests.factories.warehouse import SupplierFactory, WarehouseFactory
from tests.papers import codes_of, text_of
from tests.warehouse.purchases import BUYER, acknowledged, bought, drafted, in_days, incoming, line_of, offered, the
from warehouse.errors import InvalidPurchase, PurchaseNotOpen, UnknownSupplier, UnknownWarehouse
from warehouse.models import PurchaseOrder, PurchaseOrderLine, StockLevel, Supplier
from warehouse.services.acknowledge_purchase import acknowledge_purchase_order, move_expected_date
from warehouse.services.cancel_purchase import cancel_purchase_order
from warehouse.services.draft_purchase import WantedGoods, draft_purchase_order, revise_purchase_order
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.watch_purchase import watch_purchase
from warehouse.states import PurchasePurpose
from warehouse.tasks import watch_suppliers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Neither orders nor lines, counters, messages or events."""

    def everything() -> list[object]:
        return [
            list(PurchaseOrder.objects.order_by("pk").values()),
            list(PurchaseOrderLine.objects.order_by("pk").values()),
            list(StockLevel.objects.order_by("pk").values_list("product", "on_hand", "incoming")),
            OrderEvent.objects.count(),
            Notification.objects.count(),
        ]

    before = everything()
    yield
    assert everything() == before


def happened() -> list[str]:
    return list(OrderEvent.objects.filter(order=None).order_by("pk").values_list("type", flat=True))


class TestDraft:
    def test_a_draft_buys_nothing(self) -> None:
        mug = offered("MUG", cost="4.00")

        row = drafted((mug, 20))

        assert (row.number, row.status, row.currency, row.is_proposed) == (f"PO-{row.pk:05d}", "draft", "EUR", False)
        line = row.lines.get()
        assert (line.quantity, line.cost, line.supplier_sku, line.expected_on) == (20, Decimal("4.00"), "A-MUG", None)
        assert incoming(mug) == 0
        assert happened() == ["purchase_order.drafted"]
        assert not Notification.objects.exists()

    @pytest.mark.parametrize(
        ("wanted", "pointer", "said"),
        [
            ([("NOPE", 1)], "#/lines/0/sku", "No product has the SKU NOPE."),
            ([("MUG", 20), ("CUP", 1)], "#/lines/1/sku", "The supplier doesn't offer CUP."),
            ([("MUG", 9)], "#/lines/0/quantity", "MUG: from 10 to 1000000 units."),
            ([("MUG", 1_000_001)], "#/lines/0/quantity", "MUG: from 10 to 1000000 units."),
            ([("MUG", 20), ("MUG", 20)], "#/lines/1/sku", "MUG stands there twice."),
            ([("SET", 1)], "#/lines/0/sku", "SET is no single good."),
        ],
    )
    def test_what_cant_be_bought_is_refused_by_name(
        self, wanted: list[tuple[str, int]], pointer: str, said: str
    ) -> None:
        offered("MUG", least=10)
        ProductFactory(sku="CUP")
        ProductFactory(sku="SET", is_bundle=True)

        with nothing_changes(), pytest.raises(InvalidPurchase) as refusal:
            lines = [WantedGoods(sku=sku, quantity=n) for sku, n in wanted]
            draft_purchase_order("acme", warehouse="BER", lines=lines, by=BUYER)

        assert [(error.pointer, error.detail) for error in refusal.value.errors] == [(pointer, said)]

    def test_unknown_and_retired_parties_are_refused(self) -> None:
        offered("MUG")
        SupplierFactory(code="gone", is_active=False)
        WarehouseFactory(code="OLD", is_active=False)
        lines = [WantedGoods(sku="MUG", quantity=1)]

        with nothing_changes():
            for supplier in ("nobody", "gone"):
                with pytest.raises(UnknownSupplier):
                    draft_purchase_order(supplier, warehouse="BER", lines=lines, by=BUYER)
            for warehouse in ("XXX", "OLD"):
                with pytest.raises(UnknownWarehouse):
                    draft_purchase_order("acme", warehouse=warehouse, lines=lines, by=BUYER)
            with pytest.raises(InvalidPurchase):
                draft_purchase_order("acme", warehouse="BER", lines=lines, purpose=PurchasePurpose.DROPSHIP, by=BUYER)
            with pytest.raises(InvalidPurchase):
                lines = [WantedGoods(sku="MUG", quantity=1, cost=Decimal(-1))]
                draft_purchase_order("acme", warehouse="BER", lines=lines, by=BUYER)

    def test_a_person_changes_a_draft(self) -> None:
        mug, cup, pot = offered("MUG"), offered("CUP"), offered("POT")
        row = drafted((mug, 5), (cup, 5))

        revise_purchase_order(row.pk, quantities={"MUG": 8, "CUP": 0, "POT": 2}, version=1, by=BUYER)

        assert sorted(row.lines.values_list("product__sku", "quantity")) == [("MUG", 8), ("POT", 2)]
        with nothing_changes(), pytest.raises(Stale):
            revise_purchase_order(row.pk, quantities={"MUG": 9}, version=1, by=BUYER)
        place_purchase_order(row.pk, by=BUYER)
        with nothing_changes(), pytest.raises(PurchaseNotOpen):
            revise_purchase_order(row.pk, quantities={"MUG": 9}, by=BUYER)
        assert (incoming(mug), incoming(cup), incoming(pot)) == (8, 0, 2)


class TestPlace:
    def test_it_is_expected_and_the_supplier_is_asked(self) -> None:
        mug, cup = offered("MUG", days=5), offered("CUP", days=9)

        row = bought((mug, 20), (cup, 3))

        assert (row.status, incoming(mug), incoming(cup)) == ("placed", 20, 3)
        assert [line_of(row, each).expected_on for each in (mug, cup)] == [in_days(5), in_days(9)]
        assert happened() == ["purchase_order.drafted", "purchase_order.placed"]
        event = OrderEvent.objects.get(type="purchase_order.placed")
        assert event.data["lines"] == [
            {"sku": "MUG", "quantity": 20, "expected_on": in_days(5).isoformat()},
            {"sku": "CUP", "quantity": 3, "expected_on": in_days(9).isoformat()},
        ]
        owed = Notification.objects.get()
        assert (owed.recipient, owed.template) == ("mailto:sales@acme.example", "warehouse/mail/purchase_order")

    def test_without_an_address_nobody_is_written_to(self) -> None:
        mug = offered("MUG")
        Supplier.objects.update(email="")

        assert bought((mug, 1)).status == "placed"
        assert not Notification.objects.exists()

    def test_it_is_placed_once(self) -> None:
        mug = offered("MUG")
        row = bought((mug, 20))

        with nothing_changes(), pytest.raises(PurchaseNotOpen, match=f"{row.number} is in the status «Placed»"):
            place_purchase_order(row.pk, by=BUYER)

    def test_nothing_is_bought_of_an_empty_draft_a_stale_one_or_a_retired_supplier(self) -> None:
        mug = offered("MUG")
        row = drafted((mug, 2))
        with nothing_changes(), pytest.raises(Stale):
            place_purchase_order(row.pk, version=7, by=BUYER)
        row.supplier.is_active = False
        row.supplier.save()
        with nothing_changes(), pytest.raises(InvalidPurchase):
            place_purchase_order(row.pk, by=BUYER)
        row.supplier.is_active = True
        row.supplier.save()
        row.lines.all().delete()
        with nothing_changes(), pytest.raises(InvalidPurchase):
            place_purchase_order(row.pk, by=BUYER)
        with pytest.raises(DomainError):
            place_purchase_order(0, by=BUYER)


class TestAcknowledge:
    def test_the_supplier_names_its_days(self) -> None:
        mug, cup = offered("MUG", days=5), offered("CUP", days=9)
        row = bought((mug, 20), (cup, 3))

        acknowledge_purchase_order(row.pk, dates={"MUG": in_days(12)}, supplier_ref="SO-77", by=BUYER)

        row = the(row)
        assert (row.status, row.supplier_ref, row.acknowledged_at is not None) == ("acknowledged", "SO-77", True)
        assert [line_of(row, each).expected_on for each in (mug, cup)] == [in_days(12), in_days(9)]
        assert [line_of(row, each).promised_on for each in (mug, cup)] == [in_days(12), in_days(9)]

    def test_days_that_make_no_sense_are_refused(self) -> None:
        mug, _cup = offered("MUG"), offered("CUP")
        row = bought((mug, 2))

        for dates, pointer in (({"CUP": in_days(3)}, "#/dates/CUP"), ({"MUG": in_days(-1)}, "#/dates/MUG")):
            with nothing_changes(), pytest.raises(InvalidPurchase) as refusal:
                acknowledge_purchase_order(row.pk, dates=dates, by=BUYER)
            assert [error.pointer for error in refusal.value.errors] == [pointer]
        for other in (drafted((mug, 2)), acknowledged((mug, 1))):
            with nothing_changes(), pytest.raises(PurchaseNotOpen):
                acknowledge_purchase_order(other.pk, by=BUYER)

    def test_a_day_is_moved_and_the_first_one_kept(self) -> None:
        mug = offered("MUG")
        row = acknowledged((mug, 20), days=7)

        move_expected_date(row.pk, dates={"MUG": in_days(10)}, reason="strike", by=BUYER)
        before = OrderEvent.objects.count()
        move_expected_date(row.pk, dates={"MUG": in_days(10)}, by=BUYER)

        line = line_of(row, mug)
        assert (line.expected_on, line.promised_on) == (in_days(10), in_days(7))
        event = OrderEvent.objects.get(type="purchase_order.date_moved")
        assert (event.data["expected_before"], event.data["expected_on"], event.data["reason"]) == (
            in_days(7).isoformat(),
            in_days(10).isoformat(),
            "strike",
        )
        assert OrderEvent.objects.count() == before


class TestCancel:
    def test_units_of_a_line_then_the_rest(self) -> None:
        mug, cup = offered("MUG"), offered("CUP")
        row = bought((mug, 20), (cup, 3))

        cancel_purchase_order(row.pk, units={"MUG": 5}, by=BUYER)

        assert (the(row).status, incoming(mug), incoming(cup)) == ("placed", 15, 3)
        cancel_purchase_order(row.pk, by=BUYER)
        assert (the(row).status, incoming(mug), incoming(cup)) == ("cancelled", 0, 0)
        told = OrderEvent.objects.filter(type="purchase_order.cancelled").order_by("pk").values_list("data", flat=True)
        assert [(data["whole"], [line["quantity"] for line in data["lines"]]) for data in told] == [
            (False, [5]),
            (True, [15, 3]),
        ]
        assert Notification.objects.filter(template="warehouse/mail/purchase_cancelled").count() == 2

    def test_of_a_draft_nobody_hears(self) -> None:
        row = drafted((offered("MUG"), 2))
        cancel_purchase_order(row.pk, by=BUYER)
        assert the(row).status == "cancelled"
        assert not Notification.objects.exists()

    @pytest.mark.parametrize("units", [{"MUG": 21}, {"MUG": 0}, {"CUP": 1}, {}])
    def test_more_than_is_to_come_is_refused(self, units: dict[str, int]) -> None:
        row = bought((offered("MUG"), 20))
        with nothing_changes(), pytest.raises(InvalidPurchase):
            cancel_purchase_order(row.pk, units=units, by=BUYER)

    def test_what_is_over_stays_over(self) -> None:
        row = bought((offered("MUG"), 20))
        cancel_purchase_order(row.pk, by=BUYER)
        with nothing_changes(), pytest.raises(PurchaseNotOpen):
            cancel_purchase_order(row.pk, by=BUYER)


class TestLate:
    def overdue(self) -> PurchaseOrder:
        row = acknowledged((offered("MUG"), 20), days=3)
        row.lines.update(expected_on=in_days(-1))
        return row

    def asked(self) -> list[tuple[str, str]]:
        return list(ProcessException.objects.order_by("pk").values_list("category", "status"))

    def test_a_person_is_asked_once(self) -> None:
        row = self.overdue()

        assert watch_suppliers() == 1
        watch_suppliers()

        question = ProcessException.objects.get()
        assert (question.category, question.subject_id, question.status) == ("supplier_late", row.public_id, "open")
        assert question.facts == {
            "supplier": "Acme",
            "number": row.number,
            "units": 20,
            "day": in_days(-1).isoformat(),
        }

    def test_the_question_closes_with_another_day(self) -> None:
        row = self.overdue()
        watch_suppliers()
        move_expected_date(row.pk, dates={"MUG": in_days(4)}, by=BUYER)
        assert self.asked() == [("supplier_late", "resolved")]
        assert watch_suppliers() == 0

    def test_and_with_the_end_of_the_order(self) -> None:
        row = self.overdue()
        watch_suppliers()
        cancel_purchase_order(row.pk, by=BUYER)
        assert self.asked() == [("supplier_late", "resolved")]

    def test_who_delivered_meanwhile_isnt_asked(self) -> None:
        row = acknowledged((offered("MUG"), 20), days=3)
        assert watch_purchase(row.pk, by=SYSTEM) is False
        assert self.asked() == []


@pytest.mark.django_db(transaction=True)
class TestMail:
    def test_the_supplier_gets_the_paper(self) -> None:
        mug = offered("MUG", name="Blue mug", cost="4.50")
        row = bought((mug, 1200))

        assert send_due_messages() == 1

        (sent,) = mail.outbox
        message: EmailMessage = sent.message()
        assert (sent.to, sent.subject) == (["sales@acme.example"], f"Purchase order {row.number}")
        assert "1200 × A-MUG Blue mug" in sent.body
        (name, pdf, kind) = sent.attachments[-1]
        assert (name, kind) == (f"{row.number}.pdf", "application/pdf")
        text = text_of(pdf)
        for words in (row.number, "Blue mug", "A-MUG · MUG", "1,200", "4.50", "5,400.00", "Acme"):
            assert words in text, (words, text)
        assert codes_of(pdf) == [("]C0", row.number)]
        assert message["Message-ID"]

    def test_a_cancellation_is_told_without_one(self) -> None:
        mug = offered("MUG", name="Blue mug")
        row = bought((mug, 12))
        cancel_purchase_order(row.pk, units={"MUG": 4}, by=BUYER)

        send_due_messages()

        sent = mail.outbox[-1]
        assert sent.subject == f"Called off: purchase order {row.number}"
        assert "4 × A-MUG Blue mug" in sent.body
        assert sent.attachments == []


def test_lead_times_count_from_today() -> None:
    row = bought((offered("MUG", days=0), 1))
    assert row.lines.get().expected_on == timezone.localdate() + timedelta(days=0)
