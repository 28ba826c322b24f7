"""Money that people move: bank transfer, cash on delivery. Staff record it; giving it back is recorded too."""

from typing import ClassVar

from orders.gateways.protocol import Answer, Call, Outcome


class Manual:
    """See ``Gateway``. Nobody is asked: whoever records the movement has made it."""

    is_online: ClassVar[bool] = False

    def authorize(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def capture(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def void(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)

    def refund(self, call: Call) -> Answer:
        return Answer(outcome=Outcome.DONE, ref=call.key)
