"""Column types that the models of every floor share."""

from typing import Any

from django.db import models


class AmountField(models.DecimalField):  # type: ignore[type-arg]
    """An amount of money; three digits after the point, the most that a currency has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=15, decimal_places=3)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs


class RateField(models.DecimalField):  # type: ignore[type-arg]
    """A tax rate as a fraction: 0.19 is 19 %."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_digits=6, decimal_places=5)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs
