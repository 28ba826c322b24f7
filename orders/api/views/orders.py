"""Orders: place, list, read, patch, and their timeline."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from orders import selectors
from orders.api import render, serializers
from orders.api.etags import expected_versions
from orders.api.expand import expanded
from orders.api.filters import OrderFilter, narrowed, parameters_of
from orders.api.once import answered, refusal_answer, remembering_refusals
from orders.api.pages import SORTS, page
from orders.api.schema import LIST, page_of, sorted_by
from orders.api.view import ApiView, told
from orders.errors import NotFound
from orders.kernel.errors import DomainError
from orders.models import Order as OrderRow
from orders.requests import Buyer, OrderRequest, PayBy, Repeatable, Replayed, WantedLine
from orders.scopes import Scope
from orders.services.idempotency import Answer, Once, Replay
from orders.services.idempotency import answer as store_answer
from orders.services.place import place_order
from orders.services.update import update_order


class Orders(ApiView):
    tag = "orders"
    scopes = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}
    query = {"GET": [*LIST, sorted_by(*SORTS), *parameters_of(OrderFilter)]}
    requires_key = True
    refusals = {"POST": {402: "The payment was declined; nothing is kept."}}

    @extend_schema(operation_id="list_orders", responses=page_of(serializers.Order))
    def get(self, request: Request) -> HttpResponse:
        """Your orders, newest first."""
        mine = narrowed(OrderFilter, selectors.partner_orders(self.partner), self.http)
        rows = page(selectors.shown_orders(mine), self.http, name="orders")
        return self.tell_page(rows, [render.order(row) for row in rows.rows])

    @extend_schema(operation_id="place_order", request=serializers.OrderIn, responses={201: serializers.Order})
    def post(self, request: Request) -> HttpResponse:
        """Place an order: its stock is reserved, and its money where a gateway is named."""
        wanted = order_request(self.read(serializers.OrderIn))
        answer, is_replay = place_one(self, wanted, self.once())
        return answered(answer, is_replay=is_replay)


class Order(ApiView):
    tag = "orders"
    scopes = {"GET": Scope.ORDERS_READ, "PATCH": Scope.ORDERS_WRITE}
    refusals = {"PATCH": {409: "Some of the order has left: its shipping policy can't change any more."}}
    query = {
        "GET": [
            OpenApiParameter(
                "expand",
                {"type": "array", "items": {"type": "string", "enum": ["shipments", "returns", "events"]}},
                style="form",
                explode=False,
                description="What else to bring, separated by commas.",
            )
        ]
    }

    @extend_schema(operation_id="read_order", responses=serializers.Order)
    def get(self, request: Request, number: str) -> HttpResponse:
        """One order."""
        order = shown_order(self, number)
        more = expanded(order.pk, self.http.GET.get("expand", ""))
        return self.tell(render.order(order) | more, version=order.version)

    @extend_schema(operation_id="update_order", request=serializers.OrderPatchIn, responses=serializers.Order)
    def patch(self, request: Request, number: str) -> HttpResponse:
        """Change tags, note, metadata or the shipping policy; what is left out stays."""
        wanted = self.read(serializers.OrderPatchIn)
        versions = expected_versions(self.http, is_required=True)
        order = order_of(self, number)
        update_order(order.pk, versions=versions, **wanted, by=self.by)
        shown = shown_order(self, number)
        return self.tell(render.order(shown), version=shown.version)


class OrderEvents(ApiView):
    tag = "orders"
    scopes = {"GET": Scope.ORDERS_READ}
    query = {"GET": LIST}

    @extend_schema(operation_id="list_order_events", responses=page_of(serializers.Event))
    def get(self, request: Request, number: str) -> HttpResponse:
        """An order's timeline, oldest first."""
        events = selectors.public_events([order_of(self, number).pk])
        rows = page(events, self.http, name="order-events", sorts=("seq",))
        return self.tell_page(rows, [render.event(row) for row in rows.rows])


def place_one(view: ApiView, wanted: OrderRequest, once: Once | None) -> tuple[Answer, bool]:
    """Place an order at most once per key; the answer, and whether it is a replay."""
    told_last: list[Answer] = []  # a placement that others were faster than is told again

    def told_order(order: OrderRow) -> Answer:
        told_last[:] = [told_placed(order)]
        return told_last[0]

    def place() -> tuple[Answer, bool]:
        repeat = Repeatable(once=once, told=told_order, refused=refused_by(view)) if once else None
        try:
            order = place_order(wanted, by=view.by, partner=view.partner, repeat=repeat)
        except Replayed as replayed:
            return _replayed(view, replayed.replay, once), True
        return told_last[0] if told_last else told_order(order), False

    return remembering_refusals(view.http, once, place)


def refused_by(view: ApiView) -> Callable[[DomainError], Answer]:
    """How the view's refusals are told."""
    return lambda refusal: refusal_answer(view.http, refusal)


def _replayed(view: ApiView, replay: Replay, once: Once | None) -> Answer:
    """The first attempt's answer; had it died before it could answer, its order tells what it came to."""
    answer = replay.answer
    if answer is None:
        mine = selectors.partner_orders(view.partner).filter(pk__in=[replay.order_id])
        answer = told_placed(selectors.shown_orders(mine).get())
        if once:
            store_answer(once, answer)
    return answer


def order_of(view: ApiView, number: str) -> OrderRow:
    """The caller's order of that number; all that isn't theirs doesn't exist. Raises ``NotFound``."""
    return _found(selectors.partner_orders(view.partner).filter(number=number).first())


def shown_order(view: ApiView, number: str) -> OrderRow:
    """The same with all that the API shows of it."""
    return _found(selectors.shown_orders(selectors.partner_orders(view.partner)).filter(number=number).first())


def _found(order: OrderRow | None) -> OrderRow:
    if order is None:
        raise NotFound("There is no such order.")
    return order


def order_request(values: dict[str, Any]) -> OrderRequest:
    """The parsed body as the service takes it."""
    payment = values.pop("payment", None)
    payments = values.pop("payments", None) or ()
    return OrderRequest(
        **{
            **values,
            "customer": Buyer(**values["customer"]),
            "lines": tuple(WantedLine(**line) for line in values["lines"]),
            "payment": PayBy(**payment) if payment else None,
            "payments": tuple(PayBy(**each) for each in payments),
        }
    )


def told_placed(order: OrderRow) -> Answer:
    """What a placement answers."""
    place = {"Location": f"/api/v1/orders/{order.number}"}
    return told(render.order(order), status=201, version=order.version, headers=place)
