"""Changing an order after it was placed: look at what would come of it, then do it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orders import selectors
from orders.api import change_serializers as shapes
from orders.api import render
from orders.api.pages import page
from orders.api.schema import LIST, page_of
from orders.api.view import ApiView, told
from orders.api.views.orders import order_of
from orders.change_requests import TYPES, ChangeAction
from orders.kernel.actor import CUSTOMER, Actor
from orders.kernel.money import text
from orders.models import OrderChange
from orders.scopes import Scope
from orders.services.change import change_order
from orders.services.preview_change import Preview, preview_change
from orders.services.settle import settle_payments

_ACTIONS = {name: action for action, name in TYPES.items()}


class Changes(ApiView):
    tag = "orders"
    scopes = {"GET": Scope.ORDERS_READ, "POST": Scope.ORDERS_WRITE}
    query = {"GET": LIST}
    refusals = {"POST": {412: "Somebody else changed it meanwhile; current_version is in the answer."}}

    @extend_schema(operation_id="list_order_changes", responses=page_of(shapes.OrderChange))
    def get(self, request: Request, number: str) -> HttpResponse:
        """What was changed of the order after its placement, newest first."""
        order = order_of(self, number)
        rows = page(selectors.changes(order.pk), self.http, name="changes")
        return self.tell_page(rows, [_change(row, order.currency, reader=self.by) for row in rows.rows])

    @extend_schema(
        operation_id="change_order",
        request=shapes.ChangeIn,
        responses={200: shapes.ChangePreview, 201: shapes.OrderChange},
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        """Change what isn't packed yet, all of it or nothing; with preview only look at what would come of it."""
        wanted = self.read(shapes.ChangeIn)
        order = order_of(self, number)
        actions = [action_of(values) for values in wanted["actions"]]
        versions = {wanted["version"]} if wanted.get("version") else None
        if wanted.get("preview"):
            return self.tell(_preview(preview_change(order.pk, actions, versions=versions, by=self.by)))
        return self.act_once(
            lambda: change_order(
                order.pk,
                actions,
                versions=versions,
                note=wanted.get("note", ""),
                notify=wanted.get("notify", True),
                send_link=wanted.get("payment_link", True),
                by=self.by,
            ),
            lambda change: told(_change(change, order.currency, reader=self.by), status=201),
            after=lambda: settle_payments(order.pk, by=self.by),
        )


def action_of(values: dict[str, Any]) -> ChangeAction:
    """One action as the service takes it."""
    action: ChangeAction = _ACTIONS[values["type"]](**{name: v for name, v in values.items() if name != "type"})
    return action


def _change(row: OrderChange, currency: str, *, reader: Actor) -> dict[str, Any]:
    """What a partner sees of a change; what staff noted of one is for their colleagues only."""
    return {
        "id": row.public_id,
        "status": row.status,
        "note": row.note if row.made_by in (str(reader), str(CUSTOMER)) else "",
        "diff": row.diff,
        "difference": row.difference,
        "total_before": text(row.total_before, currency),
        "total_after": text(row.total_after, currency),
        "version_before": row.version_before,
        "version_after": row.version_after,
        "created_at": render.instant(row.created_at),
    }


def _preview(shown: Preview) -> dict[str, Any]:
    currency = shown.order.currency
    return {
        "preview": True,
        "version": shown.change.version_before,
        "diff": shown.change.diff,
        "difference": shown.change.difference,
        "totals": render.totals(shown.order),
        "voided": text(shown.voided, currency),
        "refunded": text(shown.refunded, currency),
        "lines": render.lines(shown.lines, currency),
        "mail": {"subject": shown.mail.subject, "text": shown.mail.text} if shown.mail else None,
    }
