"""What people edit: the same rules as in the API, and products count their versions."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from orders.models import Channel, Product
from tests.factories.orders import ChannelFactory, OrderLineFactory, ProductFactory
from tests.factories.warehouse import SupplierFactory, SupplierProductFactory, WarehouseFactory

pytestmark = pytest.mark.django_db


def sent(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """The form of a page as a browser sends it, with changes."""
    page = client.get(url)
    form = page.context["adminform"].form
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if hasattr(widget, "decompress"):
            parts = value if isinstance(value, list) else widget.decompress(value)
            data |= {f"{bound.html_name}_{i}": part for i, part in enumerate(parts) if part is not None}
        elif value not in (None, False):
            data[bound.html_name] = bound.field.prepare_value(value)
    for inline in page.context.get("inline_admin_formsets", ()):
        for bound in inline.formset.management_form:
            data[bound.html_name] = bound.value()
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


def test_an_edited_product_has_a_new_version(boss: Client) -> None:
    product = ProductFactory(sku="MUG", name="Mug")
    url = f"/admin/orders/product/{product.pk}/change/"
    assert boss.post(url, sent(boss, url, name="Blue mug", out_of_stock_policy="backorder,cancel")).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.version, product.sku) == ("Blue mug", 2, "MUG")
    assert product.out_of_stock_policy == ["backorder", "cancel"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("price", "1.005"), ("price", "-1"), ("out_of_stock_policy", "cancel,cancel"), ("out_of_stock_policy", "magic")],
)
def test_a_product_that_breaks_a_rule_is_refused(boss: Client, field: str, value: str) -> None:
    product = ProductFactory()
    url = f"/admin/orders/product/{product.pk}/change/"
    answer = boss.post(url, sent(boss, url, **{field: value}))
    assert field in answer.context["adminform"].form.errors
    assert Product.objects.get().version == 1


def test_a_new_channel(boss: Client) -> None:
    url = "/admin/orders/channel/add/"
    assert (
        boss.post(url, sent(boss, url, code="phone", name="Phone", currency="EUR", brand_name="Mug")).status_code == 302
    )
    assert Channel.objects.get().code == "phone"


def test_what_customers_may_do_by_themselves_and_when_drafts_end(boss: Client) -> None:
    channel = ChannelFactory()
    url = f"/admin/orders/channel/{channel.pk}/change/"
    wanted = {"draft_expires_after_days": "30", "customers_reorder": "on", "customers_change_at_once": "on"}
    answer = boss.post(url, sent(boss, url, **wanted))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    channel.refresh_from_db()
    assert channel.draft_expires_after_days == 30
    assert (channel.customers_reorder, channel.customers_change_at_once) == (True, True)


def test_the_address_of_a_warehouse(boss: Client) -> None:
    warehouse = WarehouseFactory(address={"line1": "Old St. 1", "city": "Berlin"})
    url = f"/admin/warehouse/warehouse/{warehouse.pk}/change/"
    answer = boss.post(url, sent(boss, url, address_2="New St. 2"))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    warehouse.refresh_from_db()
    assert (warehouse.address["line1"], warehouse.address["city"]) == ("New St. 2", "Berlin")


def test_what_is_in_use_isnt_deleted(boss: Client) -> None:
    product = ProductFactory()
    SupplierProductFactory(supplier=SupplierFactory(), product=product)
    OrderLineFactory(product=product)
    boss.post(f"/admin/orders/product/{product.pk}/delete/", {"post": "yes"})
    assert Product.objects.exists()


def test_a_new_colleague_gets_a_role(boss: Client) -> None:
    role = Group.objects.get_or_create(name="support")[0]
    password = "a long enough one 4711"
    new = {"username": "sam", "password1": password, "password2": password, "usable_password": "true"}
    added = boss.post("/admin/auth/user/add/", new)
    assert added.status_code == 302, added.context["adminform"].form.errors
    user = User.objects.get(username="sam")
    url = f"/admin/auth/user/{user.pk}/change/"
    answer = boss.post(url, sent(boss, url, is_staff="on", groups=[role.pk]))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    user.refresh_from_db()
    assert (user.is_staff, list(user.groups.all())) == (True, [role])
