"""Returns: ask for one, read them, call one off."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orders.api.filters import narrowed, parameters_of
from orders.api.pages import SORTS, page
from orders.api.schema import LIST, NOTHING, WITH_PATH, page_of, sorted_by
from orders.api.view import ApiView, told
from orders.api.views.orders import order_of
from orders.errors import NotFound
from orders.scopes import Scope
from orders.services.idempotency import Answer
from returns import selectors
from returns.api import render, serializers
from returns.api.filters import ReturnFilter
from returns.models import Return as ReturnRow
from returns.services.cancel_return import cancel_return
from returns.services.request_return import WantedReturn, request_return


class Returns(ApiView):
    tag = "returns"
    scopes = {"GET": Scope.RETURNS_READ, "POST": Scope.RETURNS_WRITE}
    query = {"GET": [*LIST, sorted_by(*SORTS), *parameters_of(ReturnFilter)]}
    requires_key = True
    refusals = {"POST": WITH_PATH}

    @extend_schema(operation_id="list_returns", responses=page_of(serializers.Return))
    def get(self, request: Request) -> HttpResponse:
        """The returns of your orders, newest first."""
        mine = narrowed(ReturnFilter, selectors.partner_returns(self.partner), self.http)
        rows = page(mine, self.http, name="returns")
        return self.tell_page(rows, [render.return_(row) for row in rows.rows])

    @extend_schema(operation_id="request_return", request=serializers.ReturnIn, responses={201: serializers.Return})
    def post(self, request: Request) -> HttpResponse:
        """Ask to send lines of an order back; approved at once where the shop's rules say so."""
        wanted = self.read(serializers.ReturnIn)
        order = order_of(self, wanted["order"])
        lines = [WantedReturn(**line) for line in wanted["lines"]]
        return self.act_once(
            lambda: request_return(order.pk, lines=lines, by=self.by),
            lambda row: _told(return_of(self, row.public_id), status=201),
        )


class Return(ApiView):
    tag = "returns"
    scopes = {"GET": Scope.RETURNS_READ}

    @extend_schema(operation_id="read_return", responses=serializers.Return)
    def get(self, request: Request, id: str) -> HttpResponse:
        """One return."""
        row = return_of(self, id)
        return self.tell(render.return_(row), version=row.version)


class Cancel(ApiView):
    tag = "returns"
    scopes = {"POST": Scope.RETURNS_WRITE}
    requires_key = True

    @extend_schema(operation_id="cancel_return", request=NOTHING, responses=serializers.Return)
    def post(self, request: Request, id: str) -> HttpResponse:
        """Call a return off, before it is on its way."""
        self.read_nothing()
        row = return_of(self, id)
        return self.act_once(lambda: cancel_return(row.pk, by=self.by), lambda _: _told(return_of(self, id)))


def return_of(view: ApiView, public_id: str) -> ReturnRow:
    """The caller's return of that id. Raises ``NotFound``."""
    row = selectors.partner_returns(view.partner).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such return.")
    return row


def _told(row: ReturnRow, *, status: int = 200) -> Answer:
    place = {"Location": f"/api/v1/returns/{row.public_id}"}
    return told(render.return_(row), status=status, version=row.version, headers=place)
