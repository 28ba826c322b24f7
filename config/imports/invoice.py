"""Judges the lines of one invoice by the rules of the trade and adds up what is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from config.imports.countries import COUNTRY_CODES
from config.imports.line import Line, Verdict
from config.imports.rules import Note, Rule

LONG_INVOICE = 200

# Codes that stand for money instead of an article: how their lines are treated, and what they mean.
SERVICE_CODES: dict[str, tuple[Rule, str]] = {
    "POST": (Rule.SHIPPING, "Postage."),
    "DOT": (Rule.SHIPPING, "Postage of the web shop."),
    "C2": (Rule.SHIPPING, "Carriage."),
    "M": (Rule.CHARGE, "A charge typed in by hand."),
    "BANK CHARGES": (Rule.CHARGE, "Bank charges passed on to the customer."),
    "D": (Rule.DISCOUNT, "A discount."),
    "AMAZONFEE": (Rule.BOOKKEEPING, "Fees between the merchant and a marketplace."),
    "S": (Rule.BOOKKEEPING, "Samples given away."),
    "CRUK": (Rule.BOOKKEEPING, "The merchant's donation to a charity."),
    "B": (Rule.BOOKKEEPING, "Bad debt written off."),
    "ADJUST": (Rule.BOOKKEEPING, "An adjustment of an account."),
    "ADJUST2": (Rule.BOOKKEEPING, "An adjustment of an account."),
    "TEST001": (Rule.BOOKKEEPING, "A test of the till."),
    "TEST002": (Rule.BOOKKEEPING, "A test of the till."),
}


@dataclass(frozen=True, slots=True)
class Invoice:
    """What was accepted of an invoice; `amount` is the plain sum of it, `lines` are goods and charges."""

    number: str
    invoiced_at: datetime
    customer: str
    country: str
    lines: tuple[Line, ...]
    shipping: Decimal
    discount: Decimal
    notes: frozenset[Note]

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), self.shipping - self.discount)


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts that belong together: those of a whole invoice, or of one line that has none."""

    verdicts: tuple[Verdict, ...]
    invoice: Invoice | None


def judge_invoice(lines: Sequence[Line], *, is_interleaved: bool = False) -> Judged:
    """A verdict for each line, and the invoice they make; no invoice when none is accepted."""
    rules = _rules(lines)
    verdicts = tuple(
        Verdict(line.number, line.text, rule, _reason(line, rule), line.amount)
        for line, rule in zip(lines, rules, strict=True)
    )
    return Judged(verdicts, _invoice(lines, rules, is_interleaved=is_interleaved))


def _rules(lines: Sequence[Line]) -> list[Rule]:
    rules = []
    seen: set[str] = set()
    for line in lines:
        rules.append(_rule(line, first=lines[0], is_duplicate=line.text in seen))
        seen.add(line.text)
    items = sum((line.amount for line in _having(lines, rules, Rule.GOODS, Rule.CHARGE)), Decimal(0))
    for index, line in enumerate(lines):
        if rules[index] is Rule.DISCOUNT:
            if line.amount < 0 <= items + line.amount:
                items += line.amount
            else:
                rules[index] = Rule.UNMATCHED_DISCOUNT
    return rules


def _rule(line: Line, *, first: Line, is_duplicate: bool) -> Rule:
    """The first rule that fits; the order is that of `docs/import.md`."""
    letter, (by_code, _) = line.invoice[0], SERVICE_CODES.get(line.sku, (Rule.GOODS, ""))
    checks = (
        (Rule.CREDIT_INVOICE, letter == "C"),
        (Rule.BOOKKEEPING, letter.isalpha() or by_code is Rule.BOOKKEEPING),
        (Rule.MIXED_INVOICE, (line.customer, line.country) != (first.customer, first.country)),
        (Rule.EXACT_DUPLICATE, is_duplicate),
        (Rule.DISCOUNT, by_code is Rule.DISCOUNT),
        (Rule.NEGATIVE_QUANTITY, line.quantity < 0),
        (Rule.NEGATIVE_PRICE, line.unit_price < 0),
        (Rule.ZERO_PRICE, line.unit_price == 0),
    )
    return next((rule for rule, applies in checks if applies), by_code)


def _reason(line: Line, rule: Rule) -> str:
    return SERVICE_CODES[line.sku][1] if rule is Rule.BOOKKEEPING and line.sku in SERVICE_CODES else rule.sentence


def _having(lines: Sequence[Line], rules: Sequence[Rule], *wanted: Rule) -> list[Line]:
    return [line for line, rule in zip(lines, rules, strict=True) if rule in wanted]


def _invoice(lines: Sequence[Line], rules: Sequence[Rule], *, is_interleaved: bool) -> Invoice | None:
    accepted = [line for line, rule in zip(lines, rules, strict=True) if rule.accepts]
    if not accepted:
        return None
    items = _having(lines, rules, Rule.GOODS, Rule.CHARGE)
    shipping = _having(lines, rules, Rule.SHIPPING)
    if not items:  # an order has at least one line: postage charged on an invoice of its own is what it sold
        items, shipping = shipping, []
    first = accepted[0]
    notes = {
        Note.GUEST: not first.customer,
        Note.LONG: len(items) > LONG_INVOICE,
        Note.TWO_TIMESTAMPS: len({line.invoiced_at for line in accepted}) > 1,
        Note.INTERLEAVED: is_interleaved,
        Note.MONEY_ONLY: Rule.GOODS not in rules,
        Note.UNKNOWN_COUNTRY: first.country not in COUNTRY_CODES,
    }
    return Invoice(
        number=first.invoice,
        invoiced_at=min(line.invoiced_at for line in accepted),
        customer=first.customer,
        country=COUNTRY_CODES.get(first.country, ""),
        lines=tuple(items),
        shipping=sum((line.amount for line in shipping), Decimal(0)),
        discount=-sum((line.amount for line in _having(lines, rules, Rule.DISCOUNT)), Decimal(0)),
        notes=frozenset(note for note, applies in notes.items() if applies),
    )
