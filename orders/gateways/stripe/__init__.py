"""Stripe: cards and wallets by the shop's token, or on Stripe's own page when there is none.

Money is always reserved first (manual capture). A token is ``pm_…`` (good for one payment) or ``cus_…/pm_…`` (kept by
the customer for later: such an authorisation can be renewed without them).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from orders.gateways.protocol import Answer, Call, Notice, Outcome, Standing, State
from orders.gateways.stripe import notices
from orders.gateways.stripe.amounts import Unpayable, from_units, noted, to_units
from orders.gateways.stripe.client import Refusal, ask
from orders.gateways.stripe.state import action_url, capture_before, captures_often, find, own_part, refund_of

_EXPAND = {"expand": ["latest_charge"]}
_OVER = ("canceled", "succeeded")  # nothing is reserved any more
_ANSWER = {
    "requires_capture": Outcome.DONE,
    "requires_action": Outcome.ACTION_REQUIRED,
    "processing": Outcome.PENDING,
}
_NOT_PAYABLE = Answer(outcome=Outcome.REFUSED, error_code="amount_not_payable", is_final=True)


class Stripe:
    """See ``Gateway``."""

    is_online: ClassVar[bool] = True
    has_page: ClassVar[bool] = True
    holds_for: ClassVar[timedelta | None] = timedelta(days=7)

    def authorize(self, call: Call) -> Answer:
        try:
            return self._reserve(call) if call.token else self._page(call)
        except Unpayable:
            return _NOT_PAYABLE
        except Refusal as refusal:
            return Answer(outcome=Outcome.REFUSED, error_code=refusal.error_code, ref=refusal.ref)

    def capture(self, call: Call) -> Answer:
        """Where a card is captured only once, the rest of its authorisation falls away: the answer says how much."""
        try:
            units = to_units(call.amount, call.currency)
            params: dict[str, Any] = {"amount_to_capture": units, "metadata": {own_part(call): str(units)}}
            if call.rest and captures_often(self._intent(call.ref)):
                params["final_capture"] = False
            intent = ask(lambda c: c.v1.payment_intents.capture(call.ref, params=params, options=_once(call)))
        except Unpayable:
            return _NOT_PAYABLE
        except Refusal as refusal:
            return Answer(outcome=Outcome.REFUSED, error_code=refusal.error_code)
        left = from_units(intent.amount_capturable or 0, call.currency)
        return Answer(outcome=Outcome.DONE, ref=call.ref, released=max(call.rest - left, call.rest * 0))

    def void(self, call: Call) -> Answer:
        """All of what is left is cancelled. Part of it can't be given back before the last capture: it is noted."""
        if not call.ref and not call.page_ref:
            return Answer(outcome=Outcome.DONE)  # Stripe never heard of it
        try:
            if not call.ref and call.page_ref:
                return self._close_page(call)
            if call.rest:
                note = {own_part(call): noted(call.amount, call.currency)}
                ask(lambda c: c.v1.payment_intents.update(call.ref, params={"metadata": note}, options=_once(call)))
            else:
                ask(lambda c: c.v1.payment_intents.cancel(call.ref, options=_once(call)))
        except Refusal as refusal:
            if refusal.error_code != "payment_intent_unexpected_state" or self._intent(call.ref).status not in _OVER:
                return Answer(outcome=Outcome.REFUSED, error_code=refusal.error_code)
        return Answer(outcome=Outcome.DONE, ref=call.ref)

    def refund(self, call: Call) -> Answer:
        try:
            params = {
                "payment_intent": call.ref,
                "amount": to_units(call.amount, call.currency),
                "metadata": {"key": call.key, "payment": call.payment},
            }
            made = ask(lambda c: c.v1.refunds.create(params=params, options=_once(call)))
        except Unpayable:
            return _NOT_PAYABLE
        except Refusal as refusal:
            return Answer(outcome=Outcome.REFUSED, error_code=refusal.error_code)
        known = refund_of(made, call.currency)
        return Answer(outcome=known.outcome, ref=known.ref, error_code=known.error_code)

    def fetch(self, call: Call) -> State:
        try:
            return find(call)
        except Refusal:  # no such intent in this account
            return State(standing=Standing.UNKNOWN)

    def is_reusable(self, token: str) -> bool:
        return "/" in token

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:
        return notices.read(body, headers.get("Stripe-Signature", ""))

    def mismatch(self, notice: Notice) -> str:
        return notices.mismatch(notice)

    def _reserve(self, call: Call) -> Answer:
        customer, _, method = call.token.rpartition("/")
        params: dict[str, Any] = {
            "amount": to_units(call.amount, call.currency),
            "currency": call.currency.lower(),
            "capture_method": "manual",
            "confirm": True,
            "payment_method": method,
            "metadata": {"payment": call.payment},
            "payment_method_options": {"card": {"request_multicapture": "if_available"}},
            **_EXPAND,
        }
        if customer:
            params["customer"] = customer
        if call.is_off_session:
            params |= {"off_session": True, "payment_method_types": ["card"]}
        else:
            params |= {"return_url": call.return_url, "automatic_payment_methods": {"enabled": True}}
        intent = ask(lambda c: c.v1.payment_intents.create(params=params, options=_once(call)))
        outcome = _ANSWER.get(intent.status, Outcome.REFUSED)
        return Answer(
            outcome=outcome,
            ref=intent.id,
            action_url=action_url(intent),
            expires_at=capture_before(intent),
            error_code=intent.status if outcome is Outcome.REFUSED else "",
        )

    def _page(self, call: Call) -> Answer:
        item = {
            "quantity": 1,
            "price_data": {
                "currency": call.currency.lower(),
                "unit_amount": to_units(call.amount, call.currency),
                "product_data": {"name": call.about or call.payment},
            },
        }
        params = {
            "mode": "payment",
            "line_items": [item],
            "client_reference_id": call.payment,
            "metadata": {"payment": call.payment},
            "payment_intent_data": {"capture_method": "manual", "metadata": {"payment": call.payment}},
            "payment_method_options": {"card": {"request_multicapture": "if_available"}},
            "success_url": call.return_url,
            "cancel_url": call.return_url,
        }
        page = ask(lambda c: c.v1.checkout.sessions.create(params=params, options=_once(call)))
        return Answer(outcome=Outcome.ACTION_REQUIRED, page_ref=page.id, action_url=page.url or "")

    def _close_page(self, call: Call) -> Answer:
        """A page that was paid meanwhile can't be closed: what it reserved is cancelled instead."""
        page = ask(lambda c: c.v1.checkout.sessions.retrieve(call.page_ref))
        if page.status == "open":
            ask(lambda c: c.v1.checkout.sessions.expire(call.page_ref, options=_once(call)))
        elif page.payment_intent and page.status == "complete":
            ask(lambda c: c.v1.payment_intents.cancel(page.payment_intent, options=_once(call)))
        return Answer(outcome=Outcome.DONE, ref=page.payment_intent or page.id)

    def _intent(self, ref: str) -> Any:
        return ask(lambda c: c.v1.payment_intents.retrieve(ref, params=_EXPAND))


def _once(call: Call) -> dict[str, str]:
    return {"idempotency_key": call.key}
