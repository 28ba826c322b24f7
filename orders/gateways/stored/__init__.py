"""Value that customers hold with us: nobody outside is asked, the ledger moves with the transaction's row.

What is reserved is taken from the balance at once (``orders.services.balance``); captures, voids and refunds go
the way of every other payment, and always succeed.
"""

from typing import ClassVar

from orders.gateways.manual import Manual

GIFT_CARD = "gift_card"
STORE_CREDIT = "store_credit"
STORED = (GIFT_CARD, STORE_CREDIT)


class Stored(Manual):
    """See ``Gateway``. It answers as money by hand does, but no person needs to move anything."""

    is_online: ClassVar[bool] = True
