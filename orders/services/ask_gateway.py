"""Ask a gateway: what a call says, what a payment's own rows say, and what the gateway's books say of a call."""

from dataclasses import replace

from orders.gateways import gateway
from orders.gateways.keys import is_same_call
from orders.gateways.protocol import Answer, Call, KeySpent, NoAnswer, Outcome, Standing, State
from orders.links import return_url
from orders.models import Payment, PaymentTransaction
from orders.states import PaymentStatus, TransactionKind

_STANDING = {
    PaymentStatus.PENDING: Standing.UNKNOWN,
    PaymentStatus.REQUIRES_ACTION: Standing.ACTION_REQUIRED,
    PaymentStatus.AUTHORIZED: Standing.AUTHORIZED,
    PaymentStatus.PARTIALLY_CAPTURED: Standing.AUTHORIZED,
    PaymentStatus.CAPTURED: Standing.CAPTURED,
    PaymentStatus.FAILED: Standing.FAILED,
    PaymentStatus.VOIDED: Standing.VOIDED,
    PaymentStatus.EXPIRED: Standing.VOIDED,
}


def call_of(charge: PaymentTransaction) -> Call:
    """What the gateway is asked; ``charge.payment.order`` must be loaded."""
    payment = charge.payment
    rest = payment.authorized_amount - payment.captured_amount - charge.amount
    is_of_reserved = charge.kind in (TransactionKind.CHARGE, TransactionKind.VOID)
    return Call(
        key=charge.idempotency_key,
        amount=charge.amount,
        currency=payment.currency,
        payment=payment.public_id,
        token=payment.token,
        ref=payment.gateway_ref,
        page_ref=payment.page_ref,
        rest=max(rest, rest * 0) if is_of_reserved else rest * 0,
        about=payment.order.number,
        return_url=return_url(payment),
        is_off_session=payment.renews_id is not None,
    )


def ask_gateway(charge: PaymentTransaction) -> Answer:
    """Have it done. What was asked for before is looked up first: it may have been done without an answer to us, and
    no gateway remembers keys for ever. Raises ``NoAnswer``, and ``KeySpent`` when only a new key can help.
    """
    provider = gateway(charge.payment.gateway)
    is_repeated = charge.attempts > 1 or charge.kind == TransactionKind.AUTHORIZATION
    known = answer_in(fetch_state(charge.payment), charge) if is_repeated else None
    if known is not None:
        return known
    ask = {
        TransactionKind.AUTHORIZATION: provider.authorize,
        TransactionKind.CHARGE: provider.capture,
        TransactionKind.VOID: provider.void,
        TransactionKind.CANCELLATION: provider.void,
        TransactionKind.REFUND: provider.refund,
    }[TransactionKind(charge.kind)]
    try:
        answer = ask(call_of(charge))
    except KeySpent as spent:
        if is_repeated:
            raise
        raise NoAnswer(str(spent)) from spent
    if answer.outcome is Outcome.PENDING and charge.kind != TransactionKind.REFUND:
        raise NoAnswer("it is still working on it")
    return answer


def fetch_state(payment: Payment) -> State:
    """The gateway's books; ``payment.order`` must be loaded. Raises ``NoAnswer``."""
    ours = State(
        standing=_STANDING[PaymentStatus(payment.status)],
        currency=payment.currency,
        authorized=payment.authorized_amount,
        captured=payment.captured_amount,
        refunded=payment.refunded_amount,
        expires_at=payment.expires_at,
        ref=payment.gateway_ref,
    )
    call = Call(
        key=f"{payment.public_id}.authorize",
        amount=payment.amount,
        currency=payment.currency,
        payment=payment.public_id,
        token=payment.token,
        ref=payment.gateway_ref,
        page_ref=payment.page_ref,
        about=payment.order.number,
        return_url=return_url(payment),
        ours=ours,
    )
    return gateway(payment.gateway).fetch(call)


def answer_in(state: State, charge: PaymentTransaction) -> Answer | None:
    """What became of a call, if the gateway's books tell; None when it was not carried out, or not yet."""
    match charge.kind:
        case TransactionKind.AUTHORIZATION:
            return _authorization_in(state)
        case TransactionKind.CHARGE:
            return _capture_in(state, charge)
        case TransactionKind.REFUND:
            return _refund_in(state, charge)
        case TransactionKind.CANCELLATION | TransactionKind.VOID:
            is_gone = state.standing in (Standing.VOIDED, Standing.FAILED, Standing.CAPTURED)
            return Answer(outcome=Outcome.DONE, ref=state.ref) if is_gone else None
    return None


def _authorization_in(state: State) -> Answer | None:
    if state.standing in (Standing.UNKNOWN, Standing.PENDING):
        return None
    outcome = {
        Standing.AUTHORIZED: Outcome.DONE,
        Standing.CAPTURED: Outcome.DONE,
        Standing.ACTION_REQUIRED: Outcome.ACTION_REQUIRED,
    }.get(state.standing, Outcome.REFUSED)
    return Answer(
        outcome=outcome,
        ref=state.ref,
        page_ref=state.page_ref,
        action_url=state.action_url,
        expires_at=state.expires_at,
        error_code=(state.error_code or "refused") if outcome is Outcome.REFUSED else "",
    )


def _capture_in(state: State, charge: PaymentTransaction) -> Answer | None:
    """When nothing is reserved any more, the rest fell away with it."""
    payment = charge.payment
    rest = payment.authorized_amount - payment.captured_amount - charge.amount
    for key, answer in state.captures.items():
        if is_same_call(key, charge.idempotency_key):
            return replace(answer, released=rest) if state.standing is Standing.CAPTURED and rest > 0 else answer
    return None


def _refund_in(state: State, charge: PaymentTransaction) -> Answer | None:
    """A no counts for the very key that it was said to; a yes to an earlier attempt is one all the same."""
    for movement in state.refunds:
        is_this = movement.ref == charge.gateway_ref or movement.key == charge.idempotency_key
        is_earlier = movement.outcome is not Outcome.REFUSED and is_same_call(movement.key, charge.idempotency_key)
        if is_this or is_earlier:
            return Answer(outcome=movement.outcome, ref=movement.ref, error_code=movement.error_code)
    return None
