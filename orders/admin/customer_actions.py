"""What staff can do to a customer and their address book; each action calls one service."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from orders.address_fields import AddressForm
from orders.admin.action import Action, ActionForm, Download, must_choose
from orders.duplicates import REASONS, living, twins_of
from orders.kernel.actor import Actor
from orders.models import Customer, CustomerAddress
from orders.preferences import REFUSABLE, Preferences
from orders.services.change_customer import change_customer, set_preferences
from orders.services.erase import erase_customer, retained_until
from orders.services.export import export_customer
from orders.services.merge import merge_customers
from orders.services.save_address import remove_address, save_address
from orders.states import SubstituteWish


class CustomerForm(ActionForm):
    """What may be set right by hand; the mail address is what orders find them by, and stays."""

    name = forms.CharField(label=_("Name"), max_length=255, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False, help_text=_("As people write it."))
    language = forms.RegexField(label=_("Language"), regex=r"^[a-z]{2}(-[A-Za-z]{2,4})?$", max_length=8)
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separated by commas."))

    def build(self) -> None:
        for name in ("name", "phone", "language"):
            self.fields[name].initial = getattr(self.target, name)
        self.fields["tags"].initial = ", ".join(self.target.tags)

    def clean_tags(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["tags"].split(",")]
        return list(dict.fromkeys(tag[:64] for tag in tags if tag))


class WishesForm(ActionForm):
    """What the customer wants to hear; said by phone, for example."""

    wanted = forms.MultipleChoiceField(
        label=_("Messages by mail"),
        choices=[(kind.value, kind.label) for kind in REFUSABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Confirmations, invoices, refunds and returns are always sent."),
    )
    substitutes = forms.ChoiceField(label=_("When something is out of stock"), choices=SubstituteWish.choices)

    def build(self) -> None:
        known = Preferences.of(self.target.notification_preferences)
        self.fields["wanted"].initial = [kind.value for kind in REFUSABLE if known.wants(kind)]
        self.fields["substitutes"].initial = known.substitutes.value


class BookForm(AddressForm, ActionForm):
    """An entry of the address book."""

    def build(self) -> None:
        self.ask_address(self.target.address if isinstance(self.target, CustomerAddress) else {})
        self.fields["label"] = forms.CharField(label=_("Label"), max_length=64, required=False)
        for name, words in (
            ("is_default_shipping", _("Usual delivery address")),
            ("is_default_billing", _("Usual billing address")),
        ):
            self.fields[name] = forms.BooleanField(label=words, required=False)
        for name in ("label", "is_default_shipping", "is_default_billing"):
            self.fields[name].initial = getattr(self.target, name, "")


class MergeForm(ActionForm):
    """Who is the same person, and what goes over; nothing happens before it was seen."""

    twin = forms.ChoiceField(label=_("The duplicate"), required=False)
    email = forms.EmailField(
        label=_("Or by mail address"), required=False, help_text=_("For a duplicate that isn't listed.")
    )

    def build(self) -> None:
        self.twins = twins_of(self.target)
        choices = [(str(twin.customer.pk), f"{twin.customer} · {twin.customer.email or '–'}") for twin in self.twins]
        self.fields["twin"].choices = must_choose(choices)  # type: ignore[attr-defined]

    def field_of(self, path: str) -> str | None:
        return "twin" if path == "absorbed" else super().field_of(path)

    @property
    def facts(self) -> list[Any]:
        return [
            (_("Stays"), f"{self.target} · {self.target.email or '–'}"),
            (_("Its orders"), self.target.orders.count()),
            (_("Later orders by the other address"), _("come to this customer")),
        ]

    @property
    def headings(self) -> list[Any]:
        return [_("Duplicate"), _("Mail"), _("Why"), _("Orders that go over"), _("Last order")]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "cells": [
                    str(twin.customer),
                    twin.customer.email or "–",
                    ", ".join(str(REASONS[reason]) for reason in twin.reasons),
                    twin.orders,
                    date_format(twin.last_order_at, "DATE_FORMAT") if twin.last_order_at else "–",
                ],
                "fields": [],
            }
            for twin in self.twins
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("twin")) == bool(data.get("email")):
            raise forms.ValidationError(_("Choose one of the duplicates, or type in a mail address."))
        if data["email"]:
            other = living().filter(email=data["email"].lower()).first()
            if other is None:
                raise forms.ValidationError({"email": _("No customer has this address.")})
            data["absorbed"] = other.pk
        else:
            data["absorbed"] = int(data["twin"])
        return data


class EraseForm(ActionForm):
    """What goes, what stays, and until when."""

    sure = forms.BooleanField(label=_("Yes, forget this person"))

    @property
    def facts(self) -> list[Any]:
        orders = self.target.orders
        papers = [*_years(orders, "invoices"), *_years(orders, "credit_notes")]
        until = date_format(retained_until(max(papers)), "DATE_FORMAT") if papers else "–"
        return [
            (_("Orders that become nobody's"), orders.count()),
            (_("Kept by law on invoices until"), until),
            (_("Stays for good"), _("sums, dates, goods and countries")),
        ]


def _years(orders: Any, papers: str) -> list[Any]:
    last = orders.order_by(f"-{papers}__issued_on").exclude(**{papers: None})
    return [day for day in last.values_list(f"{papers}__issued_on", flat=True)[:1] if day]


def _edit(customer: Customer, data: dict[str, Any], by: Actor) -> Any:
    used = customer.addresses.first()
    country = used.address.get("country", "") if used else ""
    wanted = {name: data[name] for name in ("name", "phone", "language", "tags")}
    change_customer(customer.pk, **wanted, country=country, by=by)
    return _("Saved.")


def _preferences(customer: Customer, data: dict[str, Any], by: Actor) -> Any:
    refused = {kind.value for kind in REFUSABLE} - set(data["wanted"])
    set_preferences(customer.pk, refused=refused, substitutes=SubstituteWish(data["substitutes"]), by=by)
    return _("Saved. This holds for all of the customer's orders.")


def _address(target: Customer | CustomerAddress, data: dict[str, Any], by: Actor) -> Any:
    is_new = isinstance(target, Customer)
    save_address(
        target.pk if isinstance(target, Customer) else target.customer_id,
        address_id=None if is_new else target.pk,
        address=data["address"],
        label=data["label"],
        is_default_shipping=data["is_default_shipping"],
        is_default_billing=data["is_default_billing"],
        by=by,
    )
    return _("Saved. Orders keep the address that they were placed with.")


def _remove(row: CustomerAddress, data: dict[str, Any], by: Actor) -> Any:
    remove_address(row.customer_id, address_id=row.pk, by=by)
    return _("The address is out of the book.")


def _merge(customer: Customer, data: dict[str, Any], by: Actor) -> Any:
    merge_customers(customer.pk, absorbed=data["absorbed"], by=by)
    return _("Merged: this customer has everything now.")


def _export(customer: Customer, data: dict[str, Any], by: Actor) -> Download:
    chunks = export_customer(customer.pk, by=by)
    return Download(name=f"customer-{customer.pk}.json", content_type="application/json", chunks=chunks)


def _erase(customer: Customer, data: dict[str, Any], by: Actor) -> Any:
    after = erase_customer(customer.pk, by=by)
    if after.erasure_due_on is None:
        return _("Erased: nothing says any more who this was.")
    day = date_format(after.erasure_due_on, "DATE_FORMAT")
    return _("Erased, but for the invoices: the law keeps them until %(day)s, then they follow by themselves.") % {
        "day": day
    }


def is_living(customer: Customer) -> bool:
    """Whether there is somebody to look after."""
    return customer.merged_into_id is None and customer.anonymised_at is None


EDIT = Action(
    name="edit",
    label=_("Edit"),
    submit=_("Save"),
    permission="orders.change_customer",
    form=CustomerForm,
    call=_edit,
    icon="edit",
    fits=is_living,
)
PREFERENCES = Action(
    name="preferences",
    label=_("Preferences"),
    submit=_("Save"),
    permission="orders.change_customer",
    form=WishesForm,
    call=_preferences,
    icon="notifications",
    fits=is_living,
)
ADD_ADDRESS = Action(
    name="add_address",
    label=_("Add address"),
    submit=_("Save"),
    permission="orders.change_customer",
    form=BookForm,
    call=_address,
    icon="add_location",
    fits=is_living,
)
MERGE = Action(
    name="merge",
    label=_("Merge a duplicate…"),
    intro=_("Orders and addresses of the duplicate go over to this customer. This can't be undone."),
    submit=_("Merge them"),
    permission="orders.merge_customer",
    form=MergeForm,
    call=_merge,
    icon="merge",
    variant="danger",
    fits=is_living,
)
EXPORT = Action(
    name="export",
    label=_("Export all data…"),
    intro=_("Everything that is held about this person as one JSON file. That you asked for it is noted."),
    submit=_("Download"),
    permission="orders.export_customer",
    call=_export,
    icon="download",
    rare=True,
    downloads=True,
)
ERASE = Action(
    name="erase",
    label=_("Erase…"),
    intro=_("Name, addresses, mails, phones, notes and messages are emptied; the books stay. This can't be undone."),
    submit=_("Erase this person"),
    permission="orders.erase_customer",
    form=EraseForm,
    call=_erase,
    icon="person_remove",
    variant="danger",
    rare=True,
    fits=is_living,
)
CUSTOMER_ACTIONS = (EDIT, PREFERENCES, ADD_ADDRESS, MERGE, EXPORT, ERASE)

EDIT_ADDRESS = Action(
    name="edit",
    label=_("Edit"),
    submit=_("Save"),
    permission="orders.change_customer",
    form=BookForm,
    call=_address,
    icon="edit",
)
REMOVE_ADDRESS = Action(
    name="remove",
    label=_("Remove"),
    intro=_("Orders keep it; only the address book forgets it."),
    permission="orders.change_customer",
    call=_remove,
    icon="delete",
    variant="danger",
)
ADDRESS_ACTIONS = (EDIT_ADDRESS, REMOVE_ADDRESS)
