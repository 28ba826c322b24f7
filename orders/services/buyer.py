"""Who buys: their addresses and phones are looked at, their row is found or made; part of a placement's look-ups."""

import json

from django.db import connection

from orders.addresses import fingerprint, missing_for_delivery
from orders.errors import AddressIncomplete
from orders.kernel.errors import at
from orders.models import Channel, Customer
from orders.phones import is_nonsense, normal_form
from orders.requests import OrderRequest


def check_people(request: OrderRequest) -> None:
    """Refuse an address that nobody can deliver to, and phones without a digit; the rest is for people to look at.

    Partners' data is messy, and an order must not be lost for a postal code: only a street or city that the
    country's post requires must be there. Raises ``AddressIncomplete``.
    """
    addresses = {"shipping_address": request.shipping_address, "billing_address": request.billing_address or {}}
    missing = [
        at(f"#/{name}/{part}", "required", "Required: the post of that country needs it.")
        for name, address in addresses.items()
        if address
        for part in missing_for_delivery(address)
    ]
    phones = {"customer": request.customer.phone, **{name: a.get("phone", "") for name, a in addresses.items()}}
    missing += [
        at(f"#/{name}/phone", "phone", "Not a phone number: it has no digit. Leave it out if there is none.")
        for name, phone in phones.items()
        if is_nonsense(phone)
    ]
    if missing:
        raise AddressIncomplete("Complete the fields named below.", errors=missing)


# One statement for both: the row of a mail address, made when new (what is known of an old one stays as it is), and
# its address book. A merged one's row sends us on to the survivor; its lock makes a merge wait for this order, or
# this order for the merge.
_BUYING = """
    WITH buyer AS (
        INSERT INTO orders_customer AS known
            (email, name, phone, phone_e164, language, notification_preferences, tags, created_at)
        VALUES (%(email)s, %(name)s, %(phone)s, %(phone_e164)s, %(language)s, '{}', '{}', statement_timestamp())
        ON CONFLICT (email) DO UPDATE SET name = known.name
        RETURNING COALESCE(merged_into_id, id) AS id
    ), book AS (
        INSERT INTO orders_customeraddress (customer_id, fingerprint, label, address, last_used_at)
        SELECT buyer.id, told.fingerprint, '', told.address, statement_timestamp()
        FROM buyer, unnest(%(fingerprints)s::text[], %(addresses)s::jsonb[]) AS told(fingerprint, address)
        ORDER BY told.fingerprint
        ON CONFLICT (customer_id, fingerprint) DO UPDATE SET last_used_at = EXCLUDED.last_used_at
    )
    SELECT id FROM buyer
"""


_KEEPING = """
    INSERT INTO orders_customeraddress (customer_id, fingerprint, label, address, last_used_at)
    SELECT %(customer)s, told.fingerprint, '', told.address, statement_timestamp()
    FROM unnest(%(fingerprints)s::text[], %(addresses)s::jsonb[]) AS told(fingerprint, address)
    ORDER BY told.fingerprint
    ON CONFLICT (customer_id, fingerprint) DO UPDATE SET last_used_at = EXCLUDED.last_used_at
"""


def buying_customer(request: OrderRequest, channel: Channel, *, keeps_addresses: bool = True) -> Customer:
    """The customer of that mail address or whom it was merged into, made when new, with the addresses in their book.

    Without ``keeps_addresses`` these are left for later: those of a draft may be half typed.
    """
    buyer = request.customer
    customer = Customer(
        email=buyer.email.lower(),
        name=buyer.name,
        phone=buyer.phone,
        phone_e164=normal_form(buyer.phone, str(request.shipping_address.get("country", ""))),
        language=buyer.language or channel.default_language,
    )
    book = _book(request) if keeps_addresses else {}
    with connection.cursor() as cursor:
        cursor.execute(
            _BUYING,
            {
                "email": customer.email,
                "name": customer.name,
                "phone": customer.phone,
                "phone_e164": customer.phone_e164,
                "language": customer.language,
                "fingerprints": list(book),
                "addresses": list(book.values()),
            },
        )
        customer.pk = cursor.fetchone()[0]
    customer._state.adding = False
    return customer


def keep_addresses(request: OrderRequest, customer_id: int) -> None:
    """Put the addresses of an order that was a draft into its customer's book. Its lock makes a merge wait."""
    book = _book(request)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEPING, {"customer": customer_id, "fingerprints": list(book), "addresses": list(book.values())}
        )


def _book(request: OrderRequest) -> dict[str, str]:
    return {fingerprint(a): json.dumps(dict(a)) for a in (request.shipping_address, request.billing_address) if a}
