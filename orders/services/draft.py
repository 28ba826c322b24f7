"""Draft orders: begin one, write it anew, take it over, give it up. ``orders.services.place_draft`` places it."""

from collections.abc import Container, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from orders.bundles import sold
from orders.drafts import asked_of, frozen
from orders.errors import ExternalRefInFlight, InvalidRequest
from orders.events import DraftCreated, DraftDiscarded, DraftTakenOver, DraftUpdated
from orders.kernel.actor import Actor, ActorKind
from orders.kernel.errors import at
from orders.kernel.work import emit, work
from orders.locks import locked_lines
from orders.models import Draft, Order, Partner
from orders.requests import OrderRequest
from orders.services.answer_draft import answer_call
from orders.services.change import until_still
from orders.services.close_draft import end_draft, locked_draft
from orders.services.fill_draft import fill_draft
from orders.services.offer import channel_and_method, earlier_use
from orders.services.reserve_draft import unreserve_draft
from orders.states import OrderStatus

LONGEST = timedelta(days=365)
# What a draft has beside its order's request.
OPTIONS = ("reserve_until", "is_frozen", "call_back_at", "discount_reason", "shipping_reason")
_TIMES = ("reserve_until", "call_back_at")
_FIXED = ("channel", "currency", "external_ref", "payment", "payments")
_FIELDS = {field.name for field in fields(OrderRequest)} - set(_FIXED)


def create_draft(
    request: OrderRequest,
    *,
    reserve_until: datetime | None = None,
    is_frozen: bool = False,
    call_back_at: datetime | None = None,
    discount_reason: str = "",
    shipping_reason: str = "",
    reorder_of: Order | None = None,
    partner: Partner | None = None,
    by: Actor,
) -> Draft:
    """Begin an order that only its makers see; with ``reserve_until`` its goods are kept as far as they are there.

    Raises what a placement's look-ups and sums raise, ``InvalidRequest`` for times that have passed and
    ``DuplicateExternalRef``.
    """
    _check_times(reserve_until=reserve_until, call_back_at=call_back_at)

    def once() -> Draft:
        with work(by=by):
            used = earlier_use(partner, request.external_ref)
            if used is not None:
                raise used
            order, expires_at = _begun(request, partner)
            draft = Draft(
                order=order,
                shipping_price=request.shipping_price,
                shipping_tax_rate=request.shipping_tax_rate,
                reserve_until=reserve_until,
                is_frozen=is_frozen,
                call_back_at=call_back_at,
                discount_reason=discount_reason,
                shipping_reason=shipping_reason,
                expires_at=expires_at,
                reorder_of=reorder_of,
                made_by=str(by),
            )
            fill_draft(draft, request, by=by)
            emit(
                DraftCreated(
                    order_id=order.pk,
                    number=order.number,
                    draft=draft.public_id,
                    total=order.total,
                    currency=order.currency,
                    reorder_of=reorder_of.number if reorder_of else "",
                )
            )
            return draft

    try:
        return until_still(once)
    except IntegrityError as error:
        if "order_external_ref_once" not in str(error):
            raise
        raise ExternalRefInFlight(
            "external_ref: another request uses it at this moment; retry shortly.",
            errors=[at("#/external_ref", ExternalRefInFlight.code, "Used by another request.")],
        ) from error


def update_draft(
    draft_id: int, changes: Mapping[str, Any], *, versions: Container[int] | None = None, by: Actor
) -> Draft:
    """Write a draft anew: each of ``changes`` (fields of ``OrderRequest`` and OPTIONS) replaces what was there.

    Prices that nobody gave and that aren't frozen are today's. Staff who write a partner's draft take it over.
    Raises ``Stale``, ``NotADraft`` and what ``create_draft`` raises.
    """
    unknown = changes.keys() - _FIELDS - set(OPTIONS)
    if unknown:
        raise InvalidRequest(f"{sorted(unknown)[0]}: this can't be changed; discard the draft and make another.")
    options = {name: changes[name] for name in OPTIONS if name in changes}
    _check_times(**{name: options[name] for name in _TIMES if name in options})

    def once() -> Draft:
        with work(by=by):
            draft = locked_draft(draft_id, versions=versions)
            order = draft.order
            rows = sold(locked_lines(order.pk))
            shipping_was = draft.shipping_price
            for name, value in {**_unsaid(changes, draft), **options}.items():
                setattr(draft, name, value)
            wanted = replace(
                asked_of(draft, rows), **{name: value for name, value in changes.items() if name in _FIELDS}
            )
            if "call_back_at" in options:
                draft.call_back_asked_at = None
                answer_call(draft, resolution="another time was agreed", by=by)
            if draft.is_frozen:
                wanted = replace(wanted, lines=frozen(wanted.lines, rows))
            for name in ("shipping_price", "shipping_tax_rate"):
                setattr(draft, name, changes.get(name, getattr(draft, name)))
            if "reserve_until" in options and draft.reserve_until is None:
                unreserve_draft(order)
            _take_over(draft, by=by)
            order.version += 1
            fill_draft(draft, wanted, shipping_was=shipping_was, by=by)
            names = tuple(sorted(name for name in changes))
            emit(
                DraftUpdated(
                    order_id=order.pk,
                    number=order.number,
                    draft=draft.public_id,
                    fields=names,
                    total=order.total,
                    currency=order.currency,
                )
            )
            return draft

    return until_still(once)


def take_over_draft(draft_id: int, *, by: Actor) -> Draft:
    """An agent goes on with somebody else's draft; whoever wrote it before is told that theirs is out of date.

    Raises ``NotADraft``.
    """
    with work(by=by):
        draft = locked_draft(draft_id)
        if _take_over(draft, by=by, even_own=True):
            draft.order.version += 1
            draft.order.save(update_fields=["version", "updated_at"])
            draft.save(update_fields=["taken_over_by", "taken_over_at"])
        return draft


def discard_draft(draft_id: int, *, reason: str = "", versions: Container[int] | None = None, by: Actor) -> Draft:
    """Give a draft up: its goods go back on sale, and it is kept as what was not bought. Raises ``NotADraft``."""
    with work(by=by):
        draft = locked_draft(draft_id, versions=versions)
        end_draft(draft, reason=reason, resolution="discarded", by=by)
        emit(DraftDiscarded(order_id=draft.order_id, number=draft.order.number, draft=draft.public_id))
        return draft


def _begun(request: OrderRequest, partner: Partner | None) -> tuple[Order, datetime | None]:
    """An empty order in status draft, and when it ends if nobody places it."""
    channel, _method = channel_and_method(request, partner)
    days = channel.draft_expires_after_days
    order = Order(
        channel=channel,
        partner=partner,
        external_ref=request.external_ref,
        currency=request.currency,
        shipping_policy=request.shipping_policy or channel.shipping_policy,
        status=OrderStatus.DRAFT,
    )
    return order, timezone.now() + timedelta(days=days) if days else None


def _unsaid(changes: Mapping[str, Any], draft: Draft) -> dict[str, str]:
    """The reasons that are gone: another amount than the one that they were given for."""
    unsaid: dict[str, str] = {}
    if changes.get("discount", draft.order.discount) != draft.order.discount:
        unsaid["discount_reason"] = ""
    if changes.get("shipping_price", draft.shipping_price) != draft.shipping_price:
        unsaid["shipping_reason"] = ""
    return unsaid


def _take_over(draft: Draft, *, by: Actor, even_own: bool = False) -> bool:
    """Note that staff go on with what wasn't theirs; says whether that is news. The caller saves."""
    is_theirs = draft.order.partner_id is not None or even_own
    if by.kind != ActorKind.STAFF or not is_theirs or str(by) in (draft.taken_over_by or draft.made_by,):
        return False
    draft.taken_over_by, draft.taken_over_at = str(by), timezone.now()
    emit(DraftTakenOver(order_id=draft.order_id, number=draft.order.number, draft=draft.public_id))
    return True


def _check_times(**times: datetime | None) -> None:
    now = timezone.now()
    errors = [
        at(f"#/{name}", "out_of_range", "Give a time that is still to come, within a year.")
        for name, value in times.items()
        if value is not None and not now < value <= now + LONGEST
    ]
    if errors:
        raise InvalidRequest("Some times have passed or are too far away.", errors=errors)
