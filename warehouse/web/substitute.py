"""What customers say about a substitute: yes or no, once."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from orders.brand import Brand
from orders.kernel.actor import CUSTOMER
from orders.kernel.errors import DomainError
from orders.models import Order
from orders.order_words import refusal_words
from orders.web.access import customer_page
from warehouse.services.answer_substitute import accept_substitute, decline_substitute
from warehouse.states import AnswerBy
from warehouse.web.forms import AnswerForm


@require_POST
@customer_page
def answer(request: HttpRequest, order: Order, proposal_id: str) -> HttpResponse:
    """Take it or leave it; an answer that comes too late, or twice, is told so."""
    proposal = get_object_or_404(order.proposals, public_id=proposal_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect("customer:order", order.public_id)
    say = accept_substitute if form.cleaned_data["answer"] == "accept" else decline_substitute
    try:
        say(proposal.pk, answered_by=AnswerBy.CUSTOMER, by=CUSTOMER)
    except DomainError as refusal:
        context = {"order": order, "brand": Brand(order.channel), "refusal": refusal_words(refusal)}
        return render(request, "warehouse/web/refused.html", context, status=refusal.http_status or HTTPStatus.CONFLICT)
    return redirect("customer:order", order.public_id)
