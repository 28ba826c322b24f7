"""Make one customer of two, when staff see that they are the same person."""

from django.apps import apps
from django.utils import timezone

from orders.errors import NotMergeable
from orders.events import CustomerAbsorbed, CustomerMerged
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_customers, locked_orders
from orders.models import Customer, CustomerAddress, Order
from orders.preferences import EMAIL, Preferences
from orders.services.change import until_still
from orders.services.join_credit import join_credit
from orders.states import SubstituteWish

# Foreign keys whose rows simply go over, as app.Model.field; of whatever floor, since a label imports nothing.
MOVED = ("orders.Order.customer", "orders.ContactLog.customer")
# Those that need more than that.
HANDLED = ("orders.CustomerAddress.customer", "orders.Customer.merged_into", "orders.StoreCredit.customer")


def merge_customers(into: int, *, absorbed: int, by: Actor) -> Customer:
    """Give the survivor all that the other one has; the other row stays as a tombstone that leads to it.

    Later orders by the absorbed one's mail address go to the survivor. 1 lock both, lower key first 2 refuse 3 move
    4 fill in what the survivor lacks 5 tell. It can't be undone. Raises ``NotMergeable`` and ``StockContention``.
    """

    def once() -> Customer:
        with work(by=by):
            survivor, gone = _both(into, absorbed)
            locked_customers(Customer.objects.filter(merged_into=gone).values_list("pk", flat=True))
            Customer.objects.filter(merged_into=gone).update(merged_into=survivor)
            orders = locked_orders(Order.objects.filter(customer=gone).values_list("pk", flat=True))
            for label in MOVED:
                app, model, field = label.split(".")
                apps.get_model(app, model)._default_manager.filter(**{field: gone}).update(**{field: survivor})
            _move_addresses(survivor, gone)
            join_credit(survivor, gone, by=by)
            _fill_in(survivor, gone)
            gone.merged_into, gone.merged_at = survivor, timezone.now()
            gone.save(update_fields=["merged_into", "merged_at"])
            emit(CustomerMerged(order_id=None, customer=survivor.pk, absorbed=gone.pk, orders=len(orders)))
            emit(CustomerAbsorbed(order_id=None, customer=gone.pk, into=survivor.pk))
            return survivor

    return until_still(once)


def _both(into: int, absorbed: int) -> tuple[Customer, Customer]:
    if into == absorbed:
        raise NotMergeable("absorbed: choose another customer than the one to keep.")
    found = {row.pk: row for row in locked_customers([into, absorbed])}
    if len(found) < 2:
        raise NotMergeable("absorbed: there is no such customer.")
    for row in found.values():
        if row.merged_into_id is not None:
            raise NotMergeable("absorbed: one of the two was merged into another customer before.")
        if row.anonymised_at is not None:
            raise NotMergeable("absorbed: one of the two was erased; nobody knows any more who it was.")
    return found[into], found[absorbed]


def _move_addresses(survivor: Customer, gone: Customer) -> None:
    """Each address once; the survivor's defaults stay."""
    known = {row.fingerprint: row for row in CustomerAddress.objects.filter(customer=survivor)}
    has_shipping = any(row.is_default_shipping for row in known.values())
    has_billing = any(row.is_default_billing for row in known.values())
    for row in CustomerAddress.objects.filter(customer=gone).order_by("pk"):
        twin = known.get(row.fingerprint)
        if twin is not None:
            twin.label = twin.label or row.label
            twin.last_used_at = max(filter(None, (twin.last_used_at, row.last_used_at)), default=None)
            twin.save(update_fields=["label", "last_used_at"])
            row.delete()
            continue
        row.customer = survivor
        row.is_default_shipping = row.is_default_shipping and not has_shipping
        row.is_default_billing = row.is_default_billing and not has_billing
        row.save(update_fields=["customer", "is_default_shipping", "is_default_billing"])


def _fill_in(survivor: Customer, gone: Customer) -> None:
    """What the survivor lacks; what either of them refused to be sent stays refused."""
    survivor.name = survivor.name or gone.name
    if not survivor.phone:
        survivor.phone, survivor.phone_e164 = gone.phone, gone.phone_e164
    survivor.tags = list(dict.fromkeys([*survivor.tags, *gone.tags]))
    mine, theirs = (Preferences.of(row.notification_preferences) for row in (survivor, gone))
    wish = theirs.substitutes if mine.substitutes == SubstituteWish.ASK else mine.substitutes
    refused = [kind for _channel, kind in mine.refused | theirs.refused]
    survivor.notification_preferences = Preferences(substitutes=wish).without(refused, channel=EMAIL).kept
    survivor.save(update_fields=["name", "phone", "phone_e164", "tags", "notification_preferences"])
