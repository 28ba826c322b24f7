"""Value that customers hold with us: nobody outside is asked, the ledger moves with the transaction's row.

What is reserved is taken from the balance at once (``orders.services.balance``); captures, voids and refunds go
the way of every other payment, and always succeed.
"""

from typing import ClassVar

from orders.gateways.protocol import Answer, Call, Outcome

GIFT_CARD = "gift_card"
STORE_CREDIT = "store_credit"
STORED = (GIFT_CARD, STORE_CREDIT)


class Stored:
    """See ``Gateway``."""

    is_online: ClassVar[bool] = True

    def authorize(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def capture(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def void(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def refund(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)
