"""A one-time code: derived, sent by mail, taken once, and guessed at five times at most."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders.codes import digits_of, proof_for, proves
from orders.errors import NoAddress, TooManyCodes, WrongCode
from orders.kernel.actor import CUSTOMER
from orders.links import status_path
from orders.models import AccessCode, Notification, Order, OrderEvent
from orders.services.render import render_message
from orders.services.revoke_links import revoke_links
from orders.services.send_code import send_code
from orders.services.use_code import use_code
from orders.web.access import PROOF_COOKIE
from tests.factories.orders import OrderLineFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order() -> Order:
    line = OrderLineFactory(order__customer__email="ada@example.com", order__email="ada@example.com")
    return line.order


def wrong(code: AccessCode) -> str:
    return f"{(int(digits_of(code.public_id)) + 1) % 1_000_000:06d}"


def backdate(code: AccessCode, **ago: int) -> None:
    AccessCode.objects.filter(pk=code.pk).update(created_at=timezone.now() - timedelta(**ago))


def test_the_mail_carries_the_digits_that_no_table_holds(order):
    code = send_code(order.pk, by=CUSTOMER)

    message = Notification.objects.get(template="orders/mail/code")
    digits = digits_of(code.public_id)
    assert (len(digits), digits.isdecimal()) == (6, True)
    assert digits not in str(message.context)
    rendered = render_message(message)
    assert rendered.to == "ada@example.com"
    assert rendered.subject.startswith(digits)
    assert digits in rendered.text
    assert digits in rendered.html


def test_a_code_is_taken_once_however_it_is_typed(order):
    code = send_code(order.pk, by=CUSTOMER)
    digits = digits_of(code.public_id)

    use_code(order.pk, f" {digits[:3]} {digits[3:]}", by=CUSTOMER)

    code.refresh_from_db()
    assert (code.attempts, code.used_at is None) == (1, False)
    with pytest.raises(WrongCode, match="no longer works"):
        use_code(order.pk, digits, by=CUSTOMER)
    assert OrderEvent.objects.filter(type="order.code_used").count() == 1


def test_five_wrong_guesses_end_a_code(order):
    code = send_code(order.pk, by=CUSTOMER)
    for _ in range(5):
        with pytest.raises(WrongCode, match="not the code"):
            use_code(order.pk, wrong(code), by=CUSTOMER)

    with pytest.raises(WrongCode, match="no longer works"):
        use_code(order.pk, digits_of(code.public_id), by=CUSTOMER)

    code.refresh_from_db()
    assert (code.attempts, code.used_at) == (5, None)


@pytest.mark.parametrize("typed", ["", "١٢٣٤٥٦", "abcdef", "1234567", "\u00e9"])
def test_what_is_no_code_is_a_wrong_one(order, typed):
    send_code(order.pk, by=CUSTOMER)
    with pytest.raises(WrongCode):
        use_code(order.pk, typed, by=CUSTOMER)


def test_a_code_of_another_order_opens_nothing(order):
    other = OrderLineFactory(order__email="bob@example.com").order
    foreign = send_code(other.pk, by=CUSTOMER)
    send_code(order.pk, by=CUSTOMER)
    with pytest.raises(WrongCode):
        use_code(order.pk, digits_of(foreign.public_id), by=CUSTOMER)


def test_an_old_code_and_one_that_was_replaced_no_longer_work(order):
    first = send_code(order.pk, by=CUSTOMER)
    backdate(first, minutes=2)
    second = send_code(order.pk, by=CUSTOMER)
    assert first.pk != second.pk
    with pytest.raises(WrongCode):
        use_code(order.pk, digits_of(first.public_id), by=CUSTOMER)

    AccessCode.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    with pytest.raises(WrongCode, match="no longer works"):
        use_code(order.pk, digits_of(second.public_id), by=CUSTOMER)


def test_a_double_click_sends_one_mail_and_nobody_fills_a_mailbox(order):
    assert send_code(order.pk, by=CUSTOMER) == send_code(order.pk, by=CUSTOMER)
    assert Notification.objects.count() == 1
    for _ in range(4):
        backdate(AccessCode.objects.latest("id"), minutes=2)
        send_code(order.pk, by=CUSTOMER)
    backdate(AccessCode.objects.latest("id"), minutes=2)

    with pytest.raises(TooManyCodes):
        send_code(order.pk, by=CUSTOMER)

    assert (AccessCode.objects.count(), Notification.objects.count()) == (5, 5)


def test_without_an_address_there_is_no_code(order):
    Order.objects.filter(pk=order.pk).update(email="")
    with pytest.raises(NoAddress):
        send_code(order.pk, by=CUSTOMER)
    assert not AccessCode.objects.exists()


def test_a_proof_is_for_one_order_for_a_while_and_ends_with_its_links(order, monkeypatch):
    other = OrderLineFactory().order
    proof = proof_for(order)
    assert proves(order, proof)
    assert not proves(other, proof)
    assert not proves(order, proof[:-1])
    assert not proves(order, "")
    revoke_links(order.pk, by=CUSTOMER)
    order.refresh_from_db()
    assert not proves(order, proof)
    monkeypatch.setattr("orders.codes.PROOF_SECONDS", -1)
    assert not proves(order, proof_for(order))


def test_the_page_sends_takes_and_goes_on(order):
    client, way = Client(), f"/o/{order.public_id}/prove?next=cancel"
    assert client.get(way).status_code == 404  # a stranger learns nothing
    client.get(status_path(order))
    page = client.get(way).content.decode()
    assert "a•••@example.com" in page
    assert "ada@example.com" not in page
    assert client.post(way, {"send": "1"})["Location"] == way
    code = AccessCode.objects.get()
    assert client.post(way, {"code": ""}).status_code == 422
    refused = client.post(way, {"code": wrong(code)})
    assert (refused.status_code, PROOF_COOKIE in refused.cookies) == (422, False)

    taken = client.post(way, {"code": digits_of(code.public_id)})

    assert taken["Location"] == f"/o/{order.public_id}/cancel"
    cookie = taken.cookies[PROOF_COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == (f"/o/{order.public_id}", True, 900)


def test_the_way_on_is_one_of_ours(order):
    client = Client()
    client.get(status_path(order))
    assert client.post(f"/o/{order.public_id}/prove?next=https://evil.example", {"send": "1"})["Location"] == (
        f"/o/{order.public_id}/prove?next=cancel"
    )
