"""Every name by which a row of a shop's export, or of our own files, is rejected, and what is noted about others.

The sentences are documentation: `docs/import.md` repeats them (a test compares), rejects files begin with them.
"""

from enum import Enum


class Fault(Enum):
    """Why a row isn't in. Exactly one of these, so that accepted and rejected rows add up to the file's."""

    BAD_ENCODING = "bad_encoding", "The row isn't UTF-8."
    CONTROL_CHARACTER = "control_character", "A NUL or another control character stands in it."
    BAD_COLUMNS = "bad_columns", "The row doesn't have the header's columns."
    BAD_JSON = "bad_json", "The line isn't a JSON object with the documented members."
    MANGLED_NUMBER = (
        "mangled_number",
        "A spreadsheet has rounded a long number (4.00638E+12): export it again and don't open the file meanwhile.",
    )
    BAD_VALUE = "bad_value", "A column can't be read, or holds more than it may."
    MISSING_VALUE = "missing_value", "A column that must say something is empty."

    NO_FIRST_ROW = "no_first_row", "The row continues something that doesn't stand above it."
    NO_SKU = "no_sku", "There is no SKU, so nobody could pick it."
    REPEATED = "repeated", "The file has this one already; the first counts."
    NO_LINES = "no_lines", "The order has no line that could be read."
    SUMS_DIFFER = "sums_differ", "Lines, shipping, taxes and discounts don't add up to the total."
    OTHER_CURRENCY = "other_currency", "It is in another currency than the channel."
    RECORDED_DIFFERENTLY = (
        "recorded_differently",
        "It was recorded before with other money; what is recorded stays.",
    )
    STILL_OPEN = (
        "still_open",
        "It is paid and hasn't left: import it with --open, or once it has been sent.",
    )
    NOT_PAID = "not_paid", "It hasn't left and isn't paid: settle or cancel it where it was made, then export again."
    PARTLY_SENT = "partly_sent", "Some of it has left: finish it where it was made, then export again."
    REFUSED = "refused", "The order can't be placed here."
    UNKNOWN_SHIPPING_METHOD = (
        "unknown_shipping_method",
        "No shipping method here has that name or code: make one, or say --shipping-method.",
    )
    NOT_STOCKABLE = "not_stockable", "Only simple and variable products can lie on a shelf."
    UNKNOWN_PARENT = "unknown_parent", "The variation's parent doesn't stand above it."
    UNKNOWN_TAX_CLASS = "unknown_tax_class", "Nobody said the rate of this tax class: --tax-rate CLASS=RATE."
    NOT_SOLD_SO = "not_sold_so", "The product can't be sold in this way."
    STOCK_REFUSED = "stock_refused", "The product is in, its opening stock isn't."

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence


class Remark(Enum):
    """What is unusual about something accepted. It is counted and shown, and rejects nothing."""

    SKU_MADE = "sku_made", "It has no SKU; one was made from its name."
    ODD_BARCODE = "odd_barcode", "Its barcode is no GTIN; it is kept in the product's metadata."
    NO_TAX_RATE = "no_tax_rate", "Nothing says its tax rate: it is 0 until somebody sets it."
    NO_EMAIL = "no_email", "It has no mail address: a guest's order."
    UNKNOWN_COUNTRY = "unknown_country", "Its country is no ISO code: the address is left without one."
    SALE_PRICE = "sale_price", "The sale price holds now; the regular one is in its metadata."
    NOT_PAID_BACK = "not_paid_back", "It was cancelled, and not all of its money went back."
    UNPAID = "unpaid", "It was sent and isn't paid, or not in full."
    STOCK_KNOWN = "stock_known", "The warehouse knows the product already: its opening stock stays as it is."
    STOCK_SET = "stock_set", "Its opening stock was booked."
    DISCOUNTED_SHIPPING = "discounted_shipping", "The discount was taken off the shipping."

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence


class Refused(Exception):
    """A row is rejected; ``detail`` says which column and what stands there."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        self.fault = fault
        self.detail = detail
        super().__init__(detail or fault.sentence)

    @property
    def reason(self) -> str:
        """The rule's sentence, and what it was about."""
        return f"{self.fault.sentence} ({self.detail})" if self.detail else self.fault.sentence
