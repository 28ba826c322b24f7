"""Fill a draft's order from what is asked for: look up, price, write, reserve. What every save of a draft does.

Joins the open work; the order is locked. Lines keep their rows where they are named or their product stays, and with
them what is reserved; the others are given back to the shelf before their rows go.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from orders.bundles import goods, sold
from orders.drafts import DraftBuyer, DraftLine, overrides_of
from orders.errors import InvalidRequest
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import ask, note_locked
from orders.locks import locked_lines
from orders.models import Channel, Customer, Draft, Order, OrderLine, Product
from orders.phones import is_nonsense, normal_form
from orders.questions import Unreserve
from orders.requests import OrderRequest, WantedLine
from orders.services.assortment import parts_of, wanted_products
from orders.services.buyer import buying_customers
from orders.services.compose import component
from orders.services.explain_prices import check_reasons, write_overrides
from orders.services.offer import Offer, channel_and_method
from orders.services.price import Priced, price_request
from orders.services.reserve_draft import reserve_draft
from orders.services.wants import UNKNOWN, wants_of
from orders.typed import CONTACT, NOTE, REASON, REFERENCE, address_faults, errors_in, mail_fault

_AWAY = 1000  # positions are unique: rows step aside before they get their new ones
_WRITTEN = (
    *("position", "product", "sku", "name", "unit_price", "tax_rate", "discount", "order_discount", "amount", "tax"),
    *("external_ref", "accepts_substitutes", "ordered", "allocated", "kind"),
)


def fill_draft(draft: Draft, request: OrderRequest, *, by: Actor, shipping_was: Decimal | None = None) -> None:
    """Write ``request`` into the draft's order, priced by today's catalogue where it names no price; then reserve.

    ``shipping_was``: its own shipping price before. Raises what a placement's look-ups and sums raise, and
    ``InvalidRequest`` when staff don't say why something costs something else.
    """
    order = draft.order
    _check_typed(request)
    offer = _look_up(request, order)
    everything = locked_lines(order.pk) if order.pk else []
    before = sold(everything)
    given = overrides_of(before)
    priced = price_request(request, offer)
    check_reasons(draft, request, before, given, usual=offer.method, shipping_was=shipping_was, by=by)
    _write_order(order, request, offer, priced)
    draft.order = order  # which has its key now
    draft.save()
    rows = _matched(before, request.lines)
    _step_aside(order, everything, rows, request.lines, offer.products)
    written = _write_lines(rows, request, priced, products=offer.products, order=order)
    _write_components(written, offer.products)
    write_overrides(written, request.lines, given, by=by)
    reserve_draft(draft)


def _check_typed(request: OrderRequest) -> None:
    """Refuse what no column holds; whether a mail address is one is asked where it is new."""
    buyer = request.customer
    errors = errors_in((f"#/customer/{name}", getattr(buyer, name), most) for name, most in CONTACT.items())
    errors += errors_in([("#/note", request.note, NOTE)])
    for i, line in enumerate(request.lines):
        reason = line.reason if isinstance(line, DraftLine) else ""
        errors += errors_in(
            [(f"#/lines/{i}/reason", reason, REASON), (f"#/lines/{i}/external_ref", line.external_ref, REFERENCE)]
        )
    for kind in ("shipping_address", "billing_address"):
        faults = address_faults(getattr(request, kind) or {})
        errors += [at(f"#/{kind}/{part}", *fault) for part, fault in faults]
    if errors:
        raise InvalidRequest("Some texts can't be kept; errors names each of them.", errors=errors)


def _look_up(request: OrderRequest, order: Order) -> Offer:
    """As for a placement; the channel stays, and a customer may be known to us without a mail address."""
    channel, method = channel_and_method(request, None)
    products = wanted_products(request)
    customer = _customer(request, channel, order)
    return Offer(channel=channel, method=method, products=products, customer=customer)


def _customer(request: OrderRequest, channel: Channel, order: Order) -> Customer:
    """Whom staff chose, else whoever has the mail address, else somebody new who is only reached by phone.

    While the mail address stays, so does the customer: they may have been merged meanwhile.
    """
    buyer, mail = request.customer, request.customer.email.lower()
    if is_nonsense(buyer.phone):
        errors = [at("#/customer/phone", "phone", "Not a phone number: it has no digit.")]
        raise InvalidRequest("customer: correct the phone number.", errors=errors)
    known = buyer.customer_id if isinstance(buyer, DraftBuyer) else None
    if known is not None:
        rows = Customer.objects.select_related("merged_into")
        found = rows.filter(pk=known, anonymised_at=None).first()
        if found is None:
            raise InvalidRequest("customer: choose one that exists.")
        found = found.merged_into or found
        if not mail or found.email == mail:
            return found
        if found.email is None:
            _check_mail(mail)
            return found
    if order.pk and order.email == mail and (mail or order.customer.email is None):
        return order.customer
    if mail:
        _check_mail(mail)
        return buying_customers([(request, channel)], keeps_addresses=False)[0]
    return Customer.objects.create(
        email=None,
        name=buyer.name,
        phone=buyer.phone,
        phone_e164=_normal_phone(request),
        language=buyer.language or channel.default_language,
    )


def _check_mail(mail: str) -> None:
    fault = mail_fault(mail)
    if fault:
        raise InvalidRequest("customer: correct the mail address.", errors=[at("#/customer/email", *fault)])


def _normal_phone(request: OrderRequest) -> str:
    return normal_form(request.customer.phone, str(request.shipping_address.get("country", "")))


def _write_order(order: Order, request: OrderRequest, offer: Offer, priced: Priced) -> None:
    """The order's own columns."""
    totals = priced.totals
    order.prices_include_tax = priced.includes_tax
    order.customer, order.customer_name = offer.customer, request.customer.name or offer.customer.name
    order.email, order.phone = request.customer.email.lower(), request.customer.phone
    order.phone_e164 = _normal_phone(request)
    order.language = request.customer.language or offer.customer.language or offer.channel.default_language
    order.shipping_address = dict(request.shipping_address)
    order.billing_address = dict(request.billing_address) if request.billing_address else None
    order.shipping_method, order.discount = offer.method, request.discount
    order.tags, order.note, order.metadata = list(request.tags), request.note, dict(request.metadata)
    order.external_ref = request.external_ref
    order.tax_exemption, order.buyer_reference = request.tax_exemption, request.buyer_reference
    order.items_total, order.discount_total = totals.items, totals.discount
    order.shipping_total, order.shipping_tax_rate = totals.shipping, totals.shipping_tax_rate
    order.own_shipping_tax_rate = priced.own_shipping_rate
    order.shipping_tax, order.tax_total, order.total = totals.shipping_tax, totals.tax, totals.total
    order.save()
    note_locked([order.pk])


def _write_lines(
    rows: Sequence[OrderLine | None],
    request: OrderRequest,
    priced: Priced,
    *,
    products: Mapping[str, Product],
    order: Order,
) -> list[OrderLine]:
    written: list[OrderLine] = []
    position = 1
    for kept, wanted, line, amount in zip(rows, request.lines, priced.lines, priced.amounts, strict=True):
        product = products[wanted.sku]
        row = kept or OrderLine(order=order)
        row.position, row.product, row.sku, row.name = position, product, product.sku, product.name
        row.kind = product.kind
        position += 1 + len(parts_of(product))
        row.unit_price, row.tax_rate, row.discount = line.unit_price, line.tax_rate, line.discount
        row.order_discount, row.amount, row.tax = amount.order_discount, amount.amount, amount.tax
        row.external_ref, row.accepts_substitutes = wanted.external_ref, wanted.accepts_substitutes
        row.ordered = wanted.quantity
        written.append(row)
    OrderLine.objects.bulk_update([row for row in written if row.pk], _WRITTEN)
    OrderLine.objects.bulk_create([row for row in written if not row.pk])
    return written


def _write_components(written: Sequence[OrderLine], products: Mapping[str, Product]) -> None:
    """What the bundles consist of today; a save of the draft follows the catalogue here too."""
    wants = wants_of([(products[row.sku], row.ordered) for row in written], today=timezone.localdate(), together=False)
    parts = [
        component(row, n, want, UNKNOWN)
        for i, row in enumerate(written)
        if row.is_bundle
        for n, want in enumerate((want for want in wants if want.line == i), start=1)
    ]
    for part in parts:  # of a preorder nothing is counted before it is placed
        part.ships_on, part.preordered = None, 0
    OrderLine.objects.bulk_create(parts)


def _matched(before: Sequence[OrderLine], wanted: Sequence[WantedLine]) -> list[OrderLine | None]:
    """For each wanted line the row that it keeps: the one it names, else one of the same product. Raises for others."""
    free = {row.public_id: row for row in before}
    errors = []
    kept: list[OrderLine | None] = []
    for i, line in enumerate(wanted):
        named = line.line if isinstance(line, DraftLine) else ""
        if named and named not in free:
            errors.append(at(f"#/lines/{i}/id", "unknown_line", "This draft has no such line, or it is named twice."))
        kept.append(free.pop(named, None) if named else None)
    if errors:
        raise InvalidRequest("lines: use ids of lines of this draft, each of them once.", errors=errors)
    for i, line in enumerate(wanted):
        if kept[i] is None:
            same = next((key for key, row in free.items() if row.sku == line.sku), "")
            kept[i] = free.pop(same, None)
    return kept


def _step_aside(
    order: Order,
    before: Sequence[OrderLine],
    rows: Sequence[OrderLine | None],
    wanted: Sequence[WantedLine],
    products: Mapping[str, Product],
) -> None:
    """Free what is no longer asked for, delete the rows that nobody keeps, and clear the positions of the others.

    Components go with every save, and come anew with their bundle: between the two nobody else sees their units.
    """
    kept = {row.pk: line for row, line in zip(rows, wanted, strict=True) if row is not None}
    loose = [
        row
        for row in before
        if row.pk not in kept
        or row.product_id != products[kept[row.pk].sku].pk
        or row.is_bundle
        or row.allocated > kept[row.pk].quantity
    ]
    reserved = [row for row in goods(loose) if row.allocated]
    if reserved:
        ask(Unreserve(line_ids=tuple(row.pk for row in reserved)))
    for row in loose:
        row.allocated = 0
    gone = [row for row in before if row.pk not in kept]
    OrderLine.objects.filter(pk__in=[row.pk for row in gone if row.parent_id]).delete()
    OrderLine.objects.filter(pk__in=[row.pk for row in gone]).delete()
    OrderLine.objects.filter(order=order).update(position=F("position") + _AWAY)
