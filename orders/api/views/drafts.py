"""Drafts: make one, write it anew, give it up, place it, or place it and let the customer pay by a link."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orders import selectors
from orders.api import draft_serializers as shapes
from orders.api import render, serializers
from orders.api.body import body_of
from orders.api.draft_render import draft as rendered
from orders.api.etags import expected_versions
from orders.api.once import answered, refusal_answer, remembering_refusals
from orders.api.pages import page
from orders.api.schema import LIST, NOTHING, page_of
from orders.api.view import ApiView, told
from orders.drafts import DraftBuyer, DraftLine
from orders.errors import NotFound
from orders.kernel.errors import DomainError
from orders.models import Draft as DraftRow
from orders.models import Order
from orders.requests import OrderRequest, PayBy, Repeatable, Replayed
from orders.scopes import Scope
from orders.services.draft import OPTIONS, create_draft, discard_draft, update_draft
from orders.services.idempotency import Answer, Replay
from orders.services.idempotency import answer as store_answer
from orders.services.place_draft import place_draft

_OPTIONS = {"freeze": "is_frozen"} | {name: name for name in OPTIONS if name != "is_frozen"}


class Drafts(ApiView):
    tag = "drafts"
    scopes = {"GET": Scope.DRAFTS_WRITE, "POST": Scope.DRAFTS_WRITE}
    query = {"GET": LIST}
    requires_key = True

    @extend_schema(operation_id="list_drafts", responses=page_of(shapes.Draft))
    def get(self, request: Request) -> HttpResponse:
        """Your drafts that are still to be placed, newest first."""
        mine = selectors.shown_drafts(selectors.partner_drafts(self.partner))
        rows = page(mine, self.http, name="drafts")
        return self.tell_page(rows, [rendered(row) for row in rows.rows])

    @extend_schema(operation_id="create_draft", request=shapes.DraftIn, responses={201: shapes.Draft})
    def post(self, request: Request) -> HttpResponse:
        """Make a draft; with reserve_until its goods are kept as far as they are there."""
        wanted = _changes(self.read(shapes.DraftIn))
        options = {name: wanted.pop(name) for name in _OPTIONS.values() if name in wanted}
        asked = OrderRequest(**{"shipping_address": {}, **wanted})
        return self.act_once(
            lambda: create_draft(asked, **options, partner=self.partner, by=self.by),
            lambda draft: _told(draft.public_id, self, status=201),
        )


class Draft(ApiView):
    tag = "drafts"
    scopes = {"GET": Scope.DRAFTS_WRITE, "PATCH": Scope.DRAFTS_WRITE, "DELETE": Scope.DRAFTS_WRITE}
    refusals = {
        "PATCH": {409: "It is placed or over."},
        "DELETE": {409: "It is placed or over."},
    }

    @extend_schema(operation_id="read_draft", responses=shapes.Draft)
    def get(self, request: Request, draft: str) -> HttpResponse:
        """One draft, also when it is placed or over."""
        row = _draft_of(self, draft)
        return self.tell(rendered(row), version=row.order.version)

    @extend_schema(operation_id="update_draft", request=shapes.DraftPatchIn, responses=shapes.Draft)
    def patch(self, request: Request, draft: str) -> HttpResponse:
        """Write it anew; what is left out stays, prices that nobody gave are today's unless frozen."""
        changes = _changes(self.read(shapes.DraftPatchIn))
        versions = expected_versions(self.http, is_required=True)
        row = _draft_of(self, draft)
        update_draft(row.pk, changes, versions=versions, by=self.by)
        shown = _draft_of(self, draft)
        return self.tell(rendered(shown), version=shown.order.version)

    @extend_schema(operation_id="discard_draft", request=None, responses={200: shapes.Draft})
    def delete(self, request: Request, draft: str) -> HttpResponse:
        """Give it up: what it kept goes back on sale."""
        versions = expected_versions(self.http, is_required=True)
        row = _draft_of(self, draft)
        discard_draft(row.pk, versions=versions, by=self.by)
        shown = _draft_of(self, draft)
        return self.tell(rendered(shown), version=shown.order.version)


class _PlacingView(ApiView):
    tag = "drafts"
    scopes = {"POST": Scope.DRAFTS_WRITE}
    requires_key = True

    def place(self, draft: str, **how: Any) -> HttpResponse:
        """Once per key, as ``POST /orders``: its two last phases may follow a gateway's call."""
        once = self.once()
        row = _draft_of(self, draft)

        def refused(refusal: DomainError) -> Answer:
            return refusal_answer(self.http, refusal)

        repeat = Repeatable(once=once, told=_told_order, refused=refused) if once else None

        def act() -> HttpResponse:
            try:
                order = place_draft(row.pk, **how, repeat=repeat, by=self.by)
            except Replayed as replayed:
                return self._replayed(replayed.replay, lambda told: store_answer(once, told) if once else None)
            return answered(_told_order(order), is_replay=False)

        return remembering_refusals(self.http, once, act)

    def _replayed(self, replay: Replay, store: Callable[[Answer], None]) -> HttpResponse:
        """The first attempt's answer; had it died before it could answer, its order tells what it came to."""
        answer = replay.answer
        if answer is None:
            mine = selectors.partner_orders(self.partner).filter(pk__in=[replay.order_id])
            answer = _told_order(selectors.shown_orders(mine).get())
            store(answer)
        return answered(answer, is_replay=True)


class Place(_PlacingView):
    refusals = {"POST": {402: "The payment was declined; the draft is as it was."}}

    @extend_schema(operation_id="place_draft", request=shapes.DraftPlaceIn, responses={201: serializers.Order})
    def post(self, request: Request, draft: str) -> HttpResponse:
        """Make an order of it, paid or not. What is reserved stays, the rest is taken now."""
        wanted = self.read(shapes.DraftPlaceIn) if body_of(self.http) else {}
        payment, payments = wanted.get("payment"), wanted.get("payments") or ()
        return self.place(
            draft,
            payment=PayBy(**payment) if payment else None,
            payments=[PayBy(**each) for each in payments],
            expected_total=wanted.get("total"),
        )


class PaymentLink(_PlacingView):
    @extend_schema(operation_id="place_draft_by_link", request=NOTHING, responses={201: serializers.Order})
    def post(self, request: Request, draft: str) -> HttpResponse:
        """Make an order of it that waits for its payment, and send the customer where they can pay."""
        self.read_nothing()
        return self.place(draft, by_link=True)


def _draft_of(view: ApiView, draft: str) -> DraftRow:
    """The caller's draft of that id; all that isn't theirs doesn't exist. Raises ``NotFound``."""
    row = selectors.shown_drafts(selectors.all_drafts_of(view.partner)).filter(public_id=draft).first()
    if row is None:
        raise NotFound("There is no such draft.")
    return row


def _changes(values: dict[str, Any]) -> dict[str, Any]:
    """The parsed body in the service's words."""
    found = {_OPTIONS.get(name, name): value for name, value in values.items()}
    if "customer" in found:
        found["customer"] = DraftBuyer(**{"email": "", **found["customer"]})
    if "shipping_address" in found:
        found["shipping_address"] = found["shipping_address"] or {}
    if "lines" in found:
        found["lines"] = tuple(DraftLine(line=line.pop("id", ""), **line) for line in found["lines"])
    return found


def _told(draft: str, view: ApiView, *, status: int = 200) -> Answer:
    row = _draft_of(view, draft)
    place = {"Location": f"/api/v1/drafts/{row.public_id}"}
    return told(rendered(row), status=status, version=row.order.version, headers=place)


def _told_order(order: Order) -> Answer:
    place = {"Location": f"/api/v1/orders/{order.number}"}
    return told(render.order(order), status=201, version=order.version, headers=place)
