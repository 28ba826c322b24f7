"""One visit of the order editor: who, which order, what is typed, and what the services say to it."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest

from orders.admin import editor_find as find
from orders.admin.action_pages import actor
from orders.admin.editor_asks import change_actions, draft_changes, draft_request, note_refusal, ways_to_pay
from orders.admin.editor_panel import Panel, change_panel, draft_panel
from orders.admin.editor_state import State, address_values, is_whole
from orders.errors import Stale
from orders.gateways.stored import STORED
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.models import Channel, Customer, Draft, Order
from orders.requests import PayBy
from orders.services.draft import create_draft, update_draft
from orders.services.preview_change import preview_change
from orders.services.preview_draft import preview_draft
from orders.states import OrderStatus


class Desk:
    """One visit of the editor: who, which order, what is typed, what is shown."""

    def __init__(self, request: HttpRequest, order: Order | None) -> None:
        self.request, self.order = request, order
        self.draft = Draft.objects.select_related("order").filter(order=order).first() if order else None
        self.is_draft = order is None or order.status == OrderStatus.DRAFT
        self.by: Actor = actor(request)
        self.customers: list[Customer] = []
        self.products: list[find.Found] = []
        self.panel: Panel | None = None
        self.is_stale = False
        self.sought = {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("who", "product")}
        self.state = State.posted(request.POST) if request.method == "POST" else self.fresh()

    def fresh(self) -> State:
        """As the order is now, or a new draft of the first channel."""
        if self.order is not None:
            lines = list(self.order.lines.filter(parent=None).order_by("position"))
            return State.of(self.order, lines, self.draft if self.is_draft else None)
        channel = Channel.objects.filter(is_active=True).order_by("code").first()
        if channel is None:
            raise Http404
        state = State.empty(channel=channel.code, language=channel.default_language)
        known = customer_of(self.request.GET.get("customer", ""))
        return chosen(state, known) if known else state

    @property
    def currency(self) -> str:
        if self.order is not None:
            return self.order.currency
        found = Channel.objects.filter(code=self.state.values["channel"]).values_list("currency", flat=True).first()
        return found or "EUR"

    @property
    def versions(self) -> set[int] | None:
        return None if self.state.version is None else {self.state.version}

    # --- what the services say

    def save(self) -> Draft:
        """Make or update the draft as it is typed."""
        request, options = draft_request(self.state, currency=self.currency)
        if self.draft is None:
            return create_draft(request, **options, by=self.by)
        changes = draft_changes(request, options, self.state)
        return update_draft(self.draft.pk, changes, versions=self.versions, by=self.by)

    def preview(self) -> None:
        """Fill the side; what is refused stands next to its field."""
        self.attempt(self._preview_draft if self.is_draft else self._preview_change)

    def attempt(self, act: Callable[[], Any]) -> Any:
        """What ``act`` comes to; None when it was refused, or something can't be read."""
        try:
            return act()
        except Stale:
            self.is_stale = True
        except DomainError as refusal:
            origins = None if self.is_draft else change_actions(State(**{**vars(self.state), "errors": {}}))[1]
            note_refusal(self.state, refusal, origins)
        return None

    def is_readable(self) -> bool:
        """Whether all that is typed can be read; what can't is noted."""
        self.state.errors.clear()
        if self.is_draft:
            draft_request(self.state, currency=self.currency)
        else:
            change_actions(self.state)
        return not self.state.errors

    def _preview_draft(self) -> None:
        if not self.state.rows or not self.is_readable():
            self.state.errors.pop("product", None)
            return
        draft_id = self.draft.pk if self.draft else None
        shown = preview_draft(self.save, draft_id=draft_id, versions=self.versions, by=self.by)
        self.panel = draft_panel(shown)

    def _preview_change(self) -> None:
        assert self.order is not None
        actions, _origins = change_actions(self.state)
        if not actions or not self.is_readable():
            return
        self.panel = change_panel(preview_change(self.order.pk, actions, versions=self.versions, by=self.by))

    def payments(self, *, by_link: bool) -> list[PayBy]:
        """How it is paid, as chosen: first what the customer has with us, the rest by a gateway, by hand or a link."""
        wishes = [wish for _field, wish in ways_to_pay(self.state)]
        return [wish for wish in wishes if wish.gateway in STORED] if by_link else wishes


def chosen(state: State, customer: Customer) -> State:
    """The customer's name and ways to be reached, and their usual addresses, else where their last order went."""
    known = {
        "customer_id": str(customer.pk),
        "email": customer.email or "",
        "name": customer.name,
        "phone": customer.phone,
        "language": customer.language,
    }
    usual = list(customer.addresses.filter(Q(is_default_shipping=True) | Q(is_default_billing=True)))
    ship = next((row.address for row in usual if row.is_default_shipping), None)
    bill = next((row.address for row in usual if row.is_default_billing and not row.is_default_shipping), None)
    if ship is None:
        last = customer.orders.exclude(shipping_address={}).order_by("-id").first()
        ship = last.shipping_address if last else None
    if ship and not state.values["ship_line1"]:
        known |= address_values("ship", ship)
    if bill and not state.values["bill_line1"]:
        known |= address_values("bill", bill) | {"bill_other": "on"}
    state.values |= known
    return state


def customer_of(key: str) -> Customer | None:
    """Who is meant by a key of a page or a button: not the erased, and for the merged who they are now."""
    if not is_whole(key):
        return None
    found = Customer.objects.select_related("merged_into").filter(pk=int(key)).first()
    now = found.merged_into or found if found else None
    return now if now and now.anonymised_at is None else None
