"""A legal paper for machines: EN 16931 as Factur-X and ZUGFeRD embed it in the PDF (profile EN 16931, CII syntax).

The standard knows prices without tax only, and our amounts are what the law binds us to. So nothing is computed anew:
a line's net is its amount less the tax that it bears, which were spread to the cent when the order was priced. The
sums per rate are then those of the paper, and no second rounding can disagree with the first. A price per unit that
isn't finite is given for all units of its line (BT-149).
"""

from decimal import Decimal
from typing import Any, Final

from orders.documents.bill import Bill, BillLine, exemption_words
from orders.documents.credit_note import CreditNote
from orders.documents.invoice import Invoice
from orders.documents.words import words
from orders.kernel.documents import Address
from orders.kernel.money import ZERO, decimals, rounded, text
from orders.states import TaxCategory

INVOICE, CREDIT_NOTE = "380", "381"  # UNTDID 1001
PIECE: Final = "C62"  # UN/ECE Recommendation 20
FREIGHT, DISCOUNT = "FC", "95"  # UNTDID 7161 and 5189
ONLINE, TRANSFER, SEPA_TRANSFER, UNKNOWN_MEANS = "68", "30", "58", "1"  # UNTDID 4461
_REASON_CODES = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    TaxCategory.EXPORT: "VATEX-EU-G",
}
_NEED_THE_BUYERS_ID = {TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY}


class Incomplete(ValueError):
    """The paper lacks something that the standard demands; the sentence says what."""


def e_invoice_xml(bill: Invoice | CreditNote) -> bytes:
    """The paper as CII, valid by the XML schema of the profile. Raises ``Incomplete``."""
    from facturx.generate_xml import generate_cii_xml

    _check(bill)
    facts = _head(bill) | _parties(bill) | _sums(bill) | _payment(bill)
    facts["BG-25"] = [_line(bill, line, place) for place, line in enumerate(bill.lines, start=1)]
    xml: bytes = generate_cii_xml(facts, level="en16931", check_xsd=True, check_schematron=False)
    return xml


def with_xml(pdf: bytes, xml: bytes, *, title: str, author: str, language: str) -> bytes:
    """The PDF/A-3 with the XML embedded as its alternative."""
    from facturx import generate_from_binary

    metadata = {"author": author, "keywords": "Factur-X, ZUGFeRD", "title": title, "subject": title}
    hybrid: bytes = generate_from_binary(
        pdf,
        xml,
        flavor="factur-x",
        level="en16931",
        check_xsd=False,  # it was, when it was made
        check_schematron=False,
        pdf_metadata=metadata,
        lang=language,
        afrelationship="alternative",
    )
    return hybrid


def _check(bill: Bill) -> None:
    seller, buyer = bill.seller, bill.billing_address
    categories = {tax.category for tax in bill.taxes}
    missing = {
        "the seller's country": not seller.country,
        "the seller's VAT ID": not seller.vat_id,
        "the buyer's name": not (buyer.company or buyer.name),
        "the buyer's country": len(buyer.country) != 2,
        "the buyer's VAT ID": bool(categories & _NEED_THE_BUYERS_ID) and not bill.buyer_vat_id,
        "an amount": not bill.taxes,
        "a currency with at most two decimals": decimals(bill.currency) > 2,
        # Shares of many lines may drift from the rate; in currencies without decimals by more than the rule bears.
        "taxes that are their rate's share to a whole (BR-CO-17)": any(
            abs(tax.tax - tax.net * tax.rate) >= 1 for tax in bill.taxes
        ),
    }
    lacking = [what for what, is_missing in missing.items() if is_missing]
    if lacking:
        raise Incomplete(f"An e-invoice needs {', '.join(lacking)}.")


def _head(bill: Invoice | CreditNote) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "BT-1": bill.number,
        "BT-2": bill.issued_on,
        "BT-3": INVOICE if isinstance(bill, Invoice) else CREDIT_NOTE,
        "BT-5": bill.currency,
        "BT-10": bill.buyer_reference,
        "BT-14": bill.order_number,
    }
    if isinstance(bill, CreditNote):
        facts["BG-3"] = [{"BT-25": number, "BT-26": day} for number, day in bill.invoices]
        facts["BG-1"] = [{"BT-22": bill.reason}] if bill.reason else []
    return facts


def _parties(bill: Invoice | CreditNote) -> dict[str, Any]:
    seller, buyer = bill.seller, bill.billing_address
    street = [*seller.street.splitlines(), "", ""]
    facts: dict[str, Any] = {
        "BG-4": {
            "name": seller.name,
            "addr_l1": street[0],
            "addr_l2": street[1],
            "postcode": seller.postal_code,
            "city": seller.city,
            "country_code": seller.country,
            "vat_identifier": seller.vat_id.replace(" ", ""),
            "tax_identifier": seller.tax_number,
            "legal_info": seller.registration,
            "einvoicing_addr": seller.email,
            "einvoicing_addr_schemeid": "EM",
        },
        "BG-7": {
            "name": buyer.company or buyer.name,
            "vat_identifier": bill.buyer_vat_id.replace(" ", ""),
            **_place(buyer),
        },
    }
    supplied_on, ship_to = (
        (bill.supplied_on, bill.shipping_address) if isinstance(bill, Invoice) else (bill.invoices[0][1], None)
    )
    facts["BT-72"] = supplied_on
    if ship_to or any(tax.category == TaxCategory.INTRA_COMMUNITY for tax in bill.taxes):
        door = ship_to or buyer
        if len(door.country) == 2:
            facts["BG-13"] = {"name": door.company or door.name or buyer.name, **_place(door)}
    return facts


def _place(address: Address) -> dict[str, str]:
    return {
        "addr_l1": address.line1,
        "addr_l2": address.line2,
        "postcode": address.postal_code,
        "city": address.city,
        "country_subdivision": address.region,
        "country_code": address.country,
    }


def _sums(bill: Bill) -> dict[str, Any]:
    net_lines = sum((_net(bill, line) for line in bill.lines), ZERO)
    shipping = bill.shipping - bill.shipping_tax if bill.prices_include_tax else bill.shipping
    facts: dict[str, Any] = {
        "BT-106": text(net_lines, bill.currency),
        "BT-109": text(bill.net, bill.currency),
        "BT-110": text(bill.total - bill.net, bill.currency),
        "BT-112": text(bill.total, bill.currency),
        "BG-23": [
            {
                "BT-116": text(tax.net, bill.currency),
                "BT-117": text(tax.tax, bill.currency),
                "BT-118": tax.category,
                "BT-119": _percent(tax.rate),
                "BT-120": exemption_words(bill, tax),
                "BT-121": _REASON_CODES.get(TaxCategory(tax.category), ""),
            }
            for tax in bill.taxes
        ],
    }
    if bill.shipping:
        facts["BT-108"] = text(shipping, bill.currency)
        facts["BG-21"] = [
            {
                "amount": text(shipping, bill.currency),
                "reason": bill.shipping_name or words(bill.language)["shipping"],
                "reason_code": FREIGHT,
                "vat_category_code": _category(bill, bill.shipping_tax_rate),
                "vat_rate": _percent(bill.shipping_tax_rate),
            }
        ]
    return facts


def _payment(bill: Invoice | CreditNote) -> dict[str, Any]:
    say = words(bill.language)
    if isinstance(bill, CreditNote):
        return {"BT-115": text(bill.total, bill.currency), "BT-20": say["total_credited"]}
    told = bill.payment
    due = told.due if told else bill.total
    facts = {"BT-115": text(due, bill.currency)}
    if due < bill.total:
        facts["BT-113"] = text(bill.total - due, bill.currency)
    if due:
        facts["BT-20"] = say["due"]
    if told and told.kind == "online":
        return facts | {"BT-81": ONLINE}
    if bill.seller.iban:
        means = SEPA_TRANSFER if bill.currency == "EUR" else TRANSFER
        account = {"BT-84": bill.seller.iban.replace(" ", ""), "BT-85": bill.seller.name, "BT-86": bill.seller.bic}
        return facts | account | {"BT-81": means, "BT-83": bill.number}
    return facts | {"BT-81": UNKNOWN_MEANS}


def _line(bill: Bill, line: BillLine, place: int) -> dict[str, Any]:
    net, before = _net(bill, line), _net_before_discount(bill, line)
    taken_off = before - net
    if taken_off <= 0:  # none, or a cent of rounding that is no discount
        before = net
    price, per = _price(before, line.quantity)
    return {
        "BT-126": str(place),
        "BT-153": line.name or line.sku,
        "BT-155": line.sku,
        "BT-129": str(line.quantity),
        "BT-130": PIECE,
        "BT-131": text(net, bill.currency),
        "BT-146": price,
        "BT-149": per,
        "BT-151": _category(bill, line.tax_rate),
        "BT-152": _percent(line.tax_rate),
        "BG-27": [_discount(bill, taken_off)] if taken_off > 0 else [],
    }


def _discount(bill: Bill, amount: Decimal) -> dict[str, str]:
    return {
        "amount": text(amount, bill.currency),
        "reason": words(bill.language)["discount"],
        "reason_code": DISCOUNT,
    }


def _net(bill: Bill, line: BillLine) -> Decimal:
    return line.total - line.tax if bill.prices_include_tax else line.total


def _net_before_discount(bill: Bill, line: BillLine) -> Decimal:
    full = line.unit_price * line.quantity
    return rounded(full / (1 + line.tax_rate), bill.currency) if bill.prices_include_tax else full


def _price(amount: Decimal, quantity: int) -> tuple[str, str | None]:
    """The price of one unit where that is exact to four digits, else of all of them: nothing is rounded here."""
    if amount * 10_000 % quantity == 0:
        return format(amount / quantity, "f"), None
    return format(amount, "f"), str(quantity)


def _category(bill: Bill, rate: Decimal) -> str:
    return next(str(tax.category) for tax in bill.taxes if tax.rate == rate)


def _percent(rate: Decimal) -> str:
    """0.19 as 19."""
    return format((rate * 100).normalize(), "f")
