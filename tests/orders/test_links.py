"""A signed link opens one order until it is revoked; whoever has none can't tell whether the order exists."""

import pytest
from django.test import Client

from orders.kernel.actor import SYSTEM
from orders.links import link_token, opened_order, status_url
from orders.models import Notification, OrderEvent
from orders.services.revoke_links import revoke_links
from orders.services.send_link import send_link
from orders.states import OrderStatus
from orders.web.access import COOKIE
from tests.factories.orders import CustomerFactory, OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order():
    line = OrderLineFactory(order__customer__email="ada@example.com", order__email="ada@example.com")
    return line.order


def page(order, suffix=""):
    return f"/o/{order.public_id}{suffix}"


def test_a_token_opens_its_own_order_only(order):
    other = OrderFactory()

    assert opened_order(order.public_id, link_token(order)) == order
    assert opened_order(other.public_id, link_token(order)) is None
    assert opened_order(order.public_id, "") is None
    assert opened_order("or_unknown", link_token(order)) is None


def test_a_link_outlives_a_change_of_the_secret_key(order, settings):
    token = link_token(order)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert opened_order(order.public_id, token) == order

    settings.SECRET_KEY_FALLBACKS = []
    assert opened_order(order.public_id, token) is None


def test_the_token_is_exchanged_for_a_cookie_and_leaves_the_url(order, client, settings):
    settings.SITE_URL = "https://shop.example.com"
    assert status_url(order) == f"https://shop.example.com{page(order)}?t={link_token(order)}"

    answer = client.get(page(order), {"t": link_token(order), "from": "mail"})

    assert (answer.status_code, answer["Location"]) == (302, f"{page(order)}?from=mail")
    cookie = answer.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (page(order), True, "Lax")
    shown = client.get(answer["Location"])
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    assert (shown["Referrer-Policy"], shown["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    assert link_token(order) not in shown.content.decode()


def test_the_cookie_is_secure_on_a_secure_site(order):
    answer = Client().get(page(order), {"t": link_token(order)}, secure=True)
    assert answer.cookies[COOKIE]["secure"] is True


def test_a_wrong_token_leaves_a_good_cookie_alone(order, client):
    client.get(page(order), {"t": link_token(order)})

    answer = client.get(page(order), {"t": "wrong"}, follow=True)

    assert answer.status_code == 200


@pytest.mark.parametrize("status", [OrderStatus.SUBMITTED, OrderStatus.DECLINED, OrderStatus.DRAFT])
def test_an_order_nobody_may_see_is_closed_to_its_own_token(client, status):
    hidden = OrderFactory(status=status)
    answer = client.get(page(hidden), {"t": link_token(hidden)}, follow=True)
    assert answer.status_code == 404


def test_unknown_unauthorised_revoked_and_hidden_look_the_same(order, client):
    revoked, hidden = OrderFactory(link_version=2), OrderFactory(status=OrderStatus.DECLINED)
    client.cookies[COOKIE] = "made-up"

    answers = [client.get(f"/o/{name}") for name in ["or_0", order.public_id, revoked.public_id, hidden.public_id]]

    assert {answer.status_code for answer in answers} == {404}
    ids = ["or_0", order.public_id, revoked.public_id, hidden.public_id]
    bodies = {without_secrets(answer, name) for answer, name in zip(answers, ids, strict=True)}
    assert len(bodies) == 1
    assert "This link has expired" in bodies.pop()


def without_secrets(answer, public_id):
    """The page without what differs on every answer: its address, nonce and CSRF token."""
    text = answer.content.decode().replace(public_id, "")
    lines = [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and "nonce" not in line]
    return "\n".join(lines)


def test_revoking_closes_the_page_to_links_and_cookies_alike(order, client):
    client.get(page(order), {"t": link_token(order)})
    assert client.get(page(order)).status_code == 200

    revoke_links(order.pk, by=SYSTEM)

    assert client.get(page(order)).status_code == 404
    order.refresh_from_db()
    assert (order.link_version, order.version) == (2, 2)
    event = OrderEvent.objects.get(order=order)
    assert (event.type, event.public) == ("order.links_revoked", False)
    assert client.get(page(order), {"t": link_token(order)}, follow=True).status_code == 200


@pytest.mark.parametrize("typed", ["ada@example.com", "  ADA@example.com "])
def test_the_customer_gets_a_new_link_by_mail(order, client, typed):
    answer = client.post(page(order, "/new-link"), {"email": typed})

    assert answer.status_code == 200
    message = Notification.objects.get()
    assert (message.order, message.template, message.recipient) == (order, "orders/mail/link", "customer")


@pytest.mark.parametrize("typed", ["ada", "ada@", "a" * 255 + "@example.com"])
def test_an_address_that_is_none_is_told_in_our_own_words(order, client, typed):
    answer = client.post(page(order, "/new-link"), {"email": typed})

    assert "Please enter a whole e-mail address, like name@example.com." in answer.content.decode()
    assert not Notification.objects.exists()


def test_nobody_learns_whether_an_order_exists(order, client):
    tries = [
        (order.public_id, "ada@example.com"),
        (order.public_id, "eve@example.com"),
        ("or_0", "ada@example.com"),
        (OrderFactory(status=OrderStatus.SUBMITTED).public_id, "ada@example.com"),
    ]

    answers = [client.post(f"/o/{name}/new-link", {"email": email}) for name, email in tries]

    assert {answer.status_code for answer in answers} == {200}
    assert len({without_secrets(answer, "") for answer in answers}) == 1
    assert [message.order for message in Notification.objects.all()] == [order]


def test_a_new_link_is_sent_once_in_five_minutes(order):
    send_link(order.public_id, email="ada@example.com", by=SYSTEM)
    send_link(order.public_id, email="ada@example.com", by=SYSTEM)
    assert Notification.objects.count() == 1


def test_an_order_without_address_gets_no_link(client):
    nameless = OrderFactory(customer=CustomerFactory(email=None), email="")
    assert client.post(page(nameless, "/new-link"), {"email": " "}).status_code == 404
    send_link(nameless.public_id, email="", by=SYSTEM)
    assert not Notification.objects.exists()


def test_a_new_link_needs_the_forms_own_token(order):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(page(order, "/new-link"), {"email": "ada@example.com"}).status_code == 403
    assert not Notification.objects.exists()


def test_a_nul_in_the_address_is_refused(order, client):
    assert client.post(page(order, "/new-link"), {"email": "a\x00@example.com"}).status_code == 404
    assert client.get("/o/or_%00").status_code == 404
