"""A person whose every word says who they are, and a look through the whole database for what is left of them."""

import json
from decimal import Decimal
from typing import Any

from django.db import connection

from orders.change_requests import SetBillingAddress
from orders.drafts import DraftLine
from orders.kernel.actor import CUSTOMER, SYSTEM
from orders.kernel.work import work
from orders.locks import locked_order
from orders.mailer import send_due_messages
from orders.models import Draft, Order
from orders.requests import Buyer
from orders.services.change import change_order
from orders.services.draft import create_draft, discard_draft
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.feedback import give_feedback
from orders.services.gift_card import issue_gift_card
from orders.services.grant_credit import grant_credit
from orders.services.hold import hold_order, release_hold
from orders.services.log_contact import log_contact
from orders.services.refund import grant_refund
from orders.services.send_code import send_code
from orders.services.settle import settle_payments
from orders.states import ContactChannel, ContactDirection, ContactReason, HoldReason
from tests.factories.orders import ADDRESS, ChannelFactory, ProductFactory
from tests.factories.shipping import confirmed_order, delivered, stocked
from tests.orders.requests import an_order

MARK = "Zanzibarella"
EMAIL = f"{MARK.lower()}@example.com"
PHONE = "+49 151 98765432"
PLACE = {part: f"{MARK} {part}" for part in ("name", "company", "line1", "line2", "city", "region")}


def customers_order(**changes: Any) -> Order:
    """An order that arrived, with everything that a person can say or be told about it."""
    address = ADDRESS | PLACE | {"phone": PHONE}
    buyer = Buyer(email=EMAIL, name=f"{MARK} Byron", phone=PHONE, language="de")
    order = confirmed_order(
        [(stocked(ProductFactory()), 2)],
        customer=buyer,
        shipping_address=address,
        billing_address=address | {"line1": f"{MARK} other"},
        note=f"For {MARK}",
        tags=(MARK,),
        metadata={"gift": {"to": MARK}},
        **changes,
    )
    change_order(
        order.pk, [SetBillingAddress(address=address | {"line1": f"{MARK} moved"})], note=f"{MARK} called", by=SYSTEM
    )
    log_contact(
        customer_id=order.customer_id,
        order_id=order.pk,
        direction=ContactDirection.INBOUND,
        channel=ContactChannel.PHONE,
        reason=ContactReason.OTHER,
        note=f"{MARK} called",
        by=SYSTEM,
    )
    grant_credit(
        order.customer_id, channel_id=order.channel_id, amount=Decimal(1), reason="goodwill", note=MARK, by=SYSTEM
    )
    issue_gift_card(order.channel_id, amount=Decimal(1), email=EMAIL, note=f"for {MARK}", by=SYSTEM)
    hold = hold_order(order.pk, reason=HoldReason.OTHER, note=f"{MARK} called", by=SYSTEM)
    release_hold(hold.public_id, by=SYSTEM)
    send_code(order.pk, by=CUSTOMER)
    delivered(order)
    give_feedback(order.pk, rating=5, comment=f"{MARK} was happy", by=CUSTOMER)
    grant_refund(order.pk, amount=Decimal(1), reason="goodwill", note=f"{MARK} asked", by=SYSTEM)
    settle_payments(order.pk)
    with work(by=SYSTEM):
        locked_order(order.pk)
        about = {"category": "low_rating", "subject_kind": "order", "subject_id": order.number}
        open_exception(order_id=order.pk, facts={"comment": f"{MARK} is cross"}, by=SYSTEM, **about)
        resolve_exceptions(resolution=f"{MARK} is fine", by=SYSTEM, **about)
    send_due_messages()
    order.refresh_from_db()
    return order


def customers_draft() -> Draft:
    """What the same person nearly ordered, at a price that they haggled for."""
    product = stocked(ProductFactory())
    ChannelFactory()
    wanted = DraftLine(sku=product.sku, quantity=1, unit_price=Decimal(1), reason=f"{MARK} haggled")
    buyer = Buyer(email=EMAIL, name=f"{MARK} Byron", phone=PHONE, language="de")
    request = an_order(wanted, customer=buyer, shipping_address=ADDRESS | PLACE, shipping_method="")
    return discard_draft(create_draft(request, by=SYSTEM).pk, reason=f"{MARK} thinks about it", by=SYSTEM)


def found_in(mark: str = MARK) -> dict[str, int]:
    """Rows of every table in which ``mark`` stands anywhere, as text or as bytes, in whatever case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        hits = {}
        for table in tables:
            # bytes read as hex
            sql = f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s OR t::text LIKE %s"
            cursor.execute(sql, [f"%{mark}%", f"%{mark.encode().hex()}%"])
            if n := cursor.fetchone()[0]:
                hits[table] = n
    return hits


def read(chunks: Any) -> dict[str, Any]:
    """An export as JSON."""
    told: dict[str, Any] = json.loads("".join(chunks))
    return told
