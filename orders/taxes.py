"""What a legal paper says of each tax rate: pure arithmetic over its lines and its shipping."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.kernel.errors import FieldError, at
from orders.kernel.money import ZERO, spread
from orders.states import TaxCategory, TaxExemption

_CATEGORIES: dict[str, TaxCategory] = {
    TaxExemption.REVERSE_CHARGE: TaxCategory.REVERSE_CHARGE,
    TaxExemption.INTRA_COMMUNITY: TaxCategory.INTRA_COMMUNITY,
    TaxExemption.EXPORT: TaxCategory.EXPORT,
    TaxExemption.EXEMPT: TaxCategory.EXEMPT,
}
_NEED_THE_BUYERS_ID = {TaxExemption.REVERSE_CHARGE, TaxExemption.INTRA_COMMUNITY}


@dataclass(frozen=True, kw_only=True)
class TaxShare:
    """What is taxed at one rate, and the tax on it."""

    rate: Decimal
    category: str
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def category_of(rate: Decimal, exemption: str) -> TaxCategory:
    """The kind of a rate; the order's exemption is about what bears no tax."""
    if rate:
        return TaxCategory.STANDARD
    return _CATEGORIES.get(exemption, TaxCategory.ZERO)


def taxes_of(
    parts: Iterable[tuple[Decimal, Decimal, Decimal]], *, includes_tax: bool, exemption: str
) -> tuple[TaxShare, ...]:
    """One share for each rate of ``parts`` (rate, amount, tax in or on it), the highest rate first."""
    nets: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    taxes: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for rate, amount, tax in parts:
        nets[rate.normalize()] += amount - tax if includes_tax else amount
        taxes[rate.normalize()] += tax
    return tuple(
        TaxShare(rate=rate, category=category_of(rate, exemption), net=nets[rate], tax=taxes[rate])
        for rate in sorted(nets, reverse=True)
    )


def in_proportion(net: Decimal, tax: Decimal, billed: Sequence[TaxShare], currency: str) -> tuple[TaxShare, ...]:
    """Money without goods has the rates of its bill, in the bill's proportions; both sums are kept to the cent.

    The whole is spread over the rates first, then the tax by what each part bears: so each rate's tax is near its net.
    """
    parts = spread(net + tax, [share.gross for share in billed], currency)
    borne = [part * share.rate / (1 + share.rate) for share, part in zip(billed, parts, strict=True)]
    taxes = spread(tax, borne, currency) if any(borne) else [ZERO] * len(borne)
    return tuple(
        TaxShare(rate=share.rate, category=share.category, net=part - on_it, tax=on_it)
        for share, part, on_it in zip(billed, parts, taxes, strict=True)
    )


def own_shipping_rate(*, asked: Decimal | None, method: Decimal | None, exemption: str) -> Decimal | None:
    """The rate that shipping bears whatever is bought with it; None: the highest of the lines.

    The order's wish goes before its method's; an order that bears no tax leaves its method's aside.
    """
    return method if asked is None and not exemption else asked


def exemption_errors(exemption: str, *, rates: Sequence[Decimal], vat_id: str) -> list[FieldError]:
    """What contradicts the reason that an order gives for bearing no tax."""
    errors = []
    if exemption and all(rates):
        errors.append(at("#/tax_exemption", "contradicts", "No line has a tax_rate of 0: leave it out, or set one."))
    if exemption in _NEED_THE_BUYERS_ID and not vat_id:
        errors.append(
            at("#/tax_exemption", "vat_id_required", "It needs the buyer's vat_id in the billing or shipping address.")
        )
    return errors
