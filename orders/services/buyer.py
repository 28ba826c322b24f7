"""Who buys: their addresses and phones are looked at, their row is found or made; part of a placement's look-ups."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection

from orders.addresses import fingerprint, missing_for_delivery
from orders.errors import AddressIncomplete
from orders.kernel.errors import at
from orders.models import Channel, Customer, Product
from orders.phones import is_nonsense, normal_form
from orders.requests import OrderRequest


def check_people(request: OrderRequest, products: Iterable[Product]) -> None:
    """Refuse an address that nobody can deliver to, and phones without a digit; the rest is for people to look at.

    Partners' data is messy, and an order must not be lost for a postal code: only a street or city that the
    country's post requires must be there, and whose it is. What is digital goes without: its country says how it is
    taxed. Raises ``AddressIncomplete``.
    """
    addresses = {"shipping_address": request.shipping_address, "billing_address": request.billing_address or {}}
    missing = [
        at(f"#/{name}/{part}", "required", "Required: the post of that country needs it.")
        for name, address in addresses.items()
        if address and (name == "billing_address" or is_sent(products))
        for part in missing_for_delivery(address)
    ]
    if not request.shipping_address.get("name") and is_sent(products):
        missing.append(at("#/shipping_address/name", "required", "Required: some lines are sent."))
    phones = {"customer": request.customer.phone, **{name: a.get("phone", "") for name, a in addresses.items()}}
    missing += [
        at(f"#/{name}/phone", "phone", "Not a phone number: it has no digit. Leave it out if there is none.")
        for name, phone in phones.items()
        if is_nonsense(phone)
    ]
    if missing:
        raise AddressIncomplete("Complete the fields named below.", errors=missing)


def is_sent(products: Iterable[Product]) -> bool:
    """Whether anything of these is put into a parcel."""
    return not all(product.is_digital for product in products)


# One statement for all: the rows of their mail addresses, made when new (what is known of old ones stays as it is),
# and their address books. A merged one's row sends us on to the survivor; its lock makes a merge wait for this order,
# or this order for the merge. A conflict writes no column of a key, so whoever checks a foreign key to the customer at
# their commit doesn't wait for a placement; and known rows are locked in the order of their keys, as everywhere, so
# that batches and merges don't wait in a circle.
_BUYING = """
    WITH told AS (
        SELECT * FROM unnest(%(emails)s::text[], %(names)s::text[], %(phones)s::text[], %(phones_e164)s::text[],
            %(languages)s::text[]) AS t(email, name, phone, phone_e164, language)
    ), buyer AS (
        INSERT INTO orders_customer AS known
            (email, name, phone, phone_e164, language, notification_preferences, tags, created_at)
        SELECT told.email, told.name, told.phone, told.phone_e164, told.language, '{}', '{}', statement_timestamp()
        FROM told LEFT JOIN orders_customer old ON old.email = told.email ORDER BY old.id, told.email
        ON CONFLICT (email) DO UPDATE SET name = known.name
        RETURNING email, COALESCE(merged_into_id, id) AS id
    ), book AS (
        INSERT INTO orders_customeraddress (customer_id, fingerprint, label, address, last_used_at)
        SELECT DISTINCT ON (buyer.id, told.fingerprint)
            buyer.id, told.fingerprint, '', told.address, statement_timestamp()
        FROM unnest(%(owners)s::text[], %(fingerprints)s::text[], %(addresses)s::jsonb[])
            AS told(email, fingerprint, address)
        JOIN buyer ON buyer.email = told.email
        ORDER BY buyer.id, told.fingerprint
        ON CONFLICT (customer_id, fingerprint) DO UPDATE SET last_used_at = EXCLUDED.last_used_at
    )
    SELECT email, id FROM buyer
"""


_KEEPING = """
    INSERT INTO orders_customeraddress (customer_id, fingerprint, label, address, last_used_at)
    SELECT %(customer)s, told.fingerprint, '', told.address, statement_timestamp()
    FROM unnest(%(fingerprints)s::text[], %(addresses)s::jsonb[]) AS told(fingerprint, address)
    ORDER BY told.fingerprint
    ON CONFLICT (customer_id, fingerprint) DO UPDATE SET last_used_at = EXCLUDED.last_used_at
"""


def buying_customers(asked: Sequence[tuple[OrderRequest, Channel]], *, keeps_addresses: bool = True) -> list[Customer]:
    """Who buys, for each request: the customer of its mail address or whom it was merged into, made when new.

    The requests' addresses are in their books; without ``keeps_addresses`` they are left for later: those of a draft
    may be half typed. Each is told as its own request tells of them; one statement for all.
    """
    told = [_told(request, channel) for request, channel in asked]
    rows = {customer.email: customer for customer in reversed(told)}
    books = [
        (customer.email, address)
        for customer, (request, _channel) in zip(told, asked, strict=True)
        for address in (request.shipping_address, request.billing_address)
        if address and keeps_addresses
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _BUYING,
            {
                "emails": [row.email for row in rows.values()],
                "names": [row.name for row in rows.values()],
                "phones": [row.phone for row in rows.values()],
                "phones_e164": [row.phone_e164 for row in rows.values()],
                "languages": [row.language for row in rows.values()],
                "owners": [email for email, _address in books],
                "fingerprints": [fingerprint(address) for _email, address in books],
                "addresses": [json.dumps(dict(address)) for _email, address in books],
            },
        )
        pks = dict(cursor.fetchall())
    for customer in told:
        customer.pk, customer._state.adding = pks[customer.email], False
    return told


def _told(request: OrderRequest, channel: Channel) -> Customer:
    buyer = request.customer
    return Customer(
        email=buyer.email.lower(),
        name=buyer.name,
        phone=buyer.phone,
        phone_e164=normal_form(buyer.phone, str(request.shipping_address.get("country", ""))),
        language=buyer.language or channel.default_language,
    )


def keep_addresses(request: OrderRequest, customer_id: int) -> None:
    """Put the addresses of an order that was a draft into its customer's book. Its lock makes a merge wait."""
    book = _book(request)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEPING, {"customer": customer_id, "fingerprints": list(book), "addresses": list(book.values())}
        )


def _book(request: OrderRequest) -> dict[str, str]:
    return {fingerprint(a): json.dumps(dict(a)) for a in (request.shipping_address, request.billing_address) if a}
