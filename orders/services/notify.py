"""Owe somebody a message: the row is written with the change that it tells of, and sent after the commit."""

from collections.abc import Mapping
from typing import Any

from orders.kernel.event import plain
from orders.kernel.work import current, owe
from orders.models import Notification
from orders.states import MessageKind


def owe_message(
    *,
    order_id: int | None,
    template: str,
    context: dict[str, Any] | None = None,
    recipient: str = "customer",
    kind: MessageKind = MessageKind.ORDER,
) -> None:
    """Promise one message of this change; a second one to the same recipient by the same template is the first.

    ``template`` names ``templates/<template>.subject.txt``, ``.txt`` and ``.html``; ``context`` holds ids,
    quantities and dates, no personal data: the sender adds order, brand and link when it renders.
    ``recipient`` is ``customer`` or ``mailto:`` and an address of the staff or a supplier. ``kind`` says whether a
    customer may refuse it: the sender asks, so that what isn't sent is seen, too.
    """
    row = Notification(
        order_id=order_id,
        template=template,
        context=plain(context or {}),
        recipient=recipient,
        kind=kind,
        change_set=current().change_set,
    )
    owe(row, bell="notify")


def withdraw_message(*, order_id: int | None, template: str, about: Mapping[str, Any] | None = None) -> None:
    """Take back what this same change promised the customer by ``template`` (and, if given, ``about`` these facts)."""
    rows = current().owed[Notification]
    facts = dict(about or {}).items()
    rows[:] = [
        row
        for row in rows
        if not isinstance(row, Notification)
        or (row.order_id, row.template) != (order_id, template)
        or not facts <= row.context.items()
    ]
