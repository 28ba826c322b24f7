"""What staff do about buying: drafted, placed, received, put away; refused, and shown where it was typed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import ProcessException
from tests.admin.acting import act, act_on, action_url, done, refusal, refusals
from tests.factories.warehouse import SupplierFactory
from tests.warehouse.purchases import acknowledged, bought, drafted, in_days, incoming, offered, the, ties, waiting
from tests.warehouse.scenes import level
from warehouse.models import Backorder, PurchaseOrder, PutAwayTask, Receipt, Supplier, SupplierProduct
from warehouse.services.watch_purchase import watch_purchase

pytestmark = pytest.mark.django_db


def test_from_the_draft_to_the_shelf(boss: Client) -> None:
    mug = offered("MUG", least=10)
    offer = SupplierProduct.objects.get()
    backorder = waiting(mug, 3)

    said = refusals(act(boss, SupplierFactory(), "draft", **{f"{offer.pk}-units": 9}))
    assert said == {f"{offer.pk}-units": ["MUG: from 10 to 1000000 units."]}
    assert refusal(act(boss, SupplierFactory(), "draft")) == "Say how many units of which product."
    assert not PurchaseOrder.objects.exists()

    assert done(act(boss, SupplierFactory(), "draft", **{f"{offer.pk}-units": 12}))
    row = PurchaseOrder.objects.get()
    assert done(act(boss, row, "place"))
    assert (the(row).status, incoming(mug), ties(backorder)) == ("placed", 12, [(row.number, 3)])

    line = row.lines.get()
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    said = refusals(act(boss, row, "acknowledge", **{f"{line.pk}-day": yesterday}))
    assert said == {f"{line.pk}-day": ["MUG: give a day that is still to come."]}
    assert done(act(boss, row, "acknowledge", **{f"{line.pk}-day": in_days(4).isoformat(), "supplier_ref": "SO-1"}))
    assert done(act(boss, row, "move_date", **{f"{line.pk}-day": in_days(5).isoformat()}))
    assert (the(row).supplier_ref, row.lines.get().expected_on) == ("SO-1", in_days(5))

    assert refusal(act(boss, row, "receive")) == "Say what arrived."
    answers: dict[str, Any] = {f"{line.pk}-accepted": 8, f"{line.pk}-damaged": 1, f"{line.pk}-all": "on"}
    assert done(act(boss, row, "receive", **answers))
    assert (the(row).status, level(mug)) == ("received", {"on_hand": 9, "allocated": 3, "unavailable": 1})
    assert the(backorder).status == "allocated"
    assert ProcessException.objects.get(category="receipt_differs").facts["short"] == 3

    task = PutAwayTask.objects.get()
    assert refusals(act(boss, task, "put_away", bin="NOPE")) == {"bin": ["This warehouse has no bin with this code."]}
    assert done(act(boss, task, "put_away"))
    assert "This task is done." in refusal(act(boss, task, "put_away"))


def test_who_looked_at_an_older_state_is_refused(boss: Client) -> None:
    mug = offered("MUG")
    row = bought((mug, 5))
    line = row.lines.get()
    answers = {f"{line.pk}-accepted": 5}
    assert done(act(boss, row, "receive", version=row.version, **answers))
    again = bought((mug, 5))
    first = again.lines.get()
    assert done(act(boss, again, "receive", **{f"{first.pk}-accepted": 2}))
    said = refusal(act(boss, again, "receive", version=again.version, **{f"{first.pk}-accepted": 2}))
    assert said == f"Somebody changed {again.number} meanwhile. Look again."
    assert Receipt.objects.count() == 2


def test_a_draft_is_changed_and_a_wrong_sku_refused(boss: Client) -> None:
    mug, cup = offered("MUG"), offered("CUP")
    row = drafted((mug, 5))
    line = row.lines.get()
    assert refusals(act(boss, row, "revise", sku="CUP")) == {"more": ["Say both, which product and how many."]}
    assert "No product has the SKU NOPE." in str(refusals(act(boss, row, "revise", sku="NOPE", more=1)))
    assert done(act(boss, row, "revise", sku="CUP", more=4, **{f"{line.pk}-units": 7}))
    assert sorted(row.lines.values_list("product__sku", "quantity")) == [("CUP", 4), ("MUG", 7)]
    assert done(act(boss, row, "cancel"))
    assert the(row).status == "cancelled"
    assert cup.sku == "CUP"


def test_units_of_a_line_are_called_off(boss: Client) -> None:
    mug = offered("MUG")
    row = bought((mug, 5))
    line = row.lines.get()
    assert refusal(act(boss, row, "cancel")) == "Say what is to be cancelled."
    assert done(act(boss, row, "cancel", **{f"{line.pk}-units": 2}))
    assert (incoming(mug), the(row).status) == (3, "placed")


def test_proposals_by_hand_and_several_put_away_at_once(boss: Client) -> None:
    mug, cup = offered("MUG"), offered("CUP")
    waiting(mug, 2)
    waiting(cup, 1)
    assert done(act(boss, Supplier.objects.get(), "propose"))
    row = PurchaseOrder.objects.get()
    assert (row.is_proposed, row.lines.count()) == (True, 2)
    page = boss.get("/admin/warehouse/purchaseorder/", {"stage": "proposed"})
    assert list(page.context["cl"].result_list) == [row]
    assert done(act(boss, row, "place"))
    answers = {f"{line.pk}-accepted": line.quantity + 1 for line in row.lines.all()}
    assert done(act(boss, row, "receive", **answers))
    act_on(boss, list(PutAwayTask.objects.order_by("pk")), "put_away")
    assert set(PutAwayTask.objects.values_list("status", flat=True)) == {"done"}


def test_what_waits_is_shown_by_product(boss: Client) -> None:
    mug = offered("MUG", name="Blue mug")
    waiting(mug, 2)
    waiting(mug, 3)
    row = acknowledged((mug, 4), days=4)
    page = boss.get("/admin/warehouse/backorder/by-product/")
    (each,) = page.context["products"]
    assert (each.product, each.units, each.orders, each.bought, each.missing) == (mug, 5, 2, 4, 1)
    assert (each.next_on, each.purchase_orders) == (in_days(4), (row,))
    assert row.number in page.content.decode()
    listed = boss.get("/admin/warehouse/backorder/").content.decode()
    assert 'href="/admin/warehouse/backorder/by-product/"' in listed
    assert row.number in listed
    order = Backorder.objects.earliest("pk").line.order
    assert row.number in boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()


def test_a_supplier_shows_how_it_delivers(boss: Client) -> None:
    mug = offered("MUG")
    url = f"/admin/warehouse/supplier/{SupplierFactory().pk}/change/"
    assert "Nothing has come from it in a year." in boss.get(url).content.decode()
    row = acknowledged((mug, 4))
    line = row.lines.get()
    assert done(act(boss, row, "receive", **{f"{line.pk}-accepted": 4}))
    words = boss.get(url).content.decode()
    assert "In time" in words
    assert "100%" in words


def test_a_late_supplier_is_one_click_away(boss: Client) -> None:
    row = acknowledged((offered("MUG"), 4))
    row.lines.update(expected_on=in_days(-1))
    watch_purchase(row.pk, by=SYSTEM)
    question = ProcessException.objects.get()
    went = boss.get(f"/admin/orders/processexception/{question.pk}/go/")
    assert went["Location"].startswith(action_url(row, "move_date"))


def test_a_purchase_order_is_printed(boss: Client) -> None:
    row = bought((offered("MUG"), 4))
    paper = boss.get(f"/admin/warehouse/purchaseorder/{row.pk}/pdf/")
    assert paper.content.startswith(b"%PDF")
