"""Carriers that misbehave, at the edge where a real one would."""

from collections.abc import Callable

import pytest

from shipping.carriers.house import HouseCarrier
from shipping.carriers.protocol import CarrierError, LabelRequest, Labels


class Moody(HouseCarrier):
    """The house carrier with a ledger of what it was asked, which can refuse or be interrupted."""

    def __init__(self) -> None:
        self.bought: list[str] = []
        self.voided: list[str] = []
        self.refuses = False
        self.afterwards: Callable[[], None] = lambda: None

    def buy_label(self, request: LabelRequest) -> Labels:
        self.bought.append(request.key)
        if self.refuses:
            raise CarrierError("closed for today")
        labels = super().buy_label(request)
        self.afterwards()
        return labels

    def void_label(self, key: str) -> None:
        if self.refuses:
            raise CarrierError("closed for today")
        self.voided.append(key)


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Moody:
    """The carrier that every adapter name leads to."""
    moody = Moody()
    for module in ("buy_label", "void_label"):
        monkeypatch.setattr(f"shipping.services.{module}.adapter", lambda _name: moody)
    return moody
