"""Substitutes in the back office: named on products, proposed on orders, answered for customers who ring."""

import pytest
from django.test import Client

from orders.models import OrderLine, Product, ProductSubstitute
from tests.admin.acting import act, done
from tests.warehouse.scenes import line_of
from tests.warehouse.test_substitution import bought, mug, similar
from warehouse.models import SubstitutionProposal

__all__ = ["mug"]
pytestmark = pytest.mark.django_db


def test_support_proposes_and_records_what_was_said_on_the_phone(boss: Client, mug: Product) -> None:
    Product.objects.update(out_of_stock_policy=["backorder"])
    cup = similar(mug)
    order = bought(mug, 3)
    line = line_of(order)

    answer = act(boss, order, "propose_substitute", offer=f"{line.public_id} {cup.sku}")

    assert done(answer)
    row = SubstitutionProposal.objects.get()
    shown = boss.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert "instead of 1 × MUG" in shown
    assert done(act(boss, row, "accept", note="rang at noon"))
    row.refresh_from_db()
    assert (row.status, row.answered_by, row.note) == ("applied", "staff", "rang at noon")
    assert OrderLine.objects.get(product=cup).replaces == line


def test_a_product_names_what_may_be_sent_instead(boss: Client, mug: Product) -> None:
    cup = similar(mug)
    assert ProductSubstitute.objects.get().units_for(3) == 3
    shown = boss.get(f"/admin/orders/product/{mug.pk}/change/").content.decode()
    assert 'name="substitutes-0-substitute"' in shown
    assert cup.sku in shown
