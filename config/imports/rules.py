"""Every name by which a line of an imported file is accepted or rejected, and what is noted about an invoice.

The sentences are documentation: `docs/import.md` repeats them (a test compares), rejects files quote them.
"""

from enum import Enum


class Rule(Enum):
    """What happened to a line: exactly one of these, so the counts add up to the file's."""

    GOODS = "goods", "An article that was sold: it becomes a line of the order."
    SHIPPING = "shipping", "Postage or carriage (POST, DOT, C2): it becomes the order's shipping price."
    CHARGE = (
        "charge",
        "Money asked for something else than goods (M, BANK CHARGES): it becomes a line of its own.",
    )
    DISCOUNT = "discount", "Money taken off (D): it becomes the order's discount."

    BLANK_LINE = "blank_line", "There is nothing on the line."
    TOO_LONG = "too_long", "The line or one of its columns is longer than any real one."
    BAD_ENCODING = "bad_encoding", "The line isn't UTF-8."
    CONTROL_CHARACTER = "control_character", "A NUL or another control character stands in the line."
    BAD_COLUMNS = (
        "bad_columns",
        "The line doesn't have the header's columns, or a quotation mark isn't closed.",
    )
    BAD_INVOICE_NUMBER = (
        "bad_invoice_number",
        "The invoice number isn't digits, with or without a letter in front.",
    )
    BAD_STOCK_CODE = "bad_stock_code", "The stock code is missing."
    BAD_QUANTITY = "bad_quantity", "The quantity isn't a whole number from 1 to 1,000,000, or its negative."
    BAD_DATE = "bad_date", "The date isn't YYYY-MM-DD HH:MM:SS, or lies before 1970 or in the future."
    BAD_PRICE = "bad_price", "The price isn't a plain decimal number below a million."
    SUB_PENNY_PRICE = (
        "sub_penny_price",
        "The price has fractions of a penny, which no sum to the penny can hold.",
    )
    HUGE_AMOUNT = "huge_amount", "Quantity times price is ten million or more: a slip of the keyboard."
    BAD_CUSTOMER = "bad_customer", "The customer's number isn't digits."

    CREDIT_INVOICE = (
        "credit_invoice",
        "An invoice with C takes back an earlier one; history has no returns to match it to.",
    )
    EXACT_DUPLICATE = (
        "exact_duplicate",
        "The invoice has this very line already, equal in every column; the first one counts.",
    )
    LATE_LINE = "late_line", "More than 5,000 lines lie between this line and the rest of its invoice."
    OVERLONG_INVOICE = (
        "overlong_invoice",
        "The invoice has 10,000 lines already: that isn't one order any more.",
    )
    MIXED_INVOICE = "mixed_invoice", "The invoice's first line names another customer or country."
    BOOKKEEPING = (
        "bookkeeping",
        "The merchant's own books, not a sale: fees, samples, donations, bad debts, tests.",
    )
    UNMATCHED_DISCOUNT = (
        "unmatched_discount",
        "The discount isn't below zero, or is more than the goods it is taken from.",
    )
    NEGATIVE_PRICE = "negative_price", "A price below zero is a correction of the books, not a sale."
    NEGATIVE_QUANTITY = (
        "negative_quantity",
        "A negative quantity on an ordinary invoice writes off stock, nobody bought it.",
    )
    ZERO_PRICE = "zero_price", "A price of zero marks a stock note, a sample or a gift: no money moved."
    RECORDED_DIFFERENTLY = (
        "recorded_differently",
        "The invoice was recorded before with another total; what is recorded stays.",
    )

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence

    @property
    def accepts(self) -> bool:
        """Whether the line's money is in the order."""
        return self in _ACCEPTING


_ACCEPTING = frozenset({Rule.GOODS, Rule.SHIPPING, Rule.CHARGE, Rule.DISCOUNT})


class Note(Enum):
    """What is unusual about an accepted invoice. It is counted and shown, and rejects nothing."""

    GUEST = "guest", "No customer is named: a guest's order, for without it the month's money would be wrong."
    LONG = "long", "More than 200 lines: the limit for new orders doesn't bind history."
    TWO_TIMESTAMPS = (
        "two_timestamps",
        "Its lines have more than one timestamp: the earliest is when it was placed.",
    )
    INTERLEAVED = "interleaved", "Lines of another invoice stand between its own: they are put together."
    MONEY_ONLY = (
        "money_only",
        "No goods: its charges are the order's lines, and its shipping is when there is nothing else.",
    )
    UNKNOWN_COUNTRY = "unknown_country", "The country has no ISO code: the address is left without one."

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
