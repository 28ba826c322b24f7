"""What is held about people: one table of tables, by which a person's data is told, and forgotten.

Each floor declares its own as ``HELD``; PERSONAL_DATA in the switchboard names them all. Export and erasure read the
same rows, so neither can forget what the other knows, and a test refuses a new text column that nobody has judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import models
from django.db.models import F, Func, JSONField, Q, QuerySet, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, JSONObject
from django.utils.module_loading import import_string

from orders import models as ground
from orders.models.invoice import PERSONAL

VERSION = 1  # of the export's layout; raised when a section or column is renamed or leaves


@dataclass(frozen=True, kw_only=True)
class Held:
    """One table: how its rows lead to their customer, what of them is told, and what becomes of each text column.

    ``path`` leads to the customer's key, or to its text where there is no foreign key (``keys`` narrows these rows),
    ``other_path`` is a second way to it, and ``email_path`` one to their mail address.
    ``emptied`` says what erasure leaves in a column, ``kept`` names text that is no personal data. Without a
    ``section`` nothing is told; ``is_deleted`` rows go whole; ``is_legal`` ones wait until their paper may go
    (counted from ``issued_on``).
    """

    model: type[models.Model]
    path: str = ""
    other_path: str = ""
    email_path: str = ""
    section: str = ""
    told: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    keys: Mapping[str, Any] = field(default_factory=dict)
    is_deleted: bool = False
    is_legal: bool = False

    def rows(self, customer_ids: Sequence[int]) -> QuerySet[Any]:
        """Its rows of these customers, each once."""
        wanted: Any = [str(pk) for pk in customer_ids] if self.keys else customer_ids
        ways = {path: wanted for path in (self.path, self.other_path) if path}
        if self.email_path:
            known = ground.Customer.objects.filter(pk__in=customer_ids, email__isnull=False)
            ways[self.email_path] = known.values("email")
        is_theirs = Q()
        for path, values in ways.items():
            is_theirs |= Q(**{f"{path}__in": values})
        mine = self.model._default_manager.filter(is_theirs, **self.keys)
        return self.model._default_manager.filter(pk__in=mine.order_by().values("pk"))


def country_only(name: str) -> Any:
    """An address of which only its country is left: the ledger's taxes follow it."""
    return JSONObject(country=KeyTransform("country", name))


def without(name: str, keys: Sequence[str]) -> Any:
    """JSON without these keys."""
    return Func(
        F(name),
        Cast(Value(list(keys)), _TextArray()),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=JSONField(),
    )


def _TextArray() -> Any:
    from django.contrib.postgres.fields import ArrayField

    return ArrayField(models.TextField())


@cache
def everything_held() -> tuple[Held, ...]:
    """The tables of all floors, from the ground up."""
    table: dict[str, str] = import_module(settings.SWITCHBOARD).PERSONAL_DATA
    return tuple(held for path in table.values() for held in import_string(path))


HELD = (
    Held(
        section="gift_cards",
        model=ground.GiftCard,
        email_path="email",
        told=("public_id", "channel__name", "currency", "balance", "email", "note", "expires_at", "created_at"),
        emptied={"email": "", "note": ""},
        kept=frozenset({"public_id", "currency", "code_hash", "tail", "language", "issued_by"}),
    ),
    Held(
        section="customer",
        model=ground.Customer,
        path="pk",
        told=("email", "reference", "name", "phone", "language", "tags", "notification_preferences", "created_at"),
        emptied={
            "email": None,
            "reference": None,
            "name": "",
            "phone": "",
            "phone_e164": "",
            "tags": [],
            "notification_preferences": {},
        },
        kept=frozenset({"language"}),
    ),
    Held(
        section="addresses",
        model=ground.CustomerAddress,
        path="customer",
        told=("label", "address", "is_default_shipping", "is_default_billing", "last_used_at"),
        is_deleted=True,
    ),
    Held(
        section="store_credit",
        model=ground.StoreCredit,
        path="customer",
        told=("currency", "balance", "created_at"),
        kept=frozenset({"public_id", "currency"}),
    ),
    Held(
        section="balance_movements",
        model=ground.BalanceMovement,
        path="store_credit__customer",
        other_path="payment__order__customer",
        email_path="gift_card__email",
        told=("kind", "amount", "reason", "note", "created_at"),
        emptied={"note": ""},
        kept=frozenset({"public_id", "reason", "actor_kind", "actor_name"}),
    ),
    Held(
        section="orders",
        model=ground.Order,
        path="customer",
        told=(
            *("number", "external_ref", "channel__name", "status", "payment_status", "fulfillment_status"),
            *("customer_name", "email", "phone", "language", "shipping_address", "billing_address"),
            *("currency", "items_total", "discount_total", "shipping_total", "tax_total", "total"),
            *("tags", "note", "metadata", "placed_at", "completed_at", "cancelled_at", "created_at"),
        ),
        emptied={
            "customer_name": "",
            "email": "",
            "phone": "",
            "phone_e164": "",
            "shipping_address": country_only("shipping_address"),
            "billing_address": None,
            "tags": [],
            "note": "",
            "metadata": {},
            "buyer_reference": "",
        },
        kept=frozenset({"public_id", "number", "external_ref", "language", "currency"}),
    ),
    Held(
        section="lines",
        model=ground.OrderLine,
        path="order__customer",
        told=(
            *("order__number", "sku", "name", "unit_price", "tax_rate", "amount", "tax"),
            *("ordered", "cancelled", "shipped", "delivered", "returned", "promised_on"),
        ),
        kept=frozenset({"public_id", "sku", "name", "external_ref"}),
    ),
    # Which codes they were given and when; the code itself is a secret that only its buyer's own page opens.
    Held(
        section="digital_codes",
        model=ground.DigitalCode,
        path="line__order__customer",
        told=("line__order__number", "line__sku", "line__name", "given_at"),
        kept=frozenset({"sealed", "fingerprint"}),
    ),
    Held(
        section="payments",
        model=ground.Payment,
        path="order__customer",
        told=(
            *("order__number", "gateway", "status", "currency", "amount", "captured_amount", "refunded_amount"),
            "created_at",
        ),
        emptied={"token": "", "action_url": None, "page_ref": ""},
        kept=frozenset({"public_id", "gateway", "currency", "gateway_ref", "error_code"}),
    ),
    Held(
        model=ground.PaymentTransaction,
        path="payment__order__customer",
        kept=frozenset({"idempotency_key", "gateway_ref", "error_code"}),
    ),
    Held(
        section="refunds",
        model=ground.Refund,
        path="order__customer",
        told=("order__number", "status", "currency", "amount", "reason", "note", "created_at", "succeeded_at"),
        emptied={"note": ""},
        kept=frozenset({"public_id", "currency", "reason", "cause_kind", "cause_id", "granted_by"}),
    ),
    Held(
        section="invoices",
        model=ground.Invoice,
        path="order__customer",
        told=("number", "order__number", "currency", "net", "tax", "total", "snapshot", "issued_at"),
        emptied={"snapshot": without("snapshot", PERSONAL)},
        kept=frozenset({"number", "currency", "language", "cause_id", "country"}),
        is_legal=True,
    ),
    Held(
        section="credit_notes",
        model=ground.CreditNote,
        path="order__customer",
        told=("number", "order__number", "currency", "net", "tax", "total", "snapshot", "issued_at"),
        emptied={"snapshot": without("snapshot", PERSONAL)},
        kept=frozenset({"number", "currency", "language", "reason", "country"}),
        is_legal=True,
    ),
    # The file itself is in the storage, whose owner throws it away when its years are over.
    Held(
        model=ground.PaperFile,
        path="invoice__order__customer",
        other_path="credit_note__order__customer",
        kept=frozenset({"name", "sha256"}),
    ),
    Held(
        section="changes",
        model=ground.OrderChange,
        path="order__customer",
        told=("order__number", "status", "actions", "diff", "note", "answer", "created_at"),
        emptied={"actions": [], "diff": [], "note": "", "answer": ""},
        kept=frozenset({"public_id", "made_by", "decided_by"}),
    ),
    Held(
        section="contacts",
        model=ground.ContactLog,
        path="customer",
        told=("order__number", "direction", "channel", "reason", "note", "call_back_at", "created_at"),
        emptied={"note": ""},
        kept=frozenset({"public_id", "made_by"}),
    ),
    Held(
        section="drafts",
        model=ground.Draft,
        path="order__customer",
        told=("order__number", "call_back_at", "end_reason", "discount_reason", "shipping_reason", "created_at"),
        emptied={"end_reason": "", "discount_reason": "", "shipping_reason": ""},
        kept=frozenset({"public_id", "made_by", "taken_over_by", "discount_by", "shipping_by"}),
    ),
    Held(
        section="prices_given",
        model=ground.PriceOverride,
        path="line__order__customer",
        told=("line__order__number", "line__sku", "unit_price", "discount", "reason", "made_at"),
        emptied={"reason": ""},
        kept=frozenset({"made_by"}),
    ),
    Held(
        section="payment_links",
        model=ground.PaymentLink,
        path="order__customer",
        told=("order__number", "status", "currency", "amount", "note", "created_at"),
        emptied={"note": ""},
        kept=frozenset({"public_id", "currency", "sent_by"}),
    ),
    Held(
        section="holds",
        model=ground.OrderHold,
        path="order__customer",
        told=("order__number", "reason", "note", "created_at", "released_at"),
        emptied={"note": "", "facts": {}},
        kept=frozenset({"public_id", "placed_by", "released_by"}),
    ),
    Held(
        section="cancellations",
        model=ground.OrderCancellation,
        path="order__customer",
        told=("order__number", "reason", "note", "amount", "created_at"),
        emptied={"note": ""},
        kept=frozenset({"cancelled_by"}),
    ),
    Held(
        section="promises",
        model=ground.DeliveryPromise,
        path="line__order__customer",
        told=("line__order__number", "line__sku", "kind", "promised_on", "reason", "is_kept", "created_at"),
        kept=frozenset({"source", "reason"}),
    ),
    Held(
        section="messages",
        model=ground.Notification,
        path="order__customer",
        email_path="sent_to",
        told=("order__number", "template", "status", "sent_to", "subject", "text", "created_at", "sent_at"),
        emptied={"sent_to": "", "subject": "", "text": "", "html": "", "error": ""},
        kept=frozenset({"recipient", "channel", "template", "context", "message_id"}),
    ),
    Held(
        section="feedback",
        model=ground.Feedback,
        path="order__customer",
        told=("order__number", "line__sku", "rating", "tags", "comment", "created_at"),
        emptied={"comment": ""},
        kept=frozenset({"tags"}),
    ),
    Held(
        section="questions_to_staff",
        model=ground.ProcessException,
        path="order__customer",
        told=("order__number", "category", "facts", "summary", "status", "resolution", "opened_at", "resolved_at"),
        emptied={"summary": "", "resolution": "", "facts": {}, "snooze_note": ""},
        kept=frozenset({"category", "subject_kind", "subject_id", "next_action"}),
    ),
    Held(
        section="events",
        model=ground.OrderEvent,
        path="order__customer",
        told=("order__number", "seq", "type", "actor_kind", "data", "occurred_at"),
        # Facts and ids by contract (tests/house), and nothing may change them.
        kept=frozenset({"public_id", "type", "actor_kind", "actor_name", "data", "request_id"}),
    ),
    Held(model=ground.AccessCode, path="order__customer", is_deleted=True),
    Held(model=ground.IdempotencyKey, path="order__customer", is_deleted=True),
    Held(
        model=LogEntry,  # what an older back office wrote about a customer's page
        path="object_id",
        keys={"content_type__app_label": "orders", "content_type__model": "customer"},
        emptied={"object_repr": "", "change_message": ""},
        kept=frozenset({"object_id"}),
    ),
)
