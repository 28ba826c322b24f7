"""What the exceptions queue knows: each category's words, severity, next step, and where one click leads.

A row keeps its category's code and a few facts; the words are made when somebody reads them, in their language.
``{amount}`` and other sums are written with the fact ``currency``; ``codes`` name the choices of facts that hold codes,
by path, since some stand on the floors above.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.states import Severity

ORDER, SUBJECT = "order", "subject"  # whose page the one click opens
_TROUBLE = "orders.states.PaymentTrouble"


@dataclass(frozen=True, kw_only=True)
class Category:
    """One kind of question to people.

    ``on`` and ``action`` say where the one click leads: a staff action of the order or of the subject, or its page.
    ``ends`` says when it closes by itself; empty: only a person can know that it is done. ``awaited``: what opens it
    isn't part of the house yet.
    """

    title: Promise
    says: Promise
    next_step: Promise
    severity: Severity
    on: str = SUBJECT
    action: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    next_steps: Mapping[str, Promise] = field(default_factory=dict)  # by the fact ``status``, where it differs
    ends: str = ""
    awaited: bool = False


CATEGORIES: dict[str, Category] = {
    # --- money
    "capture_failed": Category(
        title=_("The gateway refused a charge"),
        says=_("The gateway refused a charge of {amount}."),
        next_step=_("Charge it again, or give the authorisation up and ask for another means of payment."),
        severity=Severity.HIGH,
        action="charge_again",
        ends="the charge succeeds",
    ),
    "void_failed": Category(
        title=_("The gateway kept what is reserved"),
        says=_("The gateway refused to release {amount}."),
        next_step=_("Give the authorisation up at the gateway by hand."),
        severity=Severity.HIGH,
        ends="the gateway releases it",
    ),
    "refund_failed": Category(
        title=_("The gateway refused a refund"),
        says=_("The gateway refused a refund of {amount}."),
        next_step=_("Once the gateway gave up, send it again or pay it back by hand."),
        severity=Severity.HIGH,
        action="retry",
        next_steps={
            "came_back": _("Ask the customer where to send it, then send it again or pay it back by hand."),
        },
        ends="the refund succeeds",
    ),
    "refund_by_hand": Category(
        title=_("Money must be sent back by hand"),
        says=_("{amount} came by bank or in cash and must be sent back."),
        next_step=_("Send it to the customer, then record it on the refund."),
        severity=Severity.HIGH,
        action="record_sent",
        ends="it is recorded as sent",
    ),
    "payment_link_expired": Category(
        title=_("A payment link ran out"),
        says=_("A payment link ran out. {amount} are due."),
        next_step=_("Ask the customer, then send a new link, record the payment, or cancel the order."),
        severity=Severity.MEDIUM,
        on=ORDER,
        action="send_payment_link",
        ends="the order is paid, or another link is sent",
    ),
    "gift_card_unusable": Category(
        title=_("Money went back to a card that can't be used"),
        says=_("{amount} went back to a gift card that has expired or is disabled."),
        next_step=_("Give the card more time, or give the customer store credit instead."),
        severity=Severity.MEDIUM,
        action="top_up",
        ends="the card can be used again",
    ),
    "payment_missing": Category(
        title=_("A payment is missing"),
        says=_("{why}. {amount} are due."),
        next_step=_("Ask the customer for another means of payment and record it, or cancel what hasn't left."),
        severity=Severity.HIGH,
        on=ORDER,
        action="record_payment",
        codes={"why": _TROUBLE},
        ends="nothing is owed any more",
    ),
    "payment_broke_off": Category(
        title=_("A payment broke off"),
        says=_("Asking the gateway broke off {attempts} times: {kind}."),
        next_step=_("Show the log's «payment.broke_off» to whoever runs the system."),
        severity=Severity.HIGH,
        codes={"kind": "orders.states.TransactionKind"},
        ends="the gateway's answer is in",
    ),
    "authorization_expiring": Category(
        title=_("Reserved money is about to lapse"),
        says=_("{amount} are reserved until {until}."),
        next_step=_("Send the goods before that, or ask the customer for another payment."),
        severity=Severity.HIGH,
        ends="the payment is renewed, charged, given up or has lapsed",
    ),
    "chargeback": Category(
        title=_("A customer disputes a payment"),
        says=_("The customer's bank {kind} {amount}. Reason: {reason}. To be answered by: {until}"),
        next_step=_("Answer it at the gateway with proof of delivery, or accept it."),
        severity=Severity.HIGH,
        codes={"kind": "orders.states.DisputeKind"},
        ends="the bank has decided",
    ),
    "chargeback_lost": Category(
        title=_("A dispute was lost"),
        says=_("The customer's bank keeps {amount} for good."),
        next_step=_("Ask the customer for the money, or write it off."),
        severity=Severity.MEDIUM,
    ),
    "refunded_at_gateway": Category(
        title=_("Somebody refunded at the gateway"),
        says=_("{amount} were refunded on the gateway's own pages."),
        next_step=_("Ask who did it and why; cancel or credit what it was for."),
        severity=Severity.MEDIUM,
    ),
    "notice_failed": Category(
        title=_("News of a gateway could not be worked off"),
        says=_("{gateway}, {type}: {error}"),
        next_step=_("Find out why, then process it again."),
        severity=Severity.HIGH,
        action="process_again",
        ends="it is processed",
    ),
    "gateway_mismatch": Category(
        title=_("News of a gateway doesn't fit the payment"),
        says=_("The gateway's books don't fit: {differences}"),
        next_step=_("Compare it with the payment at the gateway."),
        severity=Severity.HIGH,
        action="process_again",
        ends="it fits when it is processed again",
    ),
    "payment_conflict": Category(
        title=_("A payment came that nobody waits for any more"),
        says=_("{amount} were approved at the gateway; the order is {status}."),
        next_step=_("Give it back at the gateway, and ask the customer whether they want to order again."),
        severity=Severity.HIGH,
        codes={"status": "orders.states.OrderStatus"},
    ),
    "partly_paid": Category(
        title=_("The time to pay is over, part of the money is here"),
        says=_("{paid} of {amount} came in time."),
        next_step=_("Ask for the rest and give more time, or cancel the order: what came goes back."),
        severity=Severity.HIGH,
        on=ORDER,
        action="extend",
        ends="the rest is paid, or the order gets more time, is confirmed or cancelled",
    ),
    "reconciliation_difference": Category(
        title=_("The books and the gateway differ"),
        says=_("Our books and the gateway's differ: {differences}"),
        next_step=_("Look at the payment at the gateway; this closes by itself once both agree."),
        severity=Severity.HIGH,
        action="compare",
        ends="both say the same",
    ),
    # --- the order
    "hold_too_old": Category(
        title=_("On hold for a long time"),
        says=_("{reason}: on hold for more than {hours} hours."),
        next_step=_("Clear up what it waits for, then release the hold or cancel the order."),
        severity=Severity.MEDIUM,
        action="release",
        codes={"reason": "orders.states.HoldReason"},
        ends="the hold is released",
    ),
    "draft_expired": Category(
        title=_("A draft expired, and the customer wants to be called"),
        says=_("The draft of {amount} expired."),
        next_step=_("Call the customer; what they still want is ordered again in a new draft. Then log the contact."),
        severity=Severity.MEDIUM,
        on=ORDER,
        action="log_contact",
        ends="a contact is logged, or the draft is begun again",
    ),
    "draft_callback": Category(
        title=_("A draft waits for a call"),
        says=_("The customer of draft {draft} waits for a call."),
        next_step=_("Call the customer, then place the draft, discard it, or log the contact."),
        severity=Severity.MEDIUM,
        ends="a contact is logged, another time is agreed, or the draft is placed or discarded",
    ),
    "contact_callback": Category(
        title=_("A customer was promised a call"),
        says=_("A customer was promised a call. {reason}"),
        next_step=_("Call the customer, then log the contact."),
        severity=Severity.MEDIUM,
        codes={"reason": "orders.states.ContactReason"},
        ends="a contact is logged",
    ),
    "change_requested": Category(
        title=_("The customer asks for a change"),
        says=_("The customer asks for a change."),
        next_step=_("Make the change, or decline it and say why, before the order is packed."),
        severity=Severity.HIGH,
        ends="it is made, declined or withdrawn",
    ),
    "dead_notification": Category(
        title=_("A message was not sent"),
        says=_("A message to the customer could not be sent."),
        next_step=_("Correct the address, then resend the message from the order's page."),
        severity=Severity.MEDIUM,
        action="resend",
        ends="it is sent again",
    ),
    "low_rating": Category(
        title=_("The customer is unhappy"),
        says=_("Rated {rating} of 5. {tags}"),
        next_step=_("Read what they wrote and answer: help, return, or make good."),
        severity=Severity.MEDIUM,
        on=ORDER,
        codes={"tags": "orders.states.FeedbackTag"},
    ),
    # --- the warehouse
    "codes_missing": Category(
        title=_("There are no codes left"),
        says=_("There are no codes left of {skus}."),
        next_step=_("Add codes to the digital good: who waits for one gets it at once."),
        severity=Severity.HIGH,
        on=ORDER,
        ends="there are codes again",
    ),
    "out_of_stock": Category(
        title=_("Goods are nowhere to be found"),
        says=_("{units} of {sku} are nowhere to be found."),
        next_step=_("Receive goods, and the line is filled by itself; or cancel the units."),
        severity=Severity.HIGH,
        on=ORDER,
        action="cancel",
        ends="the line is filled, or its units are cancelled",
    ),
    "substitute_stuck": Category(
        title=_("A silence could not be followed"),
        says=_("The time to answer about {substitute} instead of {sku} is over, and the order could not be changed."),
        next_step=_("Record the customer's answer on the proposal, or withdraw it."),
        severity=Severity.MEDIUM,
        ends="the proposal is settled",
    ),
    "bin_doubted": Category(
        title=_("A bin's count is in doubt"),
        says=_("Bin {bin}: a picker did not find the {units} of {sku} that should be there."),
        next_step=_("Count the bin and adjust its stock. Until then nobody is sent there."),
        severity=Severity.MEDIUM,
        ends="the bin is counted",
    ),
    "supplier_late": Category(
        title=_("A supplier is past its date"),
        says=_("{supplier} has not sent {units} units of {number} that were expected by {day}."),
        next_step=_("Ask the supplier, then move the date, receive the goods or cancel the rest."),
        severity=Severity.HIGH,
        action="move_date",
        ends="the goods are here, another date is named, or nothing is open any more",
    ),
    "receipt_differs": Category(
        title=_("A delivery isn't what was bought"),
        says=_("{number}: {short} short, {over} too many, {damaged} damaged, {wrong} of something else."),
        next_step=_("Settle it with the supplier; book in by hand what you keep of something else."),
        severity=Severity.MEDIUM,
    ),
    # --- shipping
    "no_carrier_service": Category(
        title=_("No carrier service fits"),
        says=_("No carrier service fits this shipment's method, country and weight."),
        next_step=_("Add or widen a carrier service, then want the label again."),
        severity=Severity.HIGH,
        action="want_label",
        ends="a service is found, or the shipment is cancelled",
    ),
    "paper_not_filed": Category(
        title=_("A PDF could not be made or stored"),
        says=_("The PDF of {paper} could not be made or stored."),
        next_step=_("Show the log's «paper_not_filed» to whoever runs the system; it is tried again by itself."),
        severity=Severity.MEDIUM,
        ends="the PDF is filed",
    ),
    "e_invoice_incomplete": Category(
        title=_("An invoice lacks its e-invoice"),
        says=_("{paper} was filed without its e-invoice. {why}"),
        next_step=_("Complete the channel's seller; credit and bill again if the buyer insists."),
        severity=Severity.MEDIUM,
    ),
    "stuck_label": Category(
        title=_("The carrier gives no label"),
        says=_("No label after {attempts} attempts: {error}"),
        next_step=_("Read the carrier's answer, correct address or service, then want the label again."),
        severity=Severity.HIGH,
        ends="the label is bought, or the shipment is cancelled",
    ),
    "parcels_without_shipment": Category(
        title=_("Packed without a shipment"),
        says=_("A shipment was cancelled; its parcels are still packed."),
        next_step=_("Create a new shipment for the fulfillment order, or void its packages."),
        severity=Severity.MEDIUM,
        ends="there is a new shipment, or nothing is left to send",
    ),
    "delivery_trouble": Category(
        title=_("Trouble with the delivery"),
        says=_("The carrier reports {status} for {tracking_number}."),
        next_step=_("Ask the carrier and tell the customer. Is the parcel here again? Then say so: Came back."),
        severity=Severity.HIGH,
        codes={"status": "shipping.states.TrackingStatus"},
        ends="it is delivered, or came back",
    ),
    # --- returns
    "return_waits": Category(
        title=_("A return doesn't move"),
        says=_("A return is {status} for more than {days} days."),
        next_step=_("See what it waits for."),
        next_steps={
            "requested": _("Approve or decline it."),
            "in_transit": _("Look for it at goods-in and ask the customer; what won't come is missing."),
            "partially_received": _("Ask the customer for the rest; what won't come is missing."),
            "received": _("Inspect it, so that the customer gets the refund."),
        },
        severity=Severity.MEDIUM,
        codes={"status": "returns.states.ReturnStatus"},
        ends="it moves on",
    ),
    "return_differs": Category(
        title=_("A return differs from what was announced"),
        says=_("Not what was announced. Missing: {missing}; another item came instead of: {wrong}."),
        next_step=_("Ask the customer what happened, and settle it with them."),
        severity=Severity.MEDIUM,
    ),
    "return_rejected": Category(
        title=_("Goods of a return were not accepted"),
        says=_("{units} of {sku} were not accepted and still belong to the customer."),
        next_step=_("Ask the customer: send them back, or keep and dispose of them."),
        severity=Severity.MEDIUM,
        on=ORDER,
    ),
}
