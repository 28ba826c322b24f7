"""Why a draft costs something else than the catalogue says: asked of staff, and kept with who gave it.

Part of each save of a draft; shops have prices of their own, and may say why.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from orders.drafts import DraftLine
from orders.errors import InvalidRequest
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.errors import FieldError, at
from orders.kernel.money import ZERO
from orders.models import Draft, OrderLine, PriceOverride, ShippingMethod
from orders.requests import OrderRequest, WantedLine
from orders.typed import REASON, errors_in


def check_reasons(
    draft: Draft,
    request: OrderRequest,
    before: Sequence[OrderLine],
    given: Mapping[int, PriceOverride],
    *,
    usual: ShippingMethod | None,
    shipping_was: Decimal | None,
    by: Actor,
) -> None:
    """Staff say why for each price and discount that is new, of a line, the order or its shipping; notes who gave them.

    The draft's own reasons are set, its order is as it was. Raises ``InvalidRequest``.
    """
    texts = [("#/discount_reason", draft.discount_reason, REASON), ("#/shipping_reason", draft.shipping_reason, REASON)]
    if too_much := errors_in(texts):
        raise InvalidRequest("A reason can't be kept; errors names it.", errors=too_much)
    errors = _of_lines(request, {row.public_id: row for row in before}, given)
    discount = draft.order.discount if draft.order.pk else ZERO
    if request.discount and not draft.discount_reason and request.discount != discount:
        errors.append(at("#/discount_reason", "required", "Say why there is a discount."))
    shipping = draft.shipping_price
    if shipping in (None, usual.price if usual else ZERO):
        pass
    elif not draft.shipping_reason and shipping != shipping_was:
        errors.append(at("#/shipping_reason", "required", "Say why shipping costs something else."))
    if errors and by.kind == ActorKind.STAFF:
        raise InvalidRequest("Another price than the catalogue's, or a discount, needs a reason.", errors=errors)
    draft.discount_given = request.discount
    if not request.discount:
        draft.discount_reason = draft.discount_by = ""
    elif request.discount != discount:
        draft.discount_by = str(by)
    if shipping is None:
        draft.shipping_reason = draft.shipping_by = ""
    elif shipping != shipping_was:
        draft.shipping_by = str(by)


def _of_lines(
    request: OrderRequest, before: Mapping[str, OrderLine], given: Mapping[int, PriceOverride]
) -> list[FieldError]:
    """What has no reason, of the lines; what stays as it was needs no other."""
    errors: list[FieldError] = []
    for i, line in enumerate(request.lines):
        row = before.get(line.line) if isinstance(line, DraftLine) else None
        known = given.get(row.pk) if row else None
        if isinstance(line, DraftLine) and line.reason:
            continue
        is_frozen = isinstance(line, DraftLine) and line.is_frozen
        is_known = known is not None and known.unit_price == line.unit_price
        if line.unit_price is not None and not (is_frozen or is_known):
            errors.append(at(f"#/lines/{i}/reason", "required", "Say why it costs another price."))
        elif line.discount and (row is None or row.discount != line.discount):
            errors.append(at(f"#/lines/{i}/reason", "required", "Say why there is a discount."))
    return errors


def write_overrides(
    rows: Sequence[OrderLine], wanted: Sequence[WantedLine], before: Mapping[int, PriceOverride], *, by: Actor
) -> None:
    """Keep who gave which price and why. What is only frozen isn't given: thawed, it follows the catalogue again."""
    gone, fresh = [], []
    for row, line in zip(rows, wanted, strict=True):
        known = before.get(row.pk)
        price = None if isinstance(line, DraftLine) and line.is_frozen else line.unit_price
        rate = None if isinstance(line, DraftLine) and line.is_frozen else line.tax_rate
        reason = line.reason if isinstance(line, DraftLine) else ""
        if known and not reason and (price, line.discount) == (known.unit_price, known.discount):
            reason = known.reason
        said = (price, rate, line.discount, reason)
        if known and said == (known.unit_price, known.tax_rate, known.discount, known.reason):
            continue
        if known:
            gone.append(known.pk)
        if (price, rate) != (None, None) or (line.discount and reason):
            fresh.append(
                PriceOverride(
                    line=row,
                    unit_price=price,
                    tax_rate=rate,
                    discount=line.discount,
                    catalogue_price=row.product.price,
                    reason=reason,
                    made_by=str(by),
                )
            )
    PriceOverride.objects.filter(pk__in=gone).delete()
    PriceOverride.objects.bulk_create(fresh)
