"""A customer's page: everything about them, their twins, and what staff can do."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Customer, CustomerAddress, Feedback, Order, OrderEvent
from tests.admin.acting import act, action_url, done, form_of, refusal, refusals
from tests.factories.orders import ADDRESS, CustomerFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db


def page(client: Client, customer: Customer) -> Any:
    return client.get(f"/admin/orders/customer/{customer.pk}/change/")


def address_of(customer: Customer, **changes: str) -> CustomerAddress:
    address = ADDRESS | changes
    return CustomerAddress.objects.create(customer=customer, fingerprint=str(hash(str(address)))[:30], address=address)


def people(client: Client, **query: str) -> set[Customer]:
    return set(client.get("/admin/orders/customer/", query).context["cl"].result_list)


def test_the_figures_of_a_lifetime(boss: Client) -> None:
    customer = CustomerFactory(phone="0151 12345678")
    address_of(customer)
    OrderFactory(customer=customer, total="10.00", status="cancelled")
    OrderFactory(customer=customer, total="30.00", return_status="returned", refunded_total=0)
    OrderFactory(customer=customer, total="20.00", currency="USD")
    OrderFactory(customer=customer, status="declined", total="99.00")
    shown = page(boss, customer).context["page"]
    assert [value for _name, value in shown.figures[:3]] == ["3", "1", "50%"]
    assert shown.sums == (("€40.00", "€0.00", "EUR"), ("$20.00", "$0.00", "USD"))
    assert (shown.phone, shown.phone_problem) == ("+49 1511 2345678", "")
    assert len(shown.orders) == 3


def test_the_page_doesnt_grow_with_orders(boss: Client) -> None:
    def statements(n: int) -> int:
        customer = CustomerFactory(phone_e164=f"+4930{n:07d}")
        address_of(customer, name=f"Person {n}")
        for _ in range(n):
            order = OrderFactory(customer=customer)
            Feedback.objects.create(order=order, rating=5)
            OrderLineFactory(order=order)
        page(boss, customer)
        with CaptureQueriesContext(connection) as taken:
            assert page(boss, customer).status_code == 200
        return len(taken)

    assert statements(2) == statements(12) <= 25


def test_a_phone_that_cant_be_dialled_is_flagged(boss: Client) -> None:
    words = page(boss, CustomerFactory(phone="call me")).content.decode()
    assert "This can&#x27;t be dialled." in words


# --- duplicates


def test_twins_are_seen_with_the_reason(boss: Client) -> None:
    ada = CustomerFactory(email="ada@example.com", phone="0151 12345678")
    address_of(ada)
    phone = CustomerFactory(phone="+49 151 12345678")
    tagged = CustomerFactory(email="ada+shop@example.com")
    there = CustomerFactory()
    address_of(there, name="ADA BYRON", line1="Elsewhere 2")
    CustomerFactory(email="adam@example.com", phone="0151 12345679")
    merged = CustomerFactory(phone="0151 12345678", merged_into=CustomerFactory(phone="030 999999"))

    shown = page(boss, ada).context["page"].twins

    assert [(twin.customer, why) for twin, why in shown] == [
        (phone, "Same phone"),
        (tagged, "Same mailbox"),
        (there, "Same name and postal code"),
    ]
    assert people(boss, duplicates="1") == {ada, phone, tagged, there}
    assert merged not in people(boss, duplicates="1")


def test_a_merge_shows_first_what_goes_over(boss: Client) -> None:
    ada, twin = CustomerFactory(phone="0151 12345678"), CustomerFactory(phone="+49 151 12345678")
    theirs = OrderFactory(customer=twin)
    form = boss.get(action_url(ada, "merge")).context["form"]
    assert [row["cells"][:4] for row in form.rows] == [[str(twin), twin.email, "Same phone", 1]]
    assert "can&#x27;t be undone" in boss.get(action_url(ada, "merge")).content.decode()
    assert Order.objects.get(pk=theirs.pk).customer_id == twin.pk

    assert done(act(boss, ada, "merge", twin=str(twin.pk)))

    assert Order.objects.get(pk=theirs.pk).customer_id == ada.pk
    assert "Merged into" in page(boss, twin).content.decode()
    assert OrderEvent.objects.get(type="customer.merged").actor_name == "boss"
    assert str(twin.email) in page(boss, ada).content.decode()


def test_a_duplicate_by_its_mail_address(boss: Client) -> None:
    ada, other = CustomerFactory(), CustomerFactory(email="other@example.com")
    assert refusals(act(boss, ada, "merge", email="nobody@example.com")) == {"email": ["No customer has this address."]}
    assert refusal(act(boss, ada, "merge")) == "Choose one of the duplicates, or type in a mail address."
    assert refusals(act(boss, ada, "merge", email=str(ada.email))) == {
        "twin": ["Choose another customer than the one to keep."]
    }
    assert not OrderEvent.objects.exists()
    assert done(act(boss, ada, "merge", email="OTHER@example.com"))
    other.refresh_from_db()
    assert other.merged_into == ada


def test_orders_are_found_by_the_name_of_who_was_merged(boss: Client) -> None:
    ada, twin = CustomerFactory(), CustomerFactory(name="Grace Hopper", phone="0151 12345678")
    act(boss, ada, "merge", email=str(twin.email))
    order = OrderFactory(customer=ada, customer_name="Ada")
    for text in ("Grace Hop", "0151 12345678"):
        hits = boss.get("/admin/orders/order/", {"q": text}).context["cl"].result_list
        assert list(hits) == [order], text


# --- actions


def test_a_record_is_edited(boss: Client) -> None:
    ada = CustomerFactory(language="en")
    address_of(ada)
    assert done(act(boss, ada, "edit", name="Ada B.", phone="0151 12345678", tags="vip, press,vip"))
    ada.refresh_from_db()
    assert (ada.name, ada.phone_e164, ada.tags) == ("Ada B.", "+4915112345678", ["vip", "press"])
    assert refusals(act(boss, ada, "edit", phone="call me")) == {"phone": ["There is no digit in it."]}
    ada.refresh_from_db()
    assert ada.phone == "0151 12345678"


def test_preferences_told_by_phone(boss: Client) -> None:
    ada = CustomerFactory()
    assert form_of(boss, action_url(ada, "preferences"))["wanted"] == ["delivery", "promise", "feedback"]
    assert done(act(boss, ada, "preferences", wanted=["delivery"], substitutes="never_ask"))
    ada.refresh_from_db()
    assert ada.notification_preferences["email"] == {"delivery": True, "promise": False, "feedback": False}
    assert "Asking how it went" in page(boss, ada).content.decode()


def test_an_address_has_the_fields_of_its_country(boss: Client) -> None:
    ada = CustomerFactory()
    fields = boss.get(action_url(ada, "add_address")).context["form"].fields
    assert (str(fields["postal_code"].label), "region" in fields) == ("Postal code", False)
    american = {"country": "US", "name": "Ada", "line1": "1 Main St", "city": "Portland", "postal_code": "97201"}

    moved = act(boss, ada, "add_address", **american)

    assert "the fields of the country that you chose" in refusal(moved)
    fields = moved.context["form"].fields  # type: ignore[attr-defined]
    assert str(fields["postal_code"].label) == "ZIP code"
    assert ("OR", "Oregon") in fields["region"].choices
    assert CustomerAddress.objects.count() == 0

    sent = {**american, "fields_of": "US", "region": "OR", "once": "2"}
    wrong = boss.post(action_url(ada, "add_address"), sent | {"postal_code": "ABC"})
    assert refusals(wrong) == {"postal_code": ["The postal code doesn't look like one of this country."]}
    assert done(boss.post(action_url(ada, "add_address"), sent | {"is_default_shipping": "on", "label": "Home"}))
    row = CustomerAddress.objects.get()
    assert (row.address["region"], row.label, row.is_default_shipping) == ("OR", "Home", True)
    twice = boss.post(action_url(ada, "add_address"), sent | {"once": "3"})
    assert refusals(twice) == {"line1": ["This address is in the customer's address book already."]}

    assert done(act(boss, row, "edit", line1="2 Main St"))
    row.refresh_from_db()
    assert row.address["line1"] == "2 Main St"
    assert done(act(boss, row, "remove"))
    assert CustomerAddress.objects.count() == 0


def test_an_export_is_a_file(boss: Client) -> None:
    ada = CustomerFactory()
    answer: Any = boss.post(action_url(ada, "export"), {"once": "1"})
    assert answer["Content-Disposition"] == f'attachment; filename="customer-{ada.pk}.json"'
    assert "no-store" in answer["Cache-Control"]
    told = json.loads(b"".join(answer.streaming_content))
    assert told["customer"][0]["email"] == ada.email
    assert OrderEvent.objects.get(type="customer.exported").actor_name == "boss"


def test_an_erasure_says_what_stays_and_is_refused_while_something_is_open(boss: Client) -> None:
    order = OrderFactory(number="AAAA-AAAA-A")
    assert refusals(act(boss, order.customer, "erase")) == {"sure": ["This field is required."]}
    refused = act(boss, order.customer, "erase", sure="on")
    assert refusal(refused) == "Finish these orders first: AAAA-AAAA-A still open."
    assert Customer.objects.get().email == order.customer.email
    ada = CustomerFactory()
    OrderFactory(customer=ada, status="cancelled")
    assert done(act(boss, ada, "erase", sure="on"))
    ada.refresh_from_db()
    assert (ada.email, ada.name) == (None, "")
    assert "Erased" in page(boss, ada).content.decode()


def test_the_flag_on_an_orders_page(boss: Client) -> None:
    odd = OrderFactory(shipping_address=ADDRESS | {"postal_code": "1011"}, phone="call me")
    words = boss.get(f"/admin/orders/order/{odd.pk}/change/").content.decode()
    assert "The postal code doesn&#x27;t look like one of this country." in words
    assert "This can&#x27;t be dialled." in words
    fine = boss.get(f"/admin/orders/order/{OrderFactory().pk}/change/").content.decode()
    assert "doesn&#x27;t look like" not in fine
