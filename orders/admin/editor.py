"""The order editor: one page for a draft (a phone order) and for the change of a placed order.

Each button sends the whole form, and the page comes back with what was typed; without JavaScript «Show» brings the
preview, with it the side follows while somebody types. What is shown is what the services would make of it.
"""

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
from orders.admin.action_pages import is_first, way
from orders.admin.chips import url_of
from orders.admin.editor_asks import change_actions
from orders.admin.editor_desk import Desk, chosen, customer_of
from orders.admin.editor_page import page_of
from orders.admin.editor_panel import happened_since
from orders.admin.editor_state import CELLS, PAYING, State
from orders.models import Draft, Order
from orders.services.change import change_order
from orders.services.place_draft import place_draft
from orders.services.settle import settle_payments
from orders.states import OrderStatus

DRAFTS, CHANGES = "orders.write_draft", "orders.change_placed_order"
_CHANGEABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


class Editor:
    """Gives the orders' admin page the editor."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("new/", self.admin_site.admin_view(self.edit), name="orders_order_new"),
            path("<int:pk>/edit/", self.admin_site.admin_view(self.edit), name="orders_order_edit"),
        ]
        return own + super().get_urls()  # type: ignore[misc, no-any-return]

    def list_ways(self, request: HttpRequest) -> list[dict[str, Any]]:
        ways: list[dict[str, Any]] = super().list_ways(request)  # type: ignore[misc]
        user: Any = request.user
        new = way(_("New order"), reverse("admin:orders_order_new"), icon="add_call")
        return [new, *ways] if user.has_perm(DRAFTS) else ways

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
    pressed = desk.request.POST.get("do", "enter").replace("\0", "")
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
            known = customer_of(argument)
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
    desk.state.values |= {name: typed.values[name] for name in PAYING}
    payments = desk.payments(by_link=by_link)
    placed = desk.attempt(
        lambda: place_draft(draft.pk, payments=payments, by_link=by_link, expected_total=seen, by=desk.by)
    )
    if placed is None:
        _go_on(desk)
        return None
    messages.success(desk.request, _("Order %(number)s is placed.") % {"number": placed.number})
    return HttpResponseRedirect(url_of(placed))


def _go_on(desk: Desk) -> None:
    """The draft as it is now, with what was refused: a gateway that said no has moved its version."""
    refused, how = dict(desk.state.errors), {name: desk.state.values[name] for name in PAYING}
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
            send_link=bool(values["send_link"]),
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
