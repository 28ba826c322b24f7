"""The customer's page and what can be done on it; see ``access.py`` for who gets here."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.models import CreditNote, Invoice, Order
from orders.order_page import order_page
from orders.order_words import refusal_words
from orders.selectors import given_codes
from orders.services.cancel import cancel_order
from orders.services.feedback import give_feedback
from orders.services.file_paper import open_paper
from orders.services.send_link import send_link
from orders.services.settle import settle_payments
from orders.states import CancelReason
from orders.web.access import customer_page, link_expired, needs_proof, private
from orders.web.forms import FeedbackForm, LinkForm
from orders.web.panels import panels


@require_safe
@customer_page
def order(request: HttpRequest, order: Order) -> HttpResponse:
    """Where the order is, and everything that can be done about it."""
    return _page(request, order)


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def cancel(request: HttpRequest, order: Order) -> HttpResponse:
    """Ask first, and for a code, then cancel the whole order and give the money back."""
    if request.method != "POST" and not order_page(order).can_cancel:
        return _ask_to_cancel(request, order)
    return _cancel(request, order)


@needs_proof("cancel")
def _cancel(request: HttpRequest, order: Order) -> HttpResponse:
    if request.method != "POST":
        return _ask_to_cancel(request, order)
    try:
        cancel_order(order.pk, reason=CancelReason.CUSTOMER, by=CUSTOMER)
    except DomainError as refusal:
        return refused(request, order, refusal)
    settle_payments(order.pk)
    return redirect("customer:order", order.public_id)


def _ask_to_cancel(request: HttpRequest, order: Order) -> HttpResponse:
    return render(request, "orders/web/cancel.html", {"order": order, "page": order_page(order), **_brand(order)})


@require_safe
@customer_page
@needs_proof("codes")
def codes(request: HttpRequest, order: Order) -> HttpResponse:
    """The codes that the customer bought: only for whoever reads the order's mailbox."""
    context = {"order": order, "codes": given_codes(order.pk), **_brand(order)}
    return render(request, "orders/web/codes.html", context)


@require_POST
@customer_page
def feedback(request: HttpRequest, order: Order) -> HttpResponse:
    """Take a rating; a form with faults comes back with everything that was typed."""
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _page(request, order, feedback_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        give_feedback(order.pk, **form.cleaned_data, by=CUSTOMER)
    except DomainError as refusal:
        return refused(request, order, refusal)
    return redirect("customer:order", order.public_id)


@require_safe
@customer_page
def invoice(request: HttpRequest, order: Order, number: str) -> HttpResponse:
    """One of the order's invoices as a PDF."""
    return _paper(request, order, get_object_or_404(order.invoices, number=number))


@require_safe
@customer_page
def credit_note(request: HttpRequest, order: Order, number: str) -> HttpResponse:
    """One of the order's credit notes as a PDF."""
    return _paper(request, order, get_object_or_404(order.credit_notes, number=number))


@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a new link to the order's own address; the answer is the same whatever was typed."""
    if request.method != "POST":
        return private(link_expired(request, public_id, LinkForm()))
    form = LinkForm(request.POST)
    if not form.is_valid():
        return private(link_expired(request, public_id, form))
    send_link(public_id, email=form.cleaned_data["email"], by=CUSTOMER)
    return private(render(request, "orders/web/link_sent.html", {"brand": Brand()}))


def _page(request: HttpRequest, order: Order, *, status: int = HTTPStatus.OK, **more: object) -> HttpResponse:
    context = {
        "order": order,
        "page": order_page(order),
        "panels": panels(order, "customer", request),
        "feedback_form": FeedbackForm(),
        **_brand(order),
        **more,
    }
    return render(request, "orders/web/order.html", context, status=status)


def refused(request: HttpRequest, order: Order, refusal: DomainError) -> HttpResponse:
    """The page as things stand now, with the reason on top."""
    order.refresh_from_db()
    return _page(request, order, status=refusal.http_status, refusal=refusal_words(refusal))


def _brand(order: Order) -> dict[str, Brand]:
    return {"brand": Brand(order.channel)}


def _paper(request: HttpRequest, order: Order, paper: Invoice | CreditNote) -> HttpResponse:
    try:
        pdf = open_paper(paper)
    except DomainError as refusal:
        return refused(request, order, refusal)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{paper.number}.pdf"'
    return answer
