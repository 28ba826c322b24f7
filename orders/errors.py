"""Every refusal of the ground floor."""

from typing import ClassVar

from orders.kernel.errors import DomainError


class InvalidRequest(DomainError):
    code = "invalid"
    http_status = 400
    title = "The request is not valid"


class UnknownChannel(DomainError):
    code = "unknown_channel"
    http_status = 400
    title = "Unknown channel"


class UnknownProduct(DomainError):
    code = "unknown_product"
    http_status = 400
    title = "Unknown product"


class UnknownShippingMethod(DomainError):
    code = "unknown_shipping_method"
    http_status = 400
    title = "Unknown shipping method"


class AddressIncomplete(DomainError):
    code = "address_incomplete"
    http_status = 400
    title = "The address can't be delivered to"


class WrongCurrency(DomainError):
    code = "wrong_currency"
    http_status = 400
    title = "Wrong currency"


class UnknownGateway(DomainError):
    code = "unknown_gateway"
    http_status = 400
    title = "Unknown payment gateway"


class DuplicateExternalRef(DomainError):
    code = "duplicate_external_ref"
    title = "This external_ref was used before"


class ExternalRefInFlight(DomainError):
    """Another request places an order with it and waits for its gateway; only its outcome says what to answer."""

    code = "external_ref_in_flight"
    title = "An order with this external_ref is still being placed"


class OutOfStock(DomainError):
    code = "out_of_stock"
    title = "Out of stock"


class StockContention(DomainError):
    """Too many buyers at once for the same units; trying again is right."""

    code = "stock_contention"
    title = "Stock is changing too fast"


class PaymentDeclined(DomainError):
    code = "payment_declined"
    http_status = 402
    title = "Payment declined"


class GatewayUnavailable(DomainError):
    """The gateway gave no answer; the order is settled later, and the same key then gets the answer."""

    code = "gateway_unavailable"
    http_status = 503
    title = "The payment gateway did not answer"


class NotCancellable(DomainError):
    code = "not_cancellable"
    title = "This can no longer be cancelled"


class NotChangeable(DomainError):
    code = "not_changeable"
    title = "This can no longer be changed"


class NotADraft(DomainError):
    code = "not_a_draft"
    title = "This draft is placed or over"


class PricesChanged(DomainError):
    """The catalogue moved since the draft was last saved: nobody pays a price that they haven't seen."""

    code = "prices_changed"
    title = "Prices have changed"


class AlreadyRequested(DomainError):
    code = "already_requested"
    title = "A change was asked for before"


class NotRequested(DomainError):
    code = "not_requested"
    title = "Nobody waits for an answer to this change"


class NotReorderable(DomainError):
    code = "not_reorderable"
    title = "This order can't be repeated"


class NotConfirmable(DomainError):
    code = "not_confirmable"
    title = "This order can't be confirmed"


class NotExtendable(DomainError):
    code = "not_extendable"
    title = "This order can't get more time"


class NotPayable(DomainError):
    code = "not_payable"
    title = "This payment can't be recorded"


class PaymentInFlight(DomainError):
    """A gateway is being asked for what this payment would pay; its answer decides what is left."""

    code = "payment_in_flight"
    title = "Another payment is being made"


class AmountChanged(DomainError):
    code = "amount_changed"
    title = "The amount has changed"


class NoWayToPay(DomainError):
    """A link would lead to a page without a form: the channel has neither a bank account nor another gateway."""

    code = "no_way_to_pay"
    title = "Customers of this channel have no way to pay"


class PaymentLinkClosed(DomainError):
    code = "payment_link_closed"
    title = "This payment link is closed"


class BalanceRefused(DomainError):
    code = "balance_refused"
    title = "This balance can't be changed so"


class TooManyTries(DomainError):
    code = "too_many_tries"
    http_status = 429
    title = "Too many wrong codes"


class NoticeSettled(DomainError):
    code = "notice_settled"
    title = "This news was worked off before"


class NotRefundable(DomainError):
    code = "not_refundable"
    title = "This can't be refunded"


class NotBillable(DomainError):
    code = "not_billable"
    title = "This can't be billed"


class SeriesConflict(DomainError):
    """Two series would print the same number."""

    code = "series_conflict"
    title = "Two series of legal papers have one prefix"


class PaperMissing(DomainError):
    """The storage doesn't give the file that was put into it; nothing else is handed out in its place."""

    code = "paper_missing"
    http_status = 503
    title = "This paper can't be read right now"


class NotHoldable(DomainError):
    code = "not_holdable"
    title = "This order can't be held"


class AlreadyReleased(DomainError):
    code = "already_released"
    title = "This hold was released before"


class OnHold(DomainError):
    code = "on_hold"
    title = "The order is on hold"


class NotSnoozable(DomainError):
    code = "not_snoozable"
    title = "This can't be put aside"


class NotAssignable(DomainError):
    code = "not_assignable"
    title = "Nobody has to look after this"


class AlreadyTaken(DomainError):
    code = "already_taken"
    title = "Somebody else looks after this"


class FeedbackRefused(DomainError):
    code = "feedback_refused"
    title = "Feedback can't be given now"


class NoAddress(DomainError):
    code = "no_address"
    title = "There is no address to write to"


class TooManyCodes(DomainError):
    code = "too_many_codes"
    http_status = 429
    title = "Too many codes were asked for"


class WrongCode(DomainError):
    code = "wrong_code"
    http_status = 422
    title = "The code is wrong"


class Stale(DomainError):
    code = "stale"
    http_status: ClassVar[int] = 412
    title = "Somebody else changed it meanwhile"


class NotMergeable(DomainError):
    code = "not_mergeable"
    title = "These customers can't be merged"


class NotErasable(DomainError):
    code = "not_erasable"
    title = "This customer can't be erased yet"


class AddressTaken(DomainError):
    code = "address_taken"
    title = "This customer has this address already"


class NotFound(DomainError):
    code = "not_found"
    http_status = 404
    title = "Not found"


class IdempotencyKeyRequired(DomainError):
    code = "idempotency_key_required"
    http_status = 400
    title = "Idempotency-Key required"


class IdempotencyConflict(DomainError):
    code = "idempotency_conflict"
    http_status = 422
    title = "This Idempotency-Key was used before"


class IdempotencyInFlight(DomainError):
    code = "idempotency_in_flight"
    title = "The first request is still being worked on"


class JobLost(DomainError):
    """A worker came back late: its lease had run out, and another one has the job."""

    code = "job_lost"
    title = "Somebody else works on this"


class NotImportable(DomainError):
    """The file isn't what its format says; nothing of it was imported."""

    code = "not_importable"
    http_status = 422
    title = "This file can't be imported"


class NotExportable(DomainError):
    code = "not_exportable"
    http_status = 422
    title = "This can't be exported"
