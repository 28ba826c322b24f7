"""Each role sees what it may and does what it may; everything else is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.roles import GRANTS
from orders.roles import Role
from tests.admin.acting import action_url
from tests.admin.rows import a_row, models_of_the_house
from tests.factories.orders import OrderLineFactory

pytestmark = pytest.mark.django_db

ACTIONS = [
    (model, action)
    for model in models_of_the_house()
    for action in admin.site._registry[model].declared()
    if action.single
]

# Who may do what, written out by hand: this is what an auditor reads.
MATRIX = {
    "orders.order confirm": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.order record_payment": {Role.FINANCE, Role.ADMIN},
    "orders.order send_payment_link": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.order take_payment": {Role.FINANCE, Role.ADMIN},
    "orders.order hold": {Role.SUPPORT, Role.WAREHOUSE_MANAGER, Role.FINANCE, Role.ADMIN},
    "orders.order refund": {Role.FINANCE, Role.ADMIN},
    "orders.order policy": {Role.SUPPORT, Role.ADMIN},
    "orders.order note": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.order revoke_links": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.order extend": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.order cancel": {Role.SUPPORT, Role.ADMIN},
    "orders.order request_return": {Role.SUPPORT, Role.ADMIN},
    "orders.order log_contact": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.order reorder": {Role.SUPPORT, Role.ADMIN},
    "orders.order propose_substitute": {Role.SUPPORT, Role.ADMIN},
    "orders.customer log_contact": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.draft take_over": {Role.SUPPORT, Role.ADMIN},
    "orders.draft discard": {Role.SUPPORT, Role.ADMIN},
    "orders.orderchange approve": {Role.SUPPORT, Role.ADMIN},
    "orders.orderchange decline": {Role.SUPPORT, Role.ADMIN},
    "orders.orderhold release": {Role.SUPPORT, Role.WAREHOUSE_MANAGER, Role.FINANCE, Role.ADMIN},
    "orders.processexception take": {Role.SUPPORT, Role.WAREHOUSE_MANAGER, Role.FINANCE, Role.ADMIN},
    "orders.processexception snooze": {Role.SUPPORT, Role.WAREHOUSE_MANAGER, Role.FINANCE, Role.ADMIN},
    "orders.processexception assign": {Role.SUPPORT, Role.WAREHOUSE_MANAGER, Role.FINANCE, Role.ADMIN},
    "orders.processexception resolve": {Role.SUPPORT, Role.WAREHOUSE_MANAGER, Role.FINANCE, Role.ADMIN},
    "orders.notification resend": {Role.SUPPORT, Role.ADMIN},
    "orders.customer edit": {Role.SUPPORT, Role.ADMIN},
    "orders.customer preferences": {Role.SUPPORT, Role.ADMIN},
    "orders.customer add_address": {Role.SUPPORT, Role.ADMIN},
    "orders.customer merge": {Role.SUPPORT, Role.ADMIN},
    "orders.customer export": {Role.ADMIN},
    "orders.customer erase": {Role.ADMIN},
    "orders.customeraddress edit": {Role.SUPPORT, Role.ADMIN},
    "orders.customeraddress remove": {Role.SUPPORT, Role.ADMIN},
    "orders.payment charge_again": {Role.FINANCE, Role.ADMIN},
    "orders.payment give_up": {Role.FINANCE, Role.ADMIN},
    "orders.payment compare": {Role.FINANCE, Role.ADMIN},
    "orders.gatewaynotice process_again": {Role.FINANCE, Role.ADMIN},
    "orders.refund record_sent": {Role.FINANCE, Role.ADMIN},
    "orders.refund retry": {Role.FINANCE, Role.ADMIN},
    "orders.paymentlink cancel": {Role.SUPPORT, Role.FINANCE, Role.ADMIN},
    "orders.channel issue_gift_card": {Role.FINANCE, Role.ADMIN},
    "orders.giftcard top_up": {Role.FINANCE, Role.ADMIN},
    "orders.giftcard send": {Role.FINANCE, Role.ADMIN},
    "orders.giftcard disable": {Role.FINANCE, Role.ADMIN},
    "orders.customer grant_credit": {Role.FINANCE, Role.ADMIN},
    "orders.partner issue_key": {Role.ADMIN},
    "orders.digitalgood add_codes": {Role.ADMIN},
    "orders.apikey revoke": {Role.ADMIN},
    "warehouse.fulfillmentorder release": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.fulfillmentorder accept": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.fulfillmentorder reject": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.substitutionproposal accept": {Role.SUPPORT, Role.ADMIN},
    "warehouse.substitutionproposal decline": {Role.SUPPORT, Role.ADMIN},
    "warehouse.substitutionproposal withdraw": {Role.SUPPORT, Role.ADMIN},
    "warehouse.putbacktask finish": {Role.PICKER, Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.stocklevel adjust": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.warehouse adjust": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.warehouse plan_wave": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.wave release": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.wave cancel": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.supplier draft": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.supplier propose": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.purchaseorder place": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.purchaseorder revise": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.purchaseorder acknowledge": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.purchaseorder receive": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.purchaseorder move_date": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.purchaseorder cancel": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.putawaytask put_away": {Role.PICKER, Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "warehouse.package void": {Role.PACKER, Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "shipping.shipment dispatch": {Role.PACKER, Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "shipping.shipment want_label": {Role.PACKER, Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "shipping.shipment track": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "shipping.shipment return": {Role.PACKER, Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "shipping.shipment cancel": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "returns.return approve": {Role.SUPPORT, Role.ADMIN},
    "returns.return decline": {Role.SUPPORT, Role.ADMIN},
    "returns.return cancel": {Role.SUPPORT, Role.ADMIN},
    "returns.return receive": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
    "returns.return inspect": {Role.WAREHOUSE_MANAGER, Role.ADMIN},
}


def test_the_matrix_names_every_action() -> None:
    assert {f"{model._meta.label_lower} {action.name}" for model, action in ACTIONS} == set(MATRIX)


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_role_opens_and_sends_the_actions_that_it_may(signed_in: Callable[[Role], Client], role: Role) -> None:
    client = signed_in(role)
    for model, action in ACTIONS:
        row = a_row(model)
        url = action_url(row, action.name)
        may = role in MATRIX[f"{model._meta.label_lower} {action.name}"]
        assert client.get(url).status_code == (200 if may else 403), (role, url)
        if not may:
            assert client.post(url, {"once": "1"}).status_code == 403, (role, url)
            if action.many:
                many = f"{action_url(row, action.name, many=True)}?ids={row.pk}"
                assert client.post(many, {"once": "1"}).status_code == 403, (role, url)


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_role_sees_the_lists_that_it_may(signed_in: Callable[[Role], Client], role: Role) -> None:
    client = signed_in(role)
    for model in models_of_the_house():
        app, name = model._meta.app_label, model._meta.model_name
        seen = client.get(reverse(f"admin:{app}_{name}_changelist")).status_code
        assert seen == (200 if f"{app}.view_{name}" in GRANTS[role] else 403), model


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_the_sidebar_and_the_overview_show_only_what_opens(signed_in: Callable[[Role], Client], role: Role) -> None:
    client = signed_in(role)
    page: Any = client.get(reverse("admin:index"))
    assert page.status_code == 200
    links = {item["link"] for group in page.context["sidebar_navigation"] for item in group["items"]}
    links |= {tile["url"] for tile in page.context["tiles"]}
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link


def test_a_page_is_called_as_the_sidebar_calls_it(signed_in: Callable[[Role], Client]) -> None:
    client = signed_in(Role.ADMIN)
    page: Any = client.get(reverse("admin:index"))
    for group in page.context["sidebar_navigation"][1:]:
        for item in group["items"]:
            shown: Any = client.get(item["link"])
            assert str(shown.context["opts"].verbose_name_plural) == str(item["title"])


def test_a_button_that_may_not_be_pressed_isnt_shown(signed_in: Callable[[Role], Client]) -> None:
    order = OrderLineFactory().order
    page: Any = signed_in(Role.FINANCE).get(reverse("admin:orders_order_change", args=[order.pk]))
    assert [str(button["title"]) for button in page.context["actions_detail"]] == [
        "Confirm",
        "Hold",
        "Note and tags",
        "More",
    ]


def test_who_is_refused_reads_why_and_finds_the_way_back(signed_in: Callable[[Role], Client]) -> None:
    page = signed_in(Role.PICKER).get(reverse("admin:orders_order_changelist"))
    words = page.content.decode()
    assert page.status_code == 403
    assert "You are signed in as picker" in words
    assert 'href="/admin/"' in words
    assert 'href="/wh/"' in words
    page = signed_in(Role.SUPPORT).get("/wh/")
    words = page.content.decode()
    assert page.status_code == 403
    assert 'href="/admin/"' in words
    assert 'href="/wh/"' not in words
    assert f'href="{reverse("wh:login")}"' in words


def test_who_isnt_staff_signs_in_first(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_user("customer"))
    url = reverse("admin:orders_order_changelist")
    assert client.get(url)["Location"] == f"/admin/login/?next={url}"


def test_an_admin_makes_nobody_a_superuser(signed_in: Callable[[Role], Client]) -> None:
    client = signed_in(Role.ADMIN)
    me, root = User.objects.get(username="admin"), User.objects.create_superuser("root")
    sent = {"username": "admin", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": []}
    client.post(reverse("admin:auth_user_change", args=[me.pk]), sent)
    me.refresh_from_db()
    assert not me.is_superuser
    assert client.post(reverse("admin:auth_user_change", args=[root.pk]), sent).status_code == 403
    assert client.post(reverse("admin:auth_user_delete", args=[root.pk]), {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/auth/user/{root.pk}/password/", {"password1": "x"}).status_code == 403
    assert User.objects.filter(username="root", is_superuser=True).exists()
