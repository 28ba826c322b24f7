"""What a change does to where an order goes, how, and whom we write to. Edits in memory only."""

from collections.abc import Mapping
from typing import Any

from orders.addresses import missing_for_delivery
from orders.change_requests import SetBillingAddress, SetContact, SetShippingAddress, SetShippingMethod
from orders.models import ShippingMethod
from orders.phones import is_nonsense, normal_form
from orders.services.billed import billed_shipping
from orders.services.edit import Edit
from orders.taxes import own_shipping_rate
from orders.typed import CONTACT, address_faults, mail_fault


def set_shipping_address(edit: Edit, i: int, wanted: SetShippingAddress) -> None:
    """Where it goes. Whether the method goes there is checked once all actions are done."""
    _check(edit, i, wanted.address)
    edit.is_moved = edit.is_moved or dict(wanted.address) != edit.order.shipping_address
    edit.order.shipping_address = dict(wanted.address)


def set_billing_address(edit: Edit, i: int, wanted: SetBillingAddress) -> None:
    """Who is billed from now on; bills that were issued stay as they are."""
    _check(edit, i, wanted.address or {})
    edit.order.billing_address = dict(wanted.address) if wanted.address else None


def _check(edit: Edit, i: int, address: Mapping[str, Any]) -> None:
    for part in missing_for_delivery(address) if address else ():
        edit.refuse(i, f"address/{part}", "required", "Required: the post of that country needs it.")
    for part, fault in address_faults(address):
        edit.refuse(i, f"address/{part}", *fault)


def set_contact(edit: Edit, i: int, wanted: SetContact) -> None:
    """Where the customer is reached about this order."""
    if wanted.email is not None:
        fault = None if wanted.email == edit.order.email else mail_fault(wanted.email)
        if fault:
            edit.refuse(i, "email", *fault)
        edit.order.email = wanted.email.lower()
    if wanted.phone is not None and edit.is_text(wanted.phone, i, "phone", most=CONTACT["phone"]):
        if is_nonsense(wanted.phone):
            edit.refuse(i, "phone", "phone", "Not a phone number: it has no digit.")
        edit.order.phone = wanted.phone
        edit.order.phone_e164 = normal_form(wanted.phone, str(edit.order.shipping_address.get("country", "")))


def set_shipping_method(edit: Edit, i: int, wanted: SetShippingMethod) -> None:
    """How it goes, and what that costs: never less than was billed for it. What it has may stay, offered or not."""
    order, now = edit.order, edit.order.shipping_method
    offered = ShippingMethod.objects.filter(channels=order.channel_id, is_active=True)
    method = now if now and now.code == wanted.method else offered.filter(code=wanted.method).first()
    if method is None:
        codes = ", ".join(sorted(offered.values_list("code", flat=True)))
        edit.refuse(i, "method", "unknown_shipping_method", f"This channel offers: {codes}.")
        return
    price = method.price if wanted.price is None else wanted.price
    if not edit.is_money(price, i, "price"):
        return
    billed, _tax = billed_shipping(order)
    if price < billed:
        edit.refuse(i, "price", "billed", "Shipping that is billed can't become cheaper; give a refund instead.")
        return
    edit.is_moved = edit.is_moved or method.pk != order.shipping_method_id
    if method.pk != order.shipping_method_id and not billed:
        order.own_shipping_tax_rate = own_shipping_rate(
            asked=None, method=method.tax_rate, exemption=order.tax_exemption
        )
    order.shipping_method, order.shipping_total = method, price


def check_method(edit: Edit, i: int) -> None:
    """The method, old or new, goes to the country, old or new."""
    method = edit.order.shipping_method
    country = str(edit.order.shipping_address.get("country", ""))
    if method and method.countries and country not in method.countries:
        edit.refuse(i, "address", "unknown_shipping_method", f"{method.name} doesn't go there; change the method too.")
