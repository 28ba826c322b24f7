"""What the exceptions queue asks of people, in their language: each category's name, and what to do about it.

The row keeps the details, as they were when it was opened, in English.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.models import ProcessException

_WORDS: dict[str, tuple[Promise, Promise]] = {
    "capture_failed": (
        _("The gateway refused a charge"),
        _("Charge it again, or give the authorisation up and ask for another means of payment."),
    ),
    "codes_missing": (
        _("There are no codes left"),
        _("Add codes to the digital good: who waits for one gets it at once."),
    ),
    "dead_notification": (
        _("A message was not sent"),
        _("Correct the address, then resend the message from the order's page."),
    ),
    "delivery_trouble": (
        _("Trouble with the delivery"),
        _("Ask the carrier, tell the customer, and send the goods again or refund them."),
    ),
    "low_rating": (
        _("The customer is unhappy"),
        _("Read what they wrote and answer: help, return, or make good."),
    ),
    "no_carrier_service": (
        _("No carrier service fits"),
        _("Add or widen a carrier service, then want the label again."),
    ),
    "out_of_stock": (
        _("Goods are nowhere to be found"),
        _("Receive goods, and the line is filled by itself; or cancel the units."),
    ),
    "parcels_without_shipment": (
        _("Packed without a shipment"),
        _("Create a new shipment for the fulfillment order, or void its packages."),
    ),
    "payment_broke_off": (
        _("A payment broke off"),
        _("Show the log's «payment.broke_off» to whoever runs the system."),
    ),
    "payment_missing": (
        _("A payment is missing"),
        _("Ask the customer for another means of payment and record it, or cancel what hasn't left."),
    ),
    "refund_by_hand": (
        _("Money must be sent back by hand"),
        _("Send it to the customer, then record it on the refund."),
    ),
    "refund_failed": (
        _("The gateway refused a refund"),
        _("Once the gateway gave up, send it again or pay it back by hand."),
    ),
    "return_differs": (
        _("A return differs from what was announced"),
        _("Ask the customer what happened, and settle it with them."),
    ),
    "return_not_refunded": (
        _("A return could not be refunded"),
        _("See why the payment is missing, then grant the refund by hand."),
    ),
    "stuck_label": (
        _("The carrier gives no label"),
        _("Read the carrier's answer, correct address or service, then want the label again."),
    ),
    "void_failed": (
        _("The gateway kept what is reserved"),
        _("Give the authorisation up at the gateway by hand."),
    ),
}


def category_words(category: str) -> str:
    """The name of a category."""
    known = _WORDS.get(category)
    return str(known[0]) if known else category.replace("_", " ").capitalize()


def next_step(row: ProcessException) -> str:
    """What to do now."""
    known = _WORDS.get(row.category)
    return str(known[1]) if known else row.next_action
