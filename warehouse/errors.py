"""Every refusal of the warehouse floor."""

from orders.kernel.errors import DomainError


class UnknownWarehouse(DomainError):
    code = "unknown_warehouse"
    http_status = 400
    title = "Unknown warehouse"


class UnknownBin(DomainError):
    code = "unknown_bin"
    http_status = 400
    title = "Unknown bin"


class InvalidAdjustment(DomainError):
    code = "invalid_adjustment"
    http_status = 400
    title = "This adjustment makes no sense"


class StockTooLow(DomainError):
    """Goods that are picked, or that the shelf doesn't hold, can't leave the books."""

    code = "stock_too_low"
    title = "There is less than that"


class StockChanged(DomainError):
    """Somebody else moved the same goods at the same moment; trying again is right."""

    code = "stock_changed"
    title = "Stock changed meanwhile"


class NotReleasable(DomainError):
    code = "not_releasable"
    title = "This can't be released to a pick list"


class NotComplete(DomainError):
    """An order that ships complete waits for some of its goods; nothing of it is picked before they are there."""

    code = "not_complete"
    title = "Some of it isn't there yet"


class NotAnswerable(DomainError):
    """The location's answer comes too late, or was given already."""

    code = "not_answerable"
    title = "This can't be accepted or rejected any more"


class NotYourLocation(DomainError):
    """Only who works there accepts and rejects its work."""

    code = "not_your_location"
    http_status = 403
    title = "This is another's work"


class InvalidRule(DomainError):
    code = "invalid_rule"
    http_status = 400
    title = "The rule makes no sense"


class InvalidWave(DomainError):
    code = "invalid_wave"
    http_status = 400
    title = "No wave can be planned by this"


class WaveUnderway(DomainError):
    """Somebody fetches goods of this wave already."""

    code = "wave_underway"
    title = "Somebody is at it already"


class NotPickable(DomainError):
    code = "not_pickable"
    title = "This can't be picked"


class TakenByAnother(DomainError):
    code = "taken_by_another"
    title = "Somebody else works on it"


class WrongScan(DomainError):
    """The code isn't what is wanted now; nothing moved."""

    code = "wrong_scan"
    title = "Wrong scan"


class WrongTote(DomainError):
    """The units belong into another tote, or the tote holds another order; nothing moved."""

    code = "wrong_tote"
    title = "Wrong tote"


class NotUndoable(DomainError):
    code = "not_undoable"
    title = "This can't be undone"


class NotPackable(DomainError):
    code = "not_packable"
    title = "This can't be packed"


class NotSealable(DomainError):
    code = "not_sealable"
    title = "This package can't be sealed"


class WeightMismatch(DomainError):
    """The scale disagrees with the contents: something is missing or too much."""

    code = "weight_mismatch"
    title = "The weight is wrong"


class NotVoidable(DomainError):
    code = "not_voidable"
    title = "This package can't be voided"


class NotShippable(DomainError):
    code = "package_not_shippable"
    title = "This package can't be shipped"


class NotSubstitutable(DomainError):
    code = "not_substitutable"
    title = "Nothing else can be proposed"


class AlreadyAnswered(DomainError):
    """It was answered, or taken back, before."""

    code = "already_answered"
    title = "This question is settled"


class UnknownSupplier(DomainError):
    code = "unknown_supplier"
    http_status = 400
    title = "Unknown supplier"


class InvalidPurchase(DomainError):
    code = "invalid_purchase"
    http_status = 400
    title = "This purchase makes no sense"


class PurchaseNotOpen(DomainError):
    """What is asked isn't possible in this status: it was placed, received or cancelled already, or not yet."""

    code = "purchase_not_open"
    title = "This can't be done with the purchase order now"


class NotPutAway(DomainError):
    code = "not_put_away"
    title = "This can't be put away"


class NotWaiting(DomainError):
    """The units don't wait for goods any more: they came in, or were called off."""

    code = "not_waiting"
    title = "These units don't wait any more"
