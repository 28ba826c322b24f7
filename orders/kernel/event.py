"""Facts and questions: the only two things that travel upwards."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise

from orders.kernel.money import text

A = TypeVar("A")
Codes = Mapping[str, Sequence[type[TextChoices]]]
_IN_HOUSE = ("_id", "_ids")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, in the past tense; a fact only once its transaction is committed.

    ``type`` is its public name, ``public`` whether customer and partner may read it. Fields that end in
    ``_id`` or ``_ids`` are for handlers of this house; all the others are told to the outside as ``data``.
    ``title`` is its heading for staff, ``codes`` says which choices word the fields that hold codes.
    ``words`` is the sentence on the customer's timeline, with ``{fields}`` of ``data`` in it; empty: untold there.
    """

    type: ClassVar[str] = ""
    public: ClassVar[bool] = True
    title: ClassVar[str | Promise] = ""
    codes: ClassVar[Codes] = {}
    words: ClassVar[str | Promise] = ""

    order_id: int | None

    @classmethod
    def in_words(cls, data: dict[str, Any]) -> str | Promise:  # noqa: ARG003 - for those that override it
        """``words``; to be overridden where the sentence depends on what happened."""
        return cls.words

    @classmethod
    def titled(cls, data: dict[str, Any]) -> str | Promise:  # noqa: ARG003 - for those that override it
        """``title``; to be overridden where it depends on what happened."""
        return cls.title

    def data(self) -> dict[str, Any]:
        """The public facts, ready for JSON, amounts with the digits of the event's currency; no personal data."""
        facts = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if not f.name.endswith(_IN_HOUSE)}
        currency = facts.get("currency")
        return {
            name: text(value, currency) if currency and isinstance(value, Decimal) else plain(value)
            for name, value in facts.items()
        }


@dataclass(frozen=True, kw_only=True)
class Question(Generic[A]):
    """Something only a floor above knows; the switchboard names its one answerer."""


def plain(value: Any) -> Any:
    """A value as JSON holds it: decimals and dates as text, dataclasses as objects."""
    match value:
        case datetime():
            told: Any = value.isoformat().replace("+00:00", "Z")
        case date():
            told = value.isoformat()
        case Decimal():
            told = format(value, "f")
        case dict():
            told = {str(k): plain(v) for k, v in value.items()}
        case list() | tuple():
            told = [plain(v) for v in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            told = {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        case _:
            told = value
    return told
