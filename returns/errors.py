"""Every refusal of the returns floor; customers read them, so they are in the reader's language."""

from orders.kernel.errors import DomainError


class NotReturnable(DomainError):
    code = "not_returnable"
    title = "This can't be returned"


class WrongReturnStatus(DomainError):
    code = "wrong_return_status"
    title = "The return is past that"


class InvalidReceipt(DomainError):
    code = "invalid_receipt"
    http_status = 400
    title = "This can't be what came back"
