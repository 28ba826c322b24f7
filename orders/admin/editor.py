"""The order editor: one page for a draft (a phone order) and for the change of a placed order.

Each button sends the whole form, and the page comes back with what was typed; without JavaScript «Show» brings the
preview, with it the side follows while somebody types. What is shown is what the services would make of it.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext as _

from orders.admin import editor_find as find
from orders.admin.action_pages import actor, is_first, way
from orders.admin.chips import url_of
from orders.admin.editor_asks import change_actions, draft_changes, draft_request, note_refusal
from orders.admin.editor_page import page_of
from orders.admin.editor_panel import Panel, change_panel, draft_panel, happened_since
from orders.admin.editor_state import CELLS, State
from orders.errors import Stale
from orders.gateways import gateway
from orders.kernel.actor import Actor
from orders.kernel.errors import DomainError
from orders.models import Channel, Customer, Draft, Order
from orders.requests import PayBy
from orders.services.change import change_order
from orders.services.draft import create_draft, update_draft
from orders.services.place_draft import place_draft
from orders.services.preview_change import preview_change
from orders.services.preview_draft import preview_draft
from orders.services.settle import settle_payments
from orders.states import OrderStatus

DRAFTS, CHANGES = "orders.write_draft", "orders.change_placed_order"
_CHANGEABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


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
        self.sought = {name: request.POST.get(name, "").strip() for name in ("who", "product")}
        self.state = State.posted(request.POST) if request.method == "POST" else self.fresh()

    def fresh(self) -> State:
        """As the order is now, or a new draft of the first channel."""
        if self.order is not None:
            lines = list(self.order.lines.order_by("position"))
            return State.of(self.order, lines, self.draft if self.is_draft else None)
        channel = Channel.objects.filter(is_active=True).order_by("code").first()
        if channel is None:
            raise Http404
        state = State.empty(channel=channel.code, language=channel.default_language)
        known = Customer.objects.filter(pk=self.request.GET.get("customer") or 0).first()
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

    def payment(self) -> PayBy | None:
        """How it is paid, as chosen."""
        code = self.state.values["gateway"]
        return (
            PayBy(gateway=code, token=self.state.values["token"] if gateway(code).is_online else "") if code else None
        )


class Editor:
    """Gives the orders' admin page the editor."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("new/", self.admin_site.admin_view(self.edit), name="orders_order_new"),
            path("<int:pk>/edit/", self.admin_site.admin_view(self.edit), name="orders_order_edit"),
        ]
        return own + super().get_urls()  # type: ignore[misc, no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]
        user: Any = request.user
        if isinstance(response, TemplateResponse) and response.context_data and user.has_perm(DRAFTS):
            new = way(_("New order"), reverse("admin:orders_order_new"), icon="add_call")
            response.context_data["actions_list"] = [new]
        return response

    def ways(self, request: HttpRequest, row: Order) -> list[dict[str, Any]]:
        user: Any = request.user
        here = reverse("admin:orders_order_edit", args=[row.pk])
        if row.status == OrderStatus.DRAFT and user.has_perm(DRAFTS):
            return [way(_("Go on with it"), here, icon="edit")]
        if row.status in _CHANGEABLE and user.has_perm(CHANGES):
            return [way(_("Change…"), here, icon="edit")]
        return []

    def edit(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The page, and what its buttons do."""
        order = Order.objects.select_related("channel", "shipping_method", "customer").filter(pk=pk or 0).first()
        if pk is not None and order is None:
            raise Http404
        _allow(request, order)
        if order is not None and order.status not in (OrderStatus.DRAFT, *_CHANGEABLE):
            messages.error(request, _("This order can't be changed any more."))
            return HttpResponseRedirect(url_of(order))
        desk = Desk(request, order)
        if request.method == "POST":
            done = _act(desk, _button(desk))
            if done is not None:
                return done
        elif desk.state.rows and desk.is_draft:
            desk.preview()
        return _render(self.admin_site, desk)


def _allow(request: HttpRequest, order: Order | None) -> None:
    user: Any = request.user
    is_draft = order is None or order.status in (OrderStatus.DRAFT, OrderStatus.SUBMITTED)
    if not user.has_perm("orders.view_order") or not user.has_perm(DRAFTS if is_draft else CHANGES):
        raise PermissionDenied


def _button(desk: Desk) -> str:
    """Which button was pressed; Enter means the finder that something stands in, else «Show»."""
    pressed = desk.request.POST.get("do", "enter")
    if pressed != "enter":
        return pressed
    if desk.sought["product"]:
        return "find"
    return "who" if desk.sought["who"] else "show"


def _act(desk: Desk, pressed: str) -> HttpResponse | None:
    """Do what the button says; an answer when it leads elsewhere."""
    verb, _colon, argument = pressed.partition(":")
    if verb in ("save", "place", "link") and desk.is_draft:
        return _save(desk, verb)
    if verb == "confirm" and not desk.is_draft:
        return _change(desk)
    match verb:
        case "find":
            _find(desk)
        case "add":
            _add(desk.state, argument)
            desk.sought["product"] = ""
        case "remove" if argument.isdecimal() and int(argument) < len(desk.state.rows):
            del desk.state.rows[int(argument)]
        case "who":
            desk.customers = find.found_customers(desk.sought["who"])
            if not desk.customers:
                desk.state.refuse("who", _("Nobody is known by that; type in who it is below."))
                desk.state.values["customer_id"] = ""
        case "pick":
            known = Customer.objects.filter(pk=argument if argument.isdecimal() else 0).first()
            desk.state = chosen(desk.state, known) if known else desk.state
            desk.sought["who"] = ""
        case "reload":
            desk.state = desk.state.renewed(desk.fresh())
    kept = dict(desk.state.errors)
    desk.preview()
    for name, said in kept.items():
        desk.state.errors.setdefault(name, []).extend(each for each in said if each not in desk.state.errors[name])
    return None


def _find(desk: Desk) -> None:
    country = desk.state.values["ship_country"].upper()
    desk.products, is_exact = find.found_products(desk.sought["product"], currency=desk.currency, country=country)
    if is_exact:
        _add(desk.state, desk.products[0].product.sku)
        desk.products, desk.sought["product"] = [], ""
    elif not desk.products:
        desk.state.refuse("product", _("No product is sold by that SKU, GTIN or name."))


def _add(state: State, sku: str) -> None:
    """One more of it; scanned again it is one more unit of the same line."""
    known = next((row for row in state.rows if row["sku"] == sku), None)
    if known is not None and known["quantity"].isdecimal():
        known["quantity"] = str(int(known["quantity"]) + 1)
        return
    state.rows.append(dict.fromkeys(CELLS, "") | {"sku": sku, "quantity": "1"})


def chosen(state: State, customer: Customer) -> State:
    """The customer's name and ways to be reached, and where their last order went."""
    last = customer.orders.exclude(shipping_address={}).order_by("-id").first()
    known = {
        "customer_id": str(customer.pk),
        "email": customer.email or "",
        "name": customer.name,
        "phone": customer.phone,
        "language": customer.language,
    }
    if last is not None and not state.values["ship_line1"]:
        known |= {f"ship_{part}": str(value) for part, value in last.shipping_address.items()}
    state.values |= {name: value for name, value in known.items() if name in state.values}
    return state


def _save(desk: Desk, verb: str) -> HttpResponse | None:
    """Save the draft; with another verb also place it."""
    if not desk.is_readable():
        return None
    key = f"editor:{desk.request.user.pk}:{desk.request.POST.get('once', '')}"
    if desk.draft is None and not is_first(key):
        messages.info(desk.request, _("This was done already."))
        return HttpResponseRedirect(reverse("admin:orders_draft_changelist"))
    draft = desk.attempt(desk.save)
    if draft is None:
        _forget(key)
        desk.panel = None
        return None
    if verb == "save":
        messages.success(desk.request, _("The draft is saved."))
        return HttpResponseRedirect(reverse("admin:orders_order_edit", args=[draft.order_id]))
    return _place(desk, draft, by_link=verb == "link")


def _place(desk: Desk, draft: Draft, *, by_link: bool) -> HttpResponse | None:
    """Place what was just saved, for the total that was shown; refused, the saved draft stays on the page."""
    typed, seen = desk.state, desk.state.amount("", desk.request.POST.get("total", ""))
    desk.draft, desk.order = draft, Order.objects.select_related("channel", "shipping_method").get(pk=draft.order_id)
    desk.state = desk.fresh()
    desk.state.values |= {name: typed.values[name] for name in ("gateway", "token")}
    payment = None if by_link else desk.payment()
    placed = desk.attempt(
        lambda: place_draft(draft.pk, payment=payment, by_link=by_link, expected_total=seen, by=desk.by)
    )
    if placed is None:
        _go_on(desk)
        return None
    messages.success(desk.request, _("Order %(number)s is placed.") % {"number": placed.number})
    return HttpResponseRedirect(url_of(placed))


def _go_on(desk: Desk) -> None:
    """The draft as it is now, with what was refused: a gateway that said no has moved its version."""
    refused, how = dict(desk.state.errors), {name: desk.state.values[name] for name in ("gateway", "token")}
    desk.order = Order.objects.select_related("channel", "shipping_method").get(pk=desk.order.pk if desk.order else 0)
    if desk.order.status != OrderStatus.DRAFT:
        return
    desk.state = desk.fresh()
    desk.state.values |= how
    desk.preview()
    for name, said in refused.items():
        desk.state.errors[name] = said


def _change(desk: Desk) -> HttpResponse | None:
    assert desk.order is not None
    order = desk.order
    if not desk.is_readable():
        return None
    actions, _origins = change_actions(desk.state)
    if not actions:
        desk.state.refuse("", _("Nothing is different yet."))
        return None
    values = desk.state.values
    change = desk.attempt(
        lambda: change_order(
            order.pk,
            actions,
            versions=desk.versions,
            note=values["note"],
            notify=bool(values["notify"]),
            by=desk.by,
        )
    )
    if change is None:
        return None
    settle_payments(order.pk, by=desk.by)
    messages.success(desk.request, _("The order is changed."))
    return HttpResponseRedirect(url_of(order))


def _forget(key: str) -> None:
    cache.delete(key)


def _address(order: Order | None) -> str:
    return reverse("admin:orders_order_edit", args=[order.pk]) if order else reverse("admin:orders_order_new")


def _render(site: Any, desk: Desk) -> TemplateResponse:
    happened = happened_since(desk.order, desk.state.seq) if desk.order and desk.is_stale else ()
    context = {
        **site.each_context(desk.request),
        "opts": Order._meta,
        "original": desk.order,
        "title": _("Change order") if not desk.is_draft else _("Draft") if desk.order else _("New order"),
        "order": desk.order,
        "draft": desk.draft,
        "is_draft": desk.is_draft,
        "is_stale": desk.is_stale,
        "happened": happened,
        "panel": desk.panel,
        "above": desk.state.errors.get("", ()),
        "state": desk.state,
        "editor": page_of(desk.state, desk.order, is_draft=desk.is_draft),
        "customers": desk.customers,
        "found": desk.products,
        "sought": desk.sought,
        "once": uuid4().hex,
        "here": _address(desk.order),
    }
    is_live = bool(desk.request.headers.get("HX-Request"))
    return TemplateResponse(desk.request, f"admin/orders/order/editor{'_live' if is_live else ''}.html", context)
