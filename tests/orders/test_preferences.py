"""What customers don't want isn't sent, and is seen not to be; what the law asks for is sent all the same."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from orders.errors import InvalidRequest, NotMergeable
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.kernel.work import work
from orders.links import link_token, unsubscribe_url
from orders.mailer import send_due_messages
from orders.models import Customer, Notification, Order, OrderEvent
from orders.preferences import CHANNELS, EMAIL, REFUSABLE, Preferences
from orders.services.change_customer import change_customer, refuse_messages, set_preferences
from orders.services.notify import owe_message
from orders.states import MessageKind, SubstituteWish
from tests.factories.orders import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db(transaction=True)
ALL = {kind.value for kind in REFUSABLE}


def owe(order: Order, kind: MessageKind) -> Notification:
    template = "orders/mail/promise_changed" if kind == MessageKind.PROMISE else "orders/mail/confirmed"
    context = {"promised_on": "2026-12-01", "reason": "supplier", "line": "ol_1"}
    with work(by=SYSTEM):
        owe_message(order_id=order.pk, template=template, context=context, kind=kind)
    return Notification.objects.latest("pk")


# --- the schema


def test_nothing_is_refused_at_first_and_the_order_itself_never() -> None:
    assert Preferences.of({}) == Preferences.of(None) == Preferences()
    assert Preferences().without(MessageKind.values).refused == {(EMAIL, kind) for kind in ALL}
    assert "order" not in ALL
    assert CHANNELS == ("email",)


@pytest.mark.parametrize(
    "odd",
    [
        {"email": []},
        {"email": {"delivery": "no"}},
        {"sms": {"delivery": False}},
        {"email": {"order": False}},
        {"substitutes": "perhaps"},
        {"substitutes": []},
    ],
)
def test_what_isnt_in_the_schema_counts_for_nothing(odd: dict[str, Any]) -> None:
    assert Preferences.of(odd) == Preferences()


def test_what_is_kept_reads_back() -> None:
    wishes = Preferences(substitutes=SubstituteWish.NEVER_ASK).without(["feedback"])
    kept = {"email": {"delivery": True, "promise": True, "feedback": False}, "substitutes": "never_ask"}
    assert wishes.kept == kept
    assert Preferences.of(kept) == wishes


# --- the sender


def test_a_refused_message_is_seen_to_be_held_back() -> None:
    order = OrderFactory()
    set_preferences(order.customer_id, refused={"promise"}, by=CUSTOMER)
    held, sent = owe(order, MessageKind.PROMISE), owe(order, MessageKind.ORDER)

    assert send_due_messages() == 1

    held.refresh_from_db()
    sent.refresh_from_db()
    assert (held.status, held.sent_to, held.text, held.lease_token) == ("suppressed", "", "", None)
    assert sent.status == "sent"
    assert [each.to for each in mail.outbox] == [[order.email]]
    assert send_due_messages() == 0


def test_staff_and_suppliers_refuse_nothing() -> None:
    order = OrderFactory()
    set_preferences(order.customer_id, refused=ALL, by=CUSTOMER)
    with work(by=SYSTEM):
        owe_message(
            order_id=order.pk, template="orders/mail/link", recipient="mailto:x@example.com", kind=MessageKind.DELIVERY
        )
    assert send_due_messages() == 1


def test_only_what_may_be_refused_carries_the_link() -> None:
    order = OrderFactory()
    owe(order, MessageKind.PROMISE)
    owe(order, MessageKind.ORDER)
    send_due_messages()
    promise, confirmed = sorted(mail.outbox, key=lambda each: "List-Unsubscribe" not in each.extra_headers)
    url = unsubscribe_url(order, "promise")
    assert promise.extra_headers["List-Unsubscribe"] == f"<{url}>"
    assert promise.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in promise.body
    assert url in str(promise.alternatives[0][0])  # type: ignore[attr-defined]
    assert {"List-Unsubscribe", "List-Unsubscribe-Post"} & confirmed.extra_headers.keys() == set()
    assert "unsubscribe" not in confirmed.body


# --- the one click


def path_of(order: Order, kind: str = "promise") -> str:
    return "/" + unsubscribe_url(order, kind).split("/", 3)[3]


def refused_by(order: Order) -> set[str]:
    kept = Customer.objects.get(pk=order.customer_id).notification_preferences
    return {kind for _channel, kind in Preferences.of(kept).refused}


def test_one_post_stops_them_without_cookie_or_token_of_a_form() -> None:
    order = OrderFactory()
    client = Client(enforce_csrf_checks=True)
    looked = client.get(path_of(order))
    assert (looked.status_code, refused_by(order)) == (200, set())
    assert looked["X-Robots-Tag"] == "noindex, nofollow"

    for _ in range(2):
        posted = client.post(path_of(order), "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
        assert (posted.status_code, refused_by(order)) == (200, {"promise"})
    assert OrderEvent.objects.get(type="customer.preferences_changed").data == {
        "customer": order.customer_id,
        "refused": ["promise"],
        "substitutes": "ask",
    }


def test_a_link_is_good_for_one_kind_of_one_order_only() -> None:
    order, other = OrderFactory(), OrderFactory()
    token = path_of(order).rsplit("/", 1)[1]
    wrong = [
        reverse("customer:unsubscribe", args=[order.public_id, "feedback", token]),
        reverse("customer:unsubscribe", args=[other.public_id, "promise", token]),
        reverse("customer:unsubscribe", args=[order.public_id, "promise", token[:-1] + "x"]),
        path_of(order, "order"),
        path_of(order, "nothing"),
    ]
    for path in wrong:
        assert Client().post(path).status_code == 404, path
    assert refused_by(order) == refused_by(other) == set()
    assert not OrderEvent.objects.exists()
    assert Client().get(f"{reverse('customer:order', args=[order.public_id])}?t={token}").status_code == 302
    assert Client().get(reverse("customer:order", args=[order.public_id])).status_code == 404


# --- the page


def browser(order: Order) -> Client:
    client = Client()
    client.get(f"{reverse('customer:order', args=[order.public_id])}?t={link_token(order)}")
    return client


def test_the_page_shows_and_saves_them() -> None:
    order = OrderFactory()
    client, url = browser(order), reverse("customer:preferences", args=[order.public_id])
    assert url in client.get(reverse("customer:order", args=[order.public_id])).content.decode()
    words = client.get(url).content.decode()
    assert len(re.findall(r'name="wanted"[^>]*checked', words)) == 3

    saved = client.post(url, {"wanted": ["delivery"]}, follow=True)

    assert "Saved. This holds for all of your orders." in saved.content.decode()
    customer = Customer.objects.get(pk=order.customer_id)
    assert customer.notification_preferences == {
        "email": {"delivery": True, "promise": False, "feedback": False},
        "substitutes": "ask",
    }
    assert len(re.findall(r'name="wanted"[^>]*checked', saved.content.decode())) == 1


def test_a_form_with_faults_changes_nothing() -> None:
    order = OrderFactory()
    url = reverse("customer:preferences", args=[order.public_id])
    assert browser(order).post(url, {"wanted": ["order"]}).status_code == 422
    assert refused_by(order) == set()
    assert not OrderEvent.objects.exists()


def test_without_the_link_nobody_gets_there() -> None:
    order = OrderFactory()
    assert Client().get(reverse("customer:preferences", args=[order.public_id])).status_code == 404


# --- the service


def test_legal_messages_cant_be_refused() -> None:
    customer = CustomerFactory()
    with pytest.raises(InvalidRequest):
        set_preferences(customer.pk, refused={"order"}, by=CUSTOMER)
    with pytest.raises(InvalidRequest):
        refuse_messages(customer.pk, kind=MessageKind.ORDER, by=CUSTOMER)
    customer.refresh_from_db()
    assert (customer.notification_preferences, OrderEvent.objects.count()) == ({}, 0)


def test_saying_the_same_again_is_no_news() -> None:
    customer = CustomerFactory()
    for _ in range(2):
        set_preferences(customer.pk, refused={"feedback"}, by=CUSTOMER)
    assert OrderEvent.objects.count() == 1


def test_a_record_is_set_right() -> None:
    customer = CustomerFactory(name="Ada", phone="")
    wanted: dict[str, Any] = {"name": "Ada Byron", "phone": "0151 12345678", "language": "en", "tags": ["vip"]}
    changed = change_customer(customer.pk, **wanted, country="DE", by=SYSTEM)
    assert (changed.phone_e164, changed.name, changed.tags) == ("+4915112345678", "Ada Byron", ["vip"])
    assert OrderEvent.objects.get().data == {"customer": customer.pk, "fields": ["name", "phone", "tags"]}
    change_customer(customer.pk, **wanted, by=SYSTEM)
    assert OrderEvent.objects.count() == 1
    with pytest.raises(InvalidRequest):
        change_customer(customer.pk, **wanted | {"phone": "call me"}, by=SYSTEM)
    CustomerFactory(merged_into=customer)
    with pytest.raises(NotMergeable):
        change_customer(Customer.objects.latest("pk").pk, **wanted, by=SYSTEM)
    customer.refresh_from_db()
    assert (customer.phone, OrderEvent.objects.count()) == ("0151 12345678", 1)
