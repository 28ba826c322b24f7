"""Where a scanned code leads: to the list that fetches it, or to the station where it is packed."""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from orders.errors import NotFound
from orders.models import Order
from warehouse.models import FulfillmentOrder, PickList, Tote
from warehouse.selectors.floor import work_orders
from warehouse.states import TO_DO


def find_work(code: str, *, picks: bool, packs: bool) -> PickList | FulfillmentOrder:
    """What a list, package, tote, work order or order means to somebody who picks, packs, or does both.

    Who does both fetches first what is still to be fetched. Raises ``NotFound``, which says what is missing.
    """
    text = code.strip()
    named = PickList.objects.filter(public_id__iexact=text).first()
    asked = Q(pick_lists=named) if named else Q(order__number__iexact=text) | Q(public_id__iexact=text)
    in_tote = Tote.objects.filter(code__iexact=text, fulfillment_order__isnull=False).values("fulfillment_order")
    works = work_orders().filter(asked | Q(packages__public_id__iexact=text) | Q(pk__in=in_tote))
    waiting = F("lines__picked") - F("lines__packed")
    row = works.order_by(waiting.desc(nulls_last=True), "-lines__picked", "pk").first()
    if row is None:
        raise NotFound(_why_nothing(text))
    lists = PickList.objects.filter(fulfillment_orders__in=works.values("pk")).order_by("-pk")
    to_fetch = named or lists.filter(tasks__fulfillment_order__in=works.values("pk"), tasks__status__in=TO_DO).first()
    ways = (picks and to_fetch, packs and row, picks and lists.first())
    found = next((way for way in ways if way), None)
    if found is None:
        raise NotFound(_why_not_yours(text, picks=picks))
    return found


def _why_nothing(code: str) -> str:
    if Tote.objects.filter(code__iexact=code).exists():
        return _("Tote {code} is empty.").format(code=code)
    order = Order.objects.filter(number__iexact=code).first()
    if order:
        return _("Nothing of order {number} is to be picked or packed.").format(number=order.number)
    return _("Nothing here is called {code}.").format(code=code)


def _why_not_yours(code: str, *, picks: bool) -> str:
    if picks:
        return _("{code} is on no pick list yet. It has to be released first.").format(code=code)
    return _("You may neither pick nor pack {code}. Ask for the right.").format(code=code)
