"""Column types that the models of every floor share."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower, Reverse, Upper

if TYPE_CHECKING:
    _Decimal = models.DecimalField[Decimal | int, Decimal]
else:
    _Decimal = models.DecimalField


class ExactField(_Decimal):
    """A decimal that is one from the start: ``default=0`` gives a new row a Decimal, as reading it would."""

    def get_default(self) -> Any:
        value = super().get_default()
        return Decimal(value) if isinstance(value, int) else value


class AmountField(ExactField):
    """An amount of money; three digits after the point, the most that a currency has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=15, decimal_places=3)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class RateField(ExactField):
    """A tax rate as a fraction: 0.19 is 19 %."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=6, decimal_places=5)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class NormalPhoneField(models.CharField):  # type: ignore[type-arg]
    """The E.164 form of a phone number that stands beside it as it was given; empty when it has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_length=16, blank=True, default="", db_default="", editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "blank", "default", "db_default", "editable"):
            kwargs.pop(given, None)
        return name, path, args, kwargs


def phone_index(name: str) -> models.Index:
    """Finds the numbers of column ``phone_e164`` by their last digits: people leave out how a number begins."""
    backwards = OpClass(Reverse("phone_e164"), name="text_pattern_ops")
    return models.Index(backwards, name=name, condition=~models.Q(phone_e164=""))


def door_index(name: str) -> models.Index:
    """Finds orders by the door that they go to: first line in lower case, postal code in upper case."""
    line, code = (KeyTextTransform(key, "shipping_address") for key in ("line1", "postal_code"))
    return models.Index(Lower(line), Upper(code), name=name)
