"""What staff edit and do about bundles, preorders and digital goods."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.kernel.secret import opened
from orders.models import BundleComponent, DigitalCode, DigitalGood, Product
from tests.admin.acting import act, done, refusals
from tests.admin.test_settings import sent
from tests.factories.orders import ProductFactory, a_bundle

pytestmark = pytest.mark.django_db


def with_components(client: Client, product: Product, *rows: tuple[Product, int]) -> dict[str, Any]:
    """The product's form with these components."""
    url = f"/admin/orders/product/{product.pk}/change/"
    data = sent(client, url, **{"components-TOTAL_FORMS": len(rows)})
    for i, (part, units) in enumerate(rows):
        data |= {f"components-{i}-component": part.pk, f"components-{i}-quantity": units}
        data |= {f"components-{i}-bundle": product.pk}
    return data


def test_components_make_a_product_a_bundle(boss: Client) -> None:
    gift, cup = ProductFactory(sku="GIFT"), ProductFactory(sku="CUP")

    answer = boss.post(f"/admin/orders/product/{gift.pk}/change/", with_components(boss, gift, (cup, 3)))

    assert answer.status_code == 302
    gift.refresh_from_db()
    assert (gift.is_bundle, gift.version) == (True, 2)
    assert list(gift.components.values_list("component__sku", "quantity")) == [("CUP", 3)]


@pytest.mark.parametrize("part", ["bundle", "digital", "other currency"])
def test_what_is_no_component_is_refused(boss: Client, part: str) -> None:
    gift, cup = ProductFactory(sku="GIFT"), ProductFactory(sku="CUP")
    parts = {
        "bundle": a_bundle("SET", price="9.00", parts={cup: 1}),
        "digital": ProductFactory(is_digital=True),
        "other currency": ProductFactory(currency="USD"),
    }

    answer = boss.post(f"/admin/orders/product/{gift.pk}/change/", with_components(boss, gift, (parts[part], 1)))

    inline, *_others = answer.context["inline_admin_formsets"]
    assert inline.formset.non_form_errors() == ["A component is no bundle, not digital, and in one currency."]
    gift.refresh_from_db()
    assert (gift.is_bundle, gift.version, BundleComponent.objects.filter(bundle=gift).count()) == (False, 1, 0)


def test_a_cap_is_never_less_than_what_is_taken(boss: Client) -> None:
    novel = ProductFactory(preorder_ships_on=timezone.localdate(), preorder_cap=10, preorder_taken=4)
    url = f"/admin/orders/product/{novel.pk}/change/"

    answer = boss.post(url, sent(boss, url, preorder_cap="3"))

    assert answer.context["adminform"].form.errors == {"preorder_cap": ["4 units are preordered already."]}
    novel.refresh_from_db()
    assert novel.preorder_cap == 10


def test_the_list_of_preorders(boss: Client) -> None:
    ProductFactory(sku="MUG")
    ProductFactory(sku="NOVEL", preorder_ships_on="2999-12-01", preorder_cap=10, preorder_taken=4)

    page = boss.get("/admin/orders/product/?preorder=open").content.decode()

    assert "NOVEL" in page
    assert "4 of 10 taken" in page
    assert "MUG" not in page


def test_add_codes(boss: Client) -> None:
    good = DigitalGood.objects.create(product=ProductFactory(is_digital=True), uses_codes=True)

    assert done(act(boss, good, "add_codes", codes="AAA\n\n BBB \nAAA"))

    assert sorted(opened(code.sealed) for code in DigitalCode.objects.all()) == ["AAA", "BBB"]
    page = boss.get("/admin/orders/digitalcode/").content.decode()
    assert "AAA" not in page
    code = DigitalCode.objects.first()
    assert code is not None
    assert "AAA" not in boss.get(f"/admin/orders/digitalcode/{code.pk}/change/").content.decode()


def test_codes_that_are_too_long_are_refused(boss: Client) -> None:
    good = DigitalGood.objects.create(product=ProductFactory(is_digital=True), uses_codes=True)

    answer = act(boss, good, "add_codes", codes="A" * 501)

    assert refusals(answer) == {"codes": ["At most 5,000 codes of at most 500 characters."]}
    assert not DigitalCode.objects.exists()


def test_something_must_be_delivered(boss: Client) -> None:
    product = ProductFactory(is_digital=True)
    url = "/admin/orders/digitalgood/add/"

    answer = boss.post(url, sent(boss, url, product=product.pk))

    assert answer.context["adminform"].form.non_field_errors() == [
        "Give a link, words or codes: something must be delivered."
    ]
    assert not DigitalGood.objects.exists()
