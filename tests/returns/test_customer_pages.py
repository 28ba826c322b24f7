"""Returns on the customer's page, over HTTP and without JavaScript."""

import re
from html import unescape

import pytest
from django.test import Client

from orders.links import status_path
from orders.models import Order
from orders.services.render import render_message
from returns.api.render import returns_part
from returns.models import Return, ReturnRule
from returns.services.inspect_return import Finding, inspect_return
from returns.services.receive_return import receive_return
from returns.states import Condition, Disposition
from shipping.api.render import shipments_part
from shipping.carriers.house import tracking_number
from shipping.models import Shipment
from tests.factories.returns import line_ids, received, requested
from tests.factories.shipping import PACKER, delivered_days_ago
from tests.papers import codes_of, text_of
from tests.returns.shops import order

__all__ = ["order"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def client(order: Order) -> Client:
    """A browser that followed the order's link."""
    client = Client()
    client.get(status_path(order))
    return client


def at(order: Order, path: str = "") -> str:
    return f"/o/{order.public_id}{path}"


def filled(order: Order, quantity: str = "2", reason: str = "too_small") -> dict[str, str]:
    mug, pot = (order.lines.get(sku=sku).public_id for sku in ("MUG", "POT"))
    return {
        f"{mug}-quantity": quantity,
        f"{mug}-reason": reason,
        f"{pot}-quantity": "0",
        f"{pot}-reason": "",
        "note": "Hm",
        "seen": "0",
    }


def test_ask_print_send(order: Order, client: Client) -> None:
    page = client.get(at(order)).content.decode()
    assert at(order, "/return") in page
    assert "Ihr Paket" in page
    form = client.get(at(order, "/return"))
    assert (form.status_code, form["Content-Language"]) == (200, "de")

    answer = client.post(at(order, "/return"), filled(order))

    assert (answer.status_code, answer["Location"]) == (302, at(order))
    returning = Return.objects.get()
    assert returning.status == "approved"
    assert list(returning.lines.values_list("line__sku", "quantity", "reason", "note")) == [
        ("MUG", 2, "too_small", "Hm")
    ]
    page = client.get(at(order)).content.decode()
    assert "Ihre Rücksendung ist genehmigt. Bitte senden Sie die Artikel zurück." in page
    assert "25,00" in page

    label = client.get(at(order, f"/returns/{returning.public_id}/label.pdf"))
    assert label["Content-Type"] == "application/pdf"
    assert ("]C0", tracking_number(returning.public_id, 1)) in codes_of(label.content)
    assert "Ada Byron" in text_of(label.content)
    assert client.get(at(order, f"/returns/{returning.public_id}/label.pdf")).content == label.content

    client.post(at(order, f"/returns/{returning.public_id}/sent"), {"tracking_number": "H1"})
    returning.refresh_from_db()
    assert (returning.status, returning.tracking_number) == ("in_transit", "H1")
    refusal = client.post(at(order, f"/returns/{returning.public_id}/cancel"))
    assert refusal.status_code == 409
    assert "Diese Rücksendung kann nicht mehr storniert werden." in refusal.content.decode()


@pytest.mark.parametrize(("quantity", "reason"), [("4", "too_small"), ("-1", ""), ("x", ""), ("1", ""), ("1", "magic")])
def test_a_form_with_faults_comes_back_as_it_was_typed(
    order: Order, client: Client, quantity: str, reason: str
) -> None:
    answer = client.post(at(order, "/return"), filled(order, quantity, reason))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error"' in page
    assert f'value="{quantity}"' in page
    assert "Hm</textarea>" in page
    assert not Return.objects.exists()


def test_nothing_chosen_is_said(order: Order, client: Client) -> None:
    answer = client.post(at(order, "/return"), filled(order, "0", ""))
    assert answer.status_code == 400
    assert "Wählen Sie aus, was Sie zurücksenden möchten." in answer.content.decode()


def test_a_double_click_asks_once(order: Order, client: Client) -> None:
    answers = [client.post(at(order, "/return"), filled(order, "1")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert "Ihre Anfrage ist schon bei uns" in answers[1].content.decode()
    assert Return.objects.count() == 1


def test_cancel_and_what_is_over(order: Order, client: Client) -> None:
    returning = requested(order, {"MUG": 1})
    cancel = at(order, f"/returns/{returning.public_id}/cancel")
    assert f'href="{cancel}"' in client.get(at(order)).content.decode()
    assert f'action="{cancel}"' not in client.get(at(order)).content.decode()
    assert 'class="button danger"' in client.get(cancel).content.decode()
    assert Return.objects.get().status == "approved"
    assert client.post(cancel).status_code == 302
    assert 'class="button danger"' not in client.get(cancel).content.decode()
    assert Return.objects.get().status == "cancelled"
    assert client.get(at(order, f"/returns/{returning.public_id}/label.pdf")).status_code == 404

    delivered_days_ago(31)
    assert at(order, "/return") not in client.get(at(order)).content.decode()
    form = client.get(at(order, "/return")).content.decode()
    assert "online nichts zurückgesandt werden" in form


def test_strangers_see_and_change_nothing(order: Order) -> None:
    returning = requested(order, {"MUG": 1})
    stranger = Client()
    paths = ["/return", *(f"/returns/{returning.public_id}/{verb}" for verb in ("cancel", "sent", "label.pdf"))]
    for path in paths:
        assert stranger.post(at(order, path)).status_code in {404, 405}
        assert stranger.get(at(order, path)).status_code in {404, 405}
    returning.refresh_from_db()
    assert returning.status == "approved"


def test_the_parts_of_the_api(order: Order) -> None:
    returning = requested(order, {"MUG": 2})
    shipment, line = Shipment.objects.get(), order.lines.get(sku="MUG")
    (part,) = returns_part([order.pk])[order.pk]
    assert (part["id"], part["status"], part["refund_estimate"]) == (returning.public_id, "approved", "25.00")
    assert [(told["order_line"], told["quantity"]) for told in part["lines"]] == [(line.public_id, 2)]
    assert Client().get(part["label_url"].partition("127.0.0.1:8000")[2]).status_code == 302

    (told,) = shipments_part([order.pk])[order.pk]
    assert (told["id"], told["status"], told["tracking_status"]) == (shipment.public_id, "delivered", "delivered")
    assert (told["orders"], told["carrier"]) == ([order.number], "house")
    (package,) = told["packages"]
    assert (package["box"], package["weight_g"]) == ("m", 1350)
    assert {(unit["sku"], unit["quantity"]) for unit in package["lines"]} == {("MUG", 3), ("POT", 1)}


def test_a_return_that_gives_less_back_says_why_and_what_now(order: Order, client: Client) -> None:
    order.language = "en"
    order.save()
    returning = requested(order, {"MUG": 3, "POT": 1})
    lines = line_ids(returning)
    receive_return(returning.pk, received={lines["MUG"]: 2}, missing=[lines["MUG"]], wrong=[lines["POT"]], by=PACKER)
    damaged = Finding(line=lines["MUG"], accepted=1, condition=Condition.DAMAGED, disposition=Disposition.DISPOSE)
    inspect_return(returning.pk, findings=[damaged], by=PACKER)

    mail = render_message(order.notifications.get(template="returns/mail/closed"))
    page = client.get(at(order)).content.decode()

    for text in (mail.text, mail.html, page):
        assert "1 of 3 accepted" in text
        assert "1 did not arrive. 1 we could not accept: damaged." in text
        assert "Another item came instead of 1." in text
        assert "What we could not accept stays yours: tell us if you want it back." in text
    assert "Just answer this mail." in mail.text


def test_a_return_that_was_accepted_says_no_more_than_that(order: Order, client: Client) -> None:
    order.language = "en"
    order.save()
    returning = received(requested(order, {"POT": 1}))
    (pot,) = line_ids(returning).values()
    fine = Finding(line=pot, accepted=1, condition=Condition.NEW, disposition=Disposition.RESTOCK)
    inspect_return(returning.pk, findings=[fine], by=PACKER)

    mail = render_message(order.notifications.get(template="returns/mail/closed"))

    for text in (mail.text, client.get(at(order)).content.decode()):
        assert "looks wrong" not in text
        assert "stays yours" not in text
        assert "could not accept" not in text


def test_every_mail_can_be_read_in_both_languages(order: Order) -> None:
    ReturnRule.objects.update(is_auto_approved=False)
    requested(order, {"POT": 1})
    ReturnRule.objects.update(is_auto_approved=True)
    returning = received(requested(order, {"MUG": 2}))
    assert line_ids(returning)
    for language in ("en", "de"):
        Order.objects.filter(pk=order.pk).update(language=language)
        mails = {mail.template: mail for mail in order.notifications.filter(template__regex="^(shipping|returns)/")}
        assert set(mails) == {
            "shipping/mail/dispatched",
            "shipping/mail/delivered",
            "returns/mail/requested",
            "returns/mail/approved",
            "returns/mail/received",
        }
        for mail in mails.values():
            mail.refresh_from_db()
            rendered = render_message(mail)
            if mail.template.startswith("returns/"):
                (headline,) = re.findall(r"<h1[^>]*>\s*(.+?)\s*</h1>", rendered.html)
                assert rendered.text.split("\n\n")[1] == unescape(headline), "both open with what it is about"
            assert order.number in rendered.subject
            for text in (rendered.text, rendered.html):
                assert "Mug" in text or "Pot" in text
                assert "{{" not in text
                assert "None" not in text
    dispatched = render_message(order.notifications.get(template="shipping/mail/dispatched"))
    assert dispatched.subject == f"Bestellung {order.number} ist unterwegs"
    assert Shipment.objects.get().tracking_number in dispatched.text
    assert "#feedback" in render_message(order.notifications.get(template="shipping/mail/delivered")).text
