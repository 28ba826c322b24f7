"""The customer's page over HTTP: what it costs, shows, prints and changes; the browser's part is in tests/browser."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from orders.codes import digits_of
from orders.kernel.actor import SYSTEM
from orders.links import link_token, return_path, status_path
from orders.models import (
    AccessCode,
    CreditNote,
    Feedback,
    Invoice,
    Notification,
    Order,
    OrderEvent,
    Payment,
    PaymentTransaction,
)
from orders.requests import PayBy, WantedLine
from orders.services.invoice import issue_invoice
from orders.services.place import place_order
from orders.services.refund import credit_units, grant_refund
from orders.web import panels as panels_module
from tests.browser import orders
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import StockLevelFactory
from tests.orders.requests import PAID, an_order

pytestmark = pytest.mark.django_db(transaction=True)


def opened(order: Order) -> Client:
    """A browser that followed the order's link."""
    client = Client()
    client.get(status_path(order))
    return client


def page(order: Order, suffix: str = "") -> str:
    return f"/o/{order.public_id}{suffix}"


@pytest.fixture
def shop() -> None:
    ShippingMethodFactory()
    StockLevelFactory(product=ProductFactory(sku="MUG", price=Decimal("12.50")), on_hand=10)


def placed(payment: PayBy | None = PAID) -> Order:
    order = place_order(an_order(WantedLine(sku="MUG", quantity=2), payment=payment), by=SYSTEM)
    order.refresh_from_db()
    return order


@pytest.fixture
def no_panels(monkeypatch):
    monkeypatch.setattr(panels_module, "_table", dict)


@pytest.mark.parametrize("lines", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_lines(no_panels, django_assert_num_queries, lines):
    order = orders.order_with(lines=({"ordered": 1},) * lines)
    client = opened(order)
    with django_assert_num_queries(10):
        assert client.get(page(order)).status_code == 200


def test_a_cancelled_order_has_no_free_shipping(no_panels):
    order = orders.cancelled()
    Order.objects.update(items_total=0, shipping_total=0, total=0)
    html = opened(order).get(page(order)).content.decode()
    assert "Free" not in html
    assert "Total" in html


def test_how_many_of_what(no_panels):
    order = orders.confirmed()
    line = order.lines.first()
    html = opened(order).get(page(order)).content.decode()
    assert f"{line.ordered} × {line.sku}" in html
    for dangling in ("× ·", "×<"):
        assert dangling not in html
    assert "×<" not in opened(order).get(page(order, "/cancel")).content.decode()


def shipments(order):
    return {"count": order.lines.count()}


def test_panels_of_upper_floors_are_drawn_for_their_audience(monkeypatch, settings, tmp_path, rf):
    (tmp_path / "parcels.html").write_text("<form>{% csrf_token %}{{ order.number }}: {{ count }} line</form>")
    (tmp_path / "empty.html").write_text("\n  \n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    selector = f"{__name__}.shipments"
    table = {
        "parcels": {"selector": selector, "customer": "parcels.html"},
        "nothing": {"selector": selector, "customer": "empty.html"},
        "staff": {"selector": selector, "admin": "parcels.html"},
    }
    monkeypatch.setattr(panels_module, "_table", lambda: table)
    order = orders.delivered()

    shown = opened(order).get(page(order)).content.decode()

    assert f"{order.number}: 1 line" in shown
    assert 'id="parcels"' in shown
    assert 'id="nothing"' not in shown
    assert [panel.name for panel in panels_module.panels(order, "admin", rf.get("/"))] == ["staff"]
    assert shown.count("csrfmiddlewaretoken") == 2, "the panel's form and the page's own for feedback"


def test_an_invoice_and_a_credit_note_as_pdf(shop):
    order = placed(PayBy(gateway="manual"))
    line = order.lines.get()
    issue_invoice(order.pk, units={line.pk: 2}, cause_id="sh_1", by=SYSTEM)
    Order.objects.filter(pk=order.pk).update(captured_total=order.total, authorized_total=order.total)
    Payment.objects.update(authorized_amount=order.total, captured_amount=order.total)
    credit_units(order.pk, {line.pk: 1}, reason="return", cause_kind="return", cause_id="rt_1", by=SYSTEM)
    grant_refund(order.pk, amount=Decimal("2.00"), reason="staff", by=SYSTEM)
    invoice, (credited, goodwill) = Invoice.objects.get(), CreditNote.objects.order_by("id")
    client = opened(order)

    shown = client.get(page(order)).content.decode()
    papers = [f"/invoices/{invoice.number}.pdf"]
    papers += [f"/credit-notes/{note.number}.pdf" for note in (credited, goodwill)]
    for paper in papers:
        assert page(order, paper) in shown
    first, second, third = (text_of(client.get(page(order, paper))) for paper in papers)

    assert invoice.number in first
    assert "29,90" in first
    assert credited.number in second
    assert "12,50" in second
    assert goodwill.number in third
    assert "2,00" in third


def text_of(answer):
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    return "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(answer.content)).pages)


def test_papers_of_another_order_stay_closed(shop):
    order, other = placed(None), placed(None)
    issue_invoice(other.pk, units={other.lines.get().pk: 2}, cause_id="sh_1", by=SYSTEM)
    number = Invoice.objects.get().number
    client = opened(order)
    assert client.get(page(order, f"/invoices/{number}.pdf")).status_code == 404
    assert client.get(page(other, f"/invoices/{number}.pdf")).status_code == 404
    assert client.get(page(order, "/credit-notes/CN-1.pdf")).status_code == 404


def proven(order: Order) -> Client:
    """A browser whose customer has typed the code in."""
    client = opened(order)
    client.post(page(order, "/prove"), {"send": "1"})
    code = digits_of(AccessCode.objects.get(order=order).public_id)
    client.post(page(order, "/prove"), {"code": code})
    return client


def test_a_link_alone_does_not_cancel(shop):
    order = placed()
    client = opened(order)

    asked, posted = client.get(page(order, "/cancel")), client.post(page(order, "/cancel"))

    assert asked["Location"] == posted["Location"] == page(order, "/prove?next=cancel")
    order.refresh_from_db()
    assert order.status == "confirmed"
    assert not AccessCode.objects.exists()


def test_cancelling_asks_first_then_gives_everything_back_once(shop):
    order = placed()
    client = proven(order)
    assert "Ja, Bestellung stornieren" in client.get(page(order, "/cancel")).content.decode()
    assert not OrderEvent.objects.filter(type="order.cancelled").exists()

    first, second = client.post(page(order, "/cancel")), client.post(page(order, "/cancel"))

    assert (first.status_code, first["Location"]) == (302, page(order))
    assert second.status_code == 409
    assert "Diese Bestellung kann nicht mehr storniert werden." in second.content.decode()
    order.refresh_from_db()
    assert (order.status, order.payment_status, order.authorized_total) == ("cancelled", "voided", Decimal(0))
    event = OrderEvent.objects.get(type="order.cancelled")
    assert (event.actor_kind, event.data["reason"], event.data["whole"]) == ("customer", "customer", True)
    assert Notification.objects.filter(template="orders/mail/cancelled").count() == 1
    assert PaymentTransaction.objects.get(kind="void").status == "success"


@pytest.mark.parametrize("path", ["/cancel", "/feedback"])
def test_nothing_changes_without_a_link_or_the_forms_token(path):
    order = orders.delivered() if path == "/feedback" else orders.confirmed()
    stranger, forged = Client(), Client(enforce_csrf_checks=True)
    forged.get(status_path(order))
    before = OrderEvent.objects.count()

    assert stranger.post(page(order, path), {"rating": 5}).status_code == 404
    assert forged.post(page(order, path), {"rating": 5}).status_code == 403
    assert OrderEvent.objects.count() == before


@pytest.mark.parametrize("path", ["", "/feedback", "/invoices/1.pdf"])
def test_methods_that_make_no_sense_are_refused(path):
    order = orders.confirmed()
    method = "get" if path == "/feedback" else "delete"
    assert getattr(opened(order), method)(page(order, path)).status_code == 405


@pytest.mark.parametrize("rating", ["0", "6", "five", ""])
def test_a_rating_outside_the_scale_is_refused(rating):
    order = orders.delivered()
    answer = opened(order).post(page(order, "/feedback"), {"rating": rating, "tags": ["made_up"]})
    assert answer.status_code == 422
    assert not Feedback.objects.exists()


def test_feedback_before_delivery_is_refused():
    order = orders.confirmed()
    assert opened(order).post(page(order, "/feedback"), {"rating": "5"}).status_code == 409
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(("decision", "status"), [("approve", "confirmed"), ("decline", "placed")])
def test_the_sandbox_gateways_page_decides_once(shop, settings, decision, status):
    order = placed(PayBy(gateway="sandbox", token="tok_requires_action"))
    payment = Payment.objects.get()
    address = f"/sandbox/pay/{payment.public_id}"
    assert payment.action_url == f"{settings.SITE_URL}{address}"
    assert order.status == "placed"
    client = Client()
    assert client.get(address).status_code == 200

    answer = client.post(address, {"decision": decision})

    assert (answer.status_code, answer["Location"]) == (302, return_path(payment))
    assert client.get(answer["Location"])["Location"] == f"{page(order)}?t={link_token(order)}"
    order.refresh_from_db()
    assert order.status == status
    assert client.post(address, {"decision": decision}).status_code == 409
    assert client.get(address).status_code == 200


def test_no_sandbox_page_where_no_sandbox_is_enabled(shop, settings):
    placed(PayBy(gateway="sandbox", token="tok_requires_action"))
    settings.PAYMENT_GATEWAYS = {"manual": settings.PAYMENT_GATEWAYS["manual"]}
    assert Client().get(f"/sandbox/pay/{Payment.objects.get().public_id}").status_code == 404
    assert Client().get("/sandbox/pay/pay_1").status_code == 404


def test_somebody_elses_payment_is_no_sandbox_payment(shop):
    placed(PayBy(gateway="manual"))
    assert Client().get(f"/sandbox/pay/{Payment.objects.get().public_id}").status_code == 404
